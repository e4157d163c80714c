"""What-if: scenarios laid over the live log and run forward with the same load model and the same optimiser.

In reading order: `changes`, `scenario` and `files` (what is asked, and saved) · `record` (what the log tells of the weeks to
come) · `overlay`, `case_arrays`, `sessions`, `prepare` (a scenario laid out) · `draws` (chances, common to all) · `run` · `bands`
and `outcome` (what is shown) · `ask` (all of it) · `absence`, `recruitment`, `leaver`, `teams` (questions with an answer of their own).
Nothing here is stored: a scenario becomes a proposal only through the ordinary decision.
"""

from allocation_engine.planning.what_if.ask import ask
from allocation_engine.planning.what_if.bands import Band
from allocation_engine.planning.what_if.files import from_text, read_what_if, to_json, to_toml
from allocation_engine.planning.what_if.outcome import MEASURES, Outcome, Told
from allocation_engine.planning.what_if.scenario import Assumptions, Scenario, WhatIf

__all__ = [
    "MEASURES",
    "Assumptions",
    "Band",
    "Outcome",
    "Scenario",
    "Told",
    "WhatIf",
    "ask",
    "from_text",
    "read_what_if",
    "to_json",
    "to_toml",
]

"""The allocation engine: an honest account of exposure, and proposals that share it fairly. A person decides.

`planning` proposes and decides, `optimiser` searches, `persistence` keeps, `interfaces` are how others reach it; `client`
calls the HTTP service.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from allocation_engine.bootstrap import open_engine, read_policy
    from allocation_engine.engine import Engine
    from allocation_engine.planning import Question

__all__ = ["Engine", "Question", "open_engine", "read_policy"]

_HOMES = {
    "Engine": "allocation_engine.engine",
    "Question": "allocation_engine.planning",
    "open_engine": "allocation_engine.bootstrap",
    "read_policy": "allocation_engine.bootstrap",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is asked for: whoever wants the client alone has no solver and no store installed."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)

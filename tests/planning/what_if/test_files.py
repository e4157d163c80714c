"""A what-if is a file: it reads back as it was written, and says what is wrong with one that is not right."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation_engine.errors import SettingsError
from allocation_engine.planning.what_if import Scenario, WhatIf, from_text, read_what_if, to_json, to_toml
from allocation_engine.planning.what_if.changes import (
    Absence,
    HoursChange,
    Incident,
    Leaving,
    NewTeam,
    PolicyNumbers,
    ReferralRate,
    Referrals,
    Starters,
    SupervisionChange,
    TeamsMerged,
    TeamSplit,
    WhoseCases,
)
from domain.vocabulary import HarmType, IncidentKind, RiskLevel

DOCUMENTED = Path(__file__).parents[3] / "docs" / "what-if.md"

EVERY_CHANGE = (
    Absence(worker="w-1", week=2, weeks=3, cases=WhoseCases.ALL_PASSED_ON),
    Leaving(worker="w-1", week=4),
    HoursChange(worker="w-2", fte=0.6),
    Starters(number=2, skills=("cse-direct-work",), team="t-1"),
    ReferralRate(times=1.5, week=3, weeks=2),
    Referrals(risk=RiskLevel.HIGH, harm_types=(HarmType.GANGS,)),
    Incident(incident=IncidentKind.DEATH, direct=("w-1",), team_heard=("t-1",)),
    SupervisionChange(every_days=14, team="t-1"),
    TeamSplit(team="t-1", into=(NewTeam(team="t-9", workers=("w-1", "w-2"), areas=("north",)),)),
    TeamsMerged(teams=("t-1", "t-2"), into="t-3"),
    PolicyNumbers(numbers={"limits.caseload_cap.experienced": 14.0}),
)


@given(
    title=st.text(min_size=3, max_size=40),
    weeks=st.integers(4, 104),
    seed=st.integers(0, 2**31 - 1),
    changes=st.lists(st.sampled_from(EVERY_CHANGE), max_size=5),
)
def test_what_is_written_reads_back(title: str, weeks: int, seed: int, changes: list[Absence]) -> None:
    asked = WhatIf(
        title=title,
        weeks=weeks,
        seed=seed,
        scenarios=(Scenario(id="one", title=title, changes=tuple(changes)), Scenario(id="two", title="Two")),
    )
    assert from_text(to_toml(asked), as_json=False) == asked
    assert from_text(to_json(asked), as_json=True) == asked


def test_the_documented_file_reads_and_every_kind_is_documented() -> None:
    text = DOCUMENTED.read_text(encoding="utf-8")
    (block,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    asked = from_text(block, as_json=False)
    assert [one.id for one in asked.scenarios] == ["sick", "starters", "more-referrals"]
    assert asked.starts is not None
    assert asked.starts.isoformat() == "2026-11-30T00:00:00+00:00"
    documented = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    assert documented == {one.kind for one in EVERY_CHANGE}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("title = 'No such thing'\nweek = 3", "week"),
        ("title = 'Too many'\nweeks = 500", "weeks"),
        (
            "title = 'Whose'\n[[scenarios]]\nid = 'a'\ntitle = 'abc'\n[[scenarios.changes]]\nkind = 'holiday'",
            "scenarios.0.changes.0",
        ),
        ("title = 'Taken'\n[[scenarios]]\nid = 'baseline'\ntitle = 'abc'", "(whole)"),
        ("title = 'No Monday'\nstarts = 2026-12-01", "(whole)"),
        (
            "title = 'Too late'\nweeks = 3\n[[scenarios]]\nid = 'a'\ntitle = 'abc'\n[[scenarios.changes]]\nkind = 'leaving'\nworker = 'w-1'\nweek = 4",
            "(whole)",
        ),
        ("title = ", "FILE"),
    ],
)
def test_a_fault_is_named_by_its_place(text: str, place: str) -> None:
    with pytest.raises(SettingsError) as refused:
        from_text(text, as_json=False)
    assert refused.value.setting == place


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_what_if(tmp_path / "none.toml")
    broken = tmp_path / "broken.json"
    broken.write_bytes(b"[1, 2]")
    with pytest.raises(SettingsError, match="a table of title"):
        read_what_if(broken)

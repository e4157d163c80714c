"""Two processes approve proposals that overlap, at once: one wins, the other is told why, and no rule is broken."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from allocation_engine.engine import Engine
from allocation_engine.planning import Question
from domain.events.allocation import AllocationApproved
from domain.events.case import CaseAssigned, CaseClosed
from domain.events.worker import WorkerLeft
from domain.identifiers import CaseId, TeamId, WorkerId
from domain.vocabulary import AssignmentRole, RiskLevel
from tests.planning.given import MANAGER, case, engine_on, worker

ROOT = Path(__file__).parents[2]
DURABLE = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
FTE, CAP = 0.15, 2
"""0.15 of the 15 cases of a full-time experienced worker, rounded down."""


@pytest.mark.parametrize("kind", DURABLE)
def test_of_two_overlapping_approvals_at_once_one_wins(kind: str, new_store_url: Callable[[str], str]) -> None:
    race(new_store_url(kind), rounds=6)


@pytest.mark.campaign
@pytest.mark.parametrize("kind", DURABLE)
def test_one_wins_in_each_of_a_hundred_races(kind: str, new_store_url: Callable[[str], str]) -> None:
    print(kind, race(new_store_url(kind), rounds=100))  # noqa: T201  what the losers were told


def race(url: str, rounds: int) -> Counter[str]:
    """Race so many rounds; give how often a loser was told what."""
    told: Counter[str] = Counter()
    with ExitStack() as stack:
        engine = stack.enter_context(engine_on(url))
        racers = [stack.enter_context(_racer(url, name, seed)) for seed, name in ((2, "manager-2"), (3, "manager-3"))]
        assert [_line(racer) for racer in racers] == ["ready", "ready"]
        for number in range(rounds):
            one_team(engine, number)
            overlap = (over_one_case, over_one_place, over_one_proposal)[number % 3]
            gate = ("before writing", "before reading")[number // 3 % 2]
            answers = _answers(racers, overlap(engine, number), gate, engine.clock())
            told[_loser_of(answers)] += 1
            everybody_goes(engine, number)
        assert_no_rule_was_broken(engine, rounds)
    assert [racer.returncode for racer in racers] == [0, 0]
    return told


def one_team(engine: Engine, number: int) -> None:
    """Given a worker one below the cap, another, and two cases waiting."""
    team = f"t-{number}"
    engine.record(worker(f"w-{number}", fte=FTE, team=team), MANAGER)
    engine.record(worker(f"v-{number}", fte=FTE, team=team), MANAGER)
    engine.record(case(f"held-{number}", RiskLevel.LOW), MANAGER)
    engine.record(CaseAssigned(case_id=CaseId(f"held-{number}"), worker_id=WorkerId(f"w-{number}")), MANAGER)
    engine.record(case(f"x-{number}"), MANAGER)
    engine.record(case(f"y-{number}"), MANAGER)


def over_one_case(engine: Engine, number: int) -> tuple[str, str]:
    """Give proposals that place the same case with two workers."""
    return _only(engine, number, "x", "w"), _only(engine, number, "x", "v")


def over_one_place(engine: Engine, number: int) -> tuple[str, str]:
    """Give proposals that place two cases with a worker who has room for one."""
    return _only(engine, number, "x", "w"), _only(engine, number, "y", "w")


def over_one_proposal(engine: Engine, number: int) -> tuple[str, str]:
    """Give the same proposal twice."""
    proposal_id = _only(engine, number, "x", "w")
    return proposal_id, proposal_id


def _only(engine: Engine, number: int, case_name: str, worker_name: str) -> str:
    wanted = CaseId(f"{case_name}-{number}"), WorkerId(f"{worker_name}-{number}")
    pairs = {(CaseId(f"{c}-{number}"), WorkerId(f"{w}-{number}")) for c in "xy" for w in "wv"}
    question = Question(
        team_id=TeamId(f"t-{number}"), pinned=frozenset({wanted}), forbidden=frozenset(pairs - {wanted})
    )
    proposal = engine.propose(MANAGER, question)
    assert [(one.case_id, one.worker_id) for one in proposal.content.choices] == [wanted]
    return proposal.proposal_id


def everybody_goes(engine: Engine, number: int) -> None:
    """Close the round's cases and let its workers leave, so that the next starts as small."""
    for name in ("held", "x", "y"):
        engine.record(CaseClosed(case_id=CaseId(f"{name}-{number}")), MANAGER)
    for name in ("w", "v"):
        engine.record(WorkerLeft(worker_id=WorkerId(f"{name}-{number}")), MANAGER)


def assert_no_rule_was_broken(engine: Engine, rounds: int) -> None:
    """Walk the log by hand: one approval a round, one primary worker a case, nobody past the cap at any position."""
    primary: dict[str, str] = {}
    approvals = 0
    for stored in engine.store.log.stream():
        match stored.record.event:
            case CaseAssigned(role=AssignmentRole.PRIMARY) as event:
                assert event.case_id not in primary, f"a second primary worker at position {stored.position}"
                primary[event.case_id] = event.worker_id
                held = Counter(primary.values())[event.worker_id]
                assert held <= CAP, f"past the caseload cap at position {stored.position}"
            case CaseClosed() as event:
                primary.pop(event.case_id, None)
            case AllocationApproved():
                approvals += 1
            case _:
                pass
    assert approvals == rounds


def _loser_of(answers: list[dict[str, Any]]) -> str:
    won = [answer for answer in answers if answer["outcome"] == "approved"]
    lost = [answer for answer in answers if answer["outcome"] != "approved"]
    assert len(won) == len(lost) == 1, answers
    assert won[0]["assignments"] == 1
    outcome = str(lost[0]["outcome"])
    assert outcome in {"stale", "already_decided"}, answers
    if outcome == "stale":
        assert lost[0]["changes"] == [CaseAssigned.wire_type()]
        assert "case.assigned.v1 for case:" in lost[0]["reason"]
    else:
        assert "was approved by manager-" in lost[0]["reason"]
    return outcome


def _answers(
    racers: list[subprocess.Popen[str]], proposals: tuple[str, str], gate: str, at: datetime
) -> list[dict[str, Any]]:
    for racer, proposal in zip(racers, proposals, strict=True):
        _tell(racer, json.dumps({"proposal": proposal, "gate": gate, "at": at.isoformat()}))
    assert [_line(racer) for racer in racers] == ["at the gate", "at the gate"]
    for racer in racers:
        _tell(racer, "go")
    return [json.loads(_line(racer)) for racer in racers]


def _racer(url: str, name: str, seed: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.planning.approval_racer", url, name, str(seed)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _tell(racer: subprocess.Popen[str], line: str) -> None:
    assert racer.stdin is not None
    racer.stdin.write(f"{line}\n")
    racer.stdin.flush()


def _line(racer: subprocess.Popen[str]) -> str:
    assert racer.stdout is not None
    return racer.stdout.readline().strip()

"""Two processes approve overlapping proposals at once: one wins, the other is told why, and no limit is passed."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from allocation_engine import Engine, Question, open_engine
from allocation_engine.persistence.check import check_store
from domain.events.case import CaseAssigned, CaseClosed, CaseReferred
from domain.events.worker import WorkerRegistered
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import AssignmentRole, CareerStage, RiskLevel, Role
from projections import ALL

ROOT = Path(__file__).parents[2]
DURABLE = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
WORKER = WorkerId("w-1")
CAP = 15


@pytest.mark.parametrize("kind", DURABLE)
def test_of_two_overlapping_approvals_one_wins_and_the_other_is_told_why(
    kind: str, new_store_url: Callable[[str], str]
) -> None:
    _race(new_store_url(kind), rounds=4)


@pytest.mark.campaign
@pytest.mark.parametrize("kind", DURABLE)
def test_two_hundred_overlapping_approvals(kind: str, new_store_url: Callable[[str], str]) -> None:
    _race(new_store_url(kind), rounds=100)


def _race(url: str, rounds: int) -> None:
    with ExitStack() as stack:
        engine = stack.enter_context(open_engine(url))
        _one_below_the_cap(engine)
        racers = [stack.enter_context(_racer(url, name)) for name in ("m-1", "m-2")]
        assert [_answer(racer) for racer in racers] == ["ready", "ready"]
        for number in range(rounds):
            proposals = _same_case(engine, number) if number % 2 else _last_place(engine, number)
            answers = _approve_at_once(racers, proposals)
            _assert_one_winner(answers)
            _assert_no_limit_passed(engine)
            for case in (f"a-{number}", f"b-{number}"):
                if case in _open_cases(engine):
                    engine.record(CaseClosed(case_id=CaseId(case)), by="m-3")
        assert check_store(engine.store, ALL).faults == ()
    assert [racer.returncode for racer in racers] == [0, 0]


def _one_below_the_cap(engine: Engine) -> None:
    registered = WorkerRegistered(worker_id=WORKER, role=Role.SOCIAL_WORKER, fte=1.0, stage=CareerStage.EXPERIENCED)
    engine.record(registered, by="hr")
    for number in range(CAP - 1):
        _refer(engine, f"held-{number}")
        engine.record(CaseAssigned(case_id=CaseId(f"held-{number}"), worker_id=WORKER), by="hr")


def _refer(engine: Engine, case_id: str) -> None:
    engine.record(CaseReferred(case_id=CaseId(case_id), harm_types=(), risk=RiskLevel.LOW), by="duty")


def _same_case(engine: Engine, number: int) -> list[str]:
    """Two proposals for one case."""
    _refer(engine, f"a-{number}")
    return [engine.propose("m-1").proposal_id for _ in range(2)]


def _last_place(engine: Engine, number: int) -> list[str]:
    """Two proposals for two cases and the one place that the cap leaves: either fits, both together do not."""
    found = []
    for case, other in ((f"a-{number}", f"b-{number}"), (f"b-{number}", f"a-{number}")):
        if not found:
            _refer(engine, case)
            _refer(engine, other)
        question = Question(forbidden=frozenset({(CaseId(other), WORKER)}))
        found.append(engine.propose("m-1", question).proposal_id)
    return list(map(str, found))


def _approve_at_once(racers: list[subprocess.Popen[str]], proposals: list[str]) -> list[str]:
    for racer, proposal in zip(racers, proposals, strict=True):
        assert racer.stdin is not None
        racer.stdin.write(f"{proposal}\n")
        racer.stdin.flush()
    return [_answer(racer) for racer in racers]


def _assert_one_winner(answers: list[str]) -> None:
    lost, won = sorted(answers)
    assert won == "won", answers
    assert lost.startswith("lost stale "), answers
    assert "case.assigned.v1" in lost, "the loser is told what changed"


def _assert_no_limit_passed(engine: Engine) -> None:
    held = engine.situation().caseloads[WORKER]
    primary = [one.case.case_id for one in held if one.role is AssignmentRole.PRIMARY]
    assert len(primary) == CAP
    assigned = [
        stored.record.event.case_id
        for stored in engine.store.log.read().events
        if isinstance(stored.record.event, CaseAssigned)
    ]
    assert len(assigned) == len(set(assigned)), "a case was given a primary worker twice"


def _open_cases(engine: Engine) -> set[str]:
    situation = engine.situation()
    waiting = {one.case.case_id for one in situation.waiting}
    return waiting | {one.case.case_id for held in situation.caseloads.values() for one in held}


def _racer(url: str, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.planning.approver", url, name]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _answer(racer: subprocess.Popen[str]) -> str:
    assert racer.stdout is not None
    return racer.stdout.readline().strip()

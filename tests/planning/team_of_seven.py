"""Seven workers of one team who hold one to seven cases each, and an eighth whose hours nobody recorded."""

from collections.abc import Iterator
from datetime import timedelta

from allocation_engine.engine import Engine
from domain.events import DomainEvent
from domain.events.case import CaseAssigned
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import RiskLevel
from tests.planning.given import START, case, given, worker

BEGUN = START - timedelta(days=60)
NUMBER = 7
NO_HOURS = WorkerId("w-8")
RISKS = tuple(RiskLevel)


def team_of_seven(*, workers: int = NUMBER) -> Iterator[DomainEvent]:
    """Give their history: worker w-n takes n cases, of every risk in turn, and w-8 one."""
    for number in range(1, workers + 1):
        yield worker(f"w-{number}", team="t-1")
        yield from _cases(WorkerId(f"w-{number}"), number)
    yield worker(NO_HOURS, fte=None, team="t-1")
    yield from _cases(NO_HOURS, 1)


def _cases(worker_id: WorkerId, number: int) -> Iterator[DomainEvent]:
    for one in range(number):
        case_id = f"c-{worker_id}-{one}"
        yield case(case_id, RISKS[one % len(RISKS)])
        yield CaseAssigned(case_id=CaseId(case_id), worker_id=worker_id)


def at_work(engine: Engine, *, workers: int = NUMBER) -> None:
    """Put them on record, sixty days ago."""
    given(engine, *team_of_seven(workers=workers), at=BEGUN)

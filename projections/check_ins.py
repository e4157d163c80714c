"""Check-ins and concerns: what did a worker say of their load, and who answered? Asked by the worker; of a team, by number.

A check-in is voluntary: how loaded somebody feels, beside what the account came to at that moment. Where the two are
far apart, that says as much about the account as about the worker. Neither is ever used to judge performance.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import get_args
from uuid import UUID

from domain.events.allocation import AllocationEvent
from domain.events.base import DomainEvent
from domain.events.case import CaseEvent
from domain.events.corrections import PersonErased
from domain.events.practice import PracticeEvent
from domain.events.service import ServiceEvent
from domain.events.worker import CapacityConcernAnswered, CapacityConcernRaised, CheckInRecorded, WorkerEvent
from domain.identifiers import PersonId, WorkerId
from domain.load.account import LoadAccount
from domain.policy.practice import PracticePolicy
from projections.corrections import CORRECTIONS
from projections.dated_events import Dossier, all_until, dossiers, events_until

READ: frozenset[type[DomainEvent]] = frozenset({CheckInRecorded, CapacityConcernRaised, CapacityConcernAnswered})
HANDLES = READ | CORRECTIONS
IGNORES: frozenset[type[DomainEvent]] = (
    frozenset(
        {
            *get_args(WorkerEvent),
            *get_args(CaseEvent),
            *get_args(PracticeEvent),
            *get_args(ServiceEvent),
            *get_args(AllocationEvent),
            PersonErased,
        },
    )
    - READ
)


@dataclass(frozen=True, slots=True)
class CheckIn:
    """How loaded a worker said they felt, 1 (light) to 5 (too much)."""

    event_id: UUID
    worker_id: WorkerId
    at: datetime
    felt_load: int


class Apart(StrEnum):
    """How a felt and a computed load differ where they are far apart."""

    FELT_HEAVIER = "felt_heavier"
    FELT_LIGHTER = "felt_lighter"


@dataclass(frozen=True, slots=True)
class CheckInBeside:
    """A check-in beside the account of that moment; `apart` is None where they do not differ much or cannot be told."""

    check_in: CheckIn
    acute: float
    cumulative: float
    capacity: float | None
    apart: Apart | None


@dataclass(frozen=True, slots=True)
class Concern:
    """A capacity concern, open until a named person answered it. `days` is how long it was or has been open [day]."""

    worker_id: WorkerId
    raised_at: datetime
    answered_at: datetime | None
    answered_by: PersonId | None
    days: float


def check_ins(row: Dossier, as_at: datetime, known_at: datetime | None = None) -> tuple[CheckIn, ...]:
    """Give one worker's own check-ins up to a moment, oldest first."""
    return tuple(
        CheckIn(event_id, event.worker_id, at, event.felt_load)
        for event, at, event_id in all_until([row], as_at, known_at)
        if isinstance(event, CheckInRecorded)
    )


def beside_account(
    told: tuple[CheckIn, ...], account_at: Callable[[datetime], LoadAccount], practice: PracticePolicy
) -> tuple[CheckInBeside, ...]:
    """Set check-ins beside the worker's account as at each of them, which `account_at` draws up."""
    found = []
    for one in told:
        account = account_at(one.at)
        found.append(
            CheckInBeside(
                check_in=one,
                acute=account.load.acute,
                cumulative=account.load.cumulative,
                capacity=account.capacity,
                apart=apart(one.felt_load, account.load.total, account.capacity, practice),
            ),
        )
    return tuple(found)


def apart(felt_load: int, load: float, capacity: float | None, practice: PracticePolicy) -> Apart | None:
    """Say whether a felt load and a computed load [lp] are far apart; where capacity is not known, nobody can say."""
    if capacity is None:
        return None
    if felt_load >= practice.felt_heavy.value and load <= practice.load_light.value * capacity:
        return Apart.FELT_HEAVIER
    if felt_load <= practice.felt_light.value and load >= practice.load_heavy.value * capacity:
        return Apart.FELT_LIGHTER
    return None


def checked_in_between(
    rows: Mapping[str, Dossier], since: datetime, until: datetime, known_at: datetime | None = None
) -> frozenset[WorkerId]:
    """Name those who checked in at all in a period, to be counted and never listed: what they said stays with them."""
    return frozenset(
        event.worker_id
        for row in rows.values()
        for event, at in events_until(row, until, known_at)
        if isinstance(event, CheckInRecorded) and at > since
    )


def concerns(rows: Mapping[str, Dossier], as_at: datetime, known_at: datetime | None = None) -> tuple[Concern, ...]:
    """Give every capacity concern raised by a moment, by worker and then by day; an answer closes all that are open."""
    found: list[Concern] = []
    for key, row in sorted(rows.items()):
        worker_id = WorkerId(key.removeprefix("worker:"))
        raised: list[datetime] = []
        for event, at in events_until(row, as_at, known_at):
            match event:
                case CapacityConcernRaised():
                    raised.append(at)
                case CapacityConcernAnswered():
                    found.extend(Concern(worker_id, one, at, event.answered_by, _days(one, at)) for one in raised)
                    raised.clear()
                case _:
                    pass
        found.extend(Concern(worker_id, one, None, None, _days(one, as_at)) for one in raised)
    return tuple(found)


def _days(start: datetime, end: datetime) -> float:
    return (end - start) / timedelta(days=1)


CHECK_INS = dossiers("check-ins", version=1, handles=HANDLES, ignores=IGNORES, subject="worker")

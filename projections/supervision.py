"""Supervision: what was agreed, held, missed or cancelled, and what is overdue? Asked by worker, supervisor, leaders.

A session meets an agreement of its own kind, whoever gave it. The next one is due the agreed number of days after the
last one held, or after the agreement; a missed or cancelled session is still owed, so it moves nothing. What falls due
while the worker is away is due on their return, and days overdue count days at work only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import get_args
from uuid import UUID

from domain.events.allocation import AllocationEvent
from domain.events.base import DomainEvent
from domain.events.case import CaseEvent
from domain.events.corrections import PersonErased
from domain.events.practice import (
    PracticeEvent,
    SupervisionAgreed,
    SupervisionCancelled,
    SupervisionHeld,
    SupervisionMissed,
)
from domain.events.service import ServiceEvent
from domain.events.worker import WorkerAbsenceEnded, WorkerAbsenceStarted, WorkerEvent, WorkerLeft
from domain.identifiers import WorkerId
from domain.vocabulary import SupervisionKind
from projections.corrections import CORRECTIONS
from projections.dated_events import DatedEvent, Dossier, dossiers
from projections.time_away import TimeAway, days_at_work, first_day_at_work, times_away

READ: frozenset[type[DomainEvent]] = frozenset(
    {
        SupervisionAgreed,
        SupervisionHeld,
        SupervisionMissed,
        SupervisionCancelled,
        WorkerAbsenceStarted,
        WorkerAbsenceEnded,
        WorkerLeft,
    },
)
HANDLES = READ | CORRECTIONS
IGNORES: frozenset[type[DomainEvent]] = (
    frozenset(
        {
            *get_args(WorkerEvent),
            *get_args(PracticeEvent),
            *get_args(CaseEvent),
            *get_args(ServiceEvent),
            *get_args(AllocationEvent),
            PersonErased,
        },
    )
    - READ
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Supervision of one kind agreed with a worker: by whom, how often [day], and while which stretch it held."""

    worker_id: WorkerId
    supervisor_id: WorkerId
    kind: SupervisionKind
    every_days: int
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A session held. `agreed` says whether an agreement of its kind stood; `quality` is 1 to 5 where it was rated."""

    session_id: UUID
    at: datetime
    supervisor_id: WorkerId
    worker_ids: tuple[WorkerId, ...]
    kind: SupervisionKind
    minutes: int
    quality: int | None
    agreed: bool


@dataclass(frozen=True, slots=True)
class LostSession:
    """A session that was missed, or called off beforehand."""

    at: datetime
    supervisor_id: WorkerId
    kind: SupervisionKind
    cancelled: bool


class Standing(StrEnum):
    """How an agreement stands at a moment."""

    NOT_YET_DUE = "not_yet_due"
    DUE = "due"
    OVERDUE = "overdue"
    ON_RETURN = "on_return"


@dataclass(frozen=True, slots=True)
class NextSession:
    """The session that an agreement calls for next.

    Attributes
    ----------
    last_held
        When one was last held under agreement; None if never.
    due_at
        When it is due, after leave where it fell into leave; None while a return is not known.
    days_over
        Days at work since then [day]; 0 before.
    """

    agreement: Agreement
    last_held: datetime | None
    due_at: datetime | None
    standing: Standing
    days_over: float


@dataclass(frozen=True, slots=True)
class WorkerSupervision:
    """One worker's supervision up to a moment; sessions that they gave to others are in those workers' records."""

    worker_id: WorkerId
    as_at: datetime
    agreements: tuple[Agreement, ...]
    next_sessions: tuple[NextSession, ...]
    held: tuple[Session, ...]
    lost: tuple[LostSession, ...]
    away: tuple[TimeAway, ...]

    @property
    def in_force(self) -> tuple[Agreement, ...]:
        """The agreements that stand at that moment, by kind."""
        return tuple(one.agreement for one in self.next_sessions)


def supervision(
    rows: Mapping[str, Dossier], as_at: datetime, known_at: datetime | None = None, *, grace_days: float
) -> dict[WorkerId, WorkerSupervision]:
    """Give the supervision of everybody heard of, by id, as at a moment.

    `grace_days` is how long a session may be past its due day before it is overdue [day].
    """
    found = {}
    for key, row in sorted(rows.items()):
        told = row.worked_out(key, _told, as_at, known_at)
        found[told.worker_id] = told.record(as_at, grace_days)
    return found


def agreed_sessions(record: WorkerSupervision, since: datetime, until: datetime) -> float:
    """Give how many sessions the agreements call for in a period: days at work by the agreed interval, for each."""
    return sum(
        days_at_work(record.away, max(since, one.since), min(until, one.until or until)) / one.every_days
        for one in record.agreements
    )


def held_between(record: WorkerSupervision, since: datetime, until: datetime) -> tuple[Session, ...]:
    """Give the sessions held in a period, after its beginning and up to its end."""
    return tuple(one for one in record.held if since < one.at <= until)


def lost_between(record: WorkerSupervision, since: datetime, until: datetime) -> tuple[LostSession, ...]:
    """Give the sessions missed or cancelled in a period."""
    return tuple(one for one in record.lost if since < one.at <= until)


@dataclass(slots=True)
class _Standing:
    """An agreement that stands: from when the next session counts, and when it is due but for leave."""

    agreement: Agreement
    counts_from: datetime
    due: datetime
    last_held: datetime | None = None


@dataclass(slots=True)
class _Told:
    """What the events say of one worker, read in order."""

    worker_id: WorkerId
    standing: dict[SupervisionKind, _Standing] = field(default_factory=dict)
    ended: list[Agreement] = field(default_factory=list)
    held: list[Session] = field(default_factory=list)
    lost: list[LostSession] = field(default_factory=list)
    away: tuple[TimeAway, ...] = ()

    def hear(self, event: DomainEvent, at: datetime, event_id: UUID) -> None:
        match event:
            case SupervisionAgreed(worker_id=self.worker_id):
                self._agree(event, at)
            case SupervisionHeld() if self.worker_id in event.worker_ids:
                self._hold(event, at, event_id)
            case SupervisionMissed(worker_id=self.worker_id):
                self.lost.append(LostSession(at, event.supervisor_id, event.kind, cancelled=False))
            case SupervisionCancelled(worker_id=self.worker_id):
                self.lost.append(LostSession(at, event.supervisor_id, event.kind, cancelled=True))
            case WorkerLeft():
                self.ended.extend(replace(one.agreement, until=at) for one in self.standing.values())
                self.standing.clear()
            case _:
                pass

    def _agree(self, event: SupervisionAgreed, at: datetime) -> None:
        """Take an agreement in. A new one in place of another neither forgives what was owed nor asks for it at once."""
        every = timedelta(days=event.every_days)
        new = Agreement(event.worker_id, event.supervisor_id, event.kind, event.every_days, at)
        old = self.standing.get(event.kind)
        if old is None:
            self.standing[event.kind] = _Standing(new, at, at + every)
            return
        self.ended.append(replace(old.agreement, until=at))
        due = old.due if old.due <= at else max(at, old.counts_from + every)
        self.standing[event.kind] = _Standing(new, old.counts_from, due, old.last_held)

    def _hold(self, event: SupervisionHeld, at: datetime, event_id: UUID) -> None:
        met = self.standing.get(event.kind)
        if met is not None:
            met.counts_from = met.last_held = at
            met.due = at + timedelta(days=met.agreement.every_days)
        self.held.append(
            Session(
                session_id=event_id,
                at=at,
                supervisor_id=event.supervisor_id,
                worker_ids=event.worker_ids,
                kind=event.kind,
                minutes=event.minutes,
                quality=event.reflective_quality,
                agreed=met is not None,
            ),
        )

    def record(self, as_at: datetime, grace_days: float) -> WorkerSupervision:
        in_force = sorted(self.standing.values(), key=lambda one: one.agreement.kind)
        agreements = (*self.ended, *(one.agreement for one in in_force))
        return WorkerSupervision(
            worker_id=self.worker_id,
            as_at=as_at,
            agreements=tuple(sorted(agreements, key=lambda one: (one.since, one.kind))),
            next_sessions=tuple(self._next(in_force, as_at, grace_days)),
            held=tuple(self.held),
            lost=tuple(self.lost),
            away=self.away,
        )

    def _next(self, in_force: list[_Standing], as_at: datetime, grace_days: float) -> Iterator[NextSession]:
        is_away = any(one.covers(as_at) for one in self.away)
        for one in in_force:
            due_at = first_day_at_work(self.away, one.due)
            over = days_at_work(self.away, one.due, as_at)
            if is_away and (due_at is None or one.due <= as_at or due_at > one.due):
                standing = Standing.ON_RETURN
            elif due_at is None or due_at > as_at:
                standing = Standing.NOT_YET_DUE
            else:
                standing = Standing.OVERDUE if over > grace_days else Standing.DUE
            yield NextSession(one.agreement, one.last_held, due_at, standing, over)


def _told(key: str, dated: Sequence[DatedEvent]) -> _Told:
    events = [(one.event(), one.at, one.event_id) for one in dated]
    told = _Told(WorkerId(key.removeprefix("worker:")))
    told.away = times_away((event, at) for event, at, _ in events)
    for event, at, event_id in events:
        told.hear(event, at, event_id)
    return told


SUPERVISION = dossiers("supervision", version=1, handles=HANDLES, ignores=IGNORES, subject="worker")

"""From a caseload to events. An event's source id is made of what it means, so the same fact is the same event again."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never
from uuid import UUID, uuid5

from allocation_engine.interfaces.importers.annex_a.caseload import OpenCase
from allocation_engine.interfaces.importers.annex_a.comparison import (
    CaseChange,
    EndedCase,
    KnownCaseload,
    MovedCase,
    NewCase,
)
from allocation_engine.interfaces.importers.casework.course import midnight
from allocation_engine.interfaces.importers.pseudonyms import Pseudonyms
from domain.events.base import DomainEvent, Envelope, EventRecord
from domain.events.case import CaseAssigned, CaseClosed, CaseReassigned, CaseReferred
from domain.events.service import TeamFormed
from domain.events.worker import WorkerHoursChanged, WorkerRegistered
from domain.identifiers import PersonId, TeamId, WorkerId
from domain.vocabulary import Role

SOURCE_SYSTEM = "annex-a"
_EVENT_IDS = UUID("6f5a1c1e-0d0b-5b7e-9a51-3c1f5e0f2a6d")
"""Namespace of the event ids; a change of it would make every earlier import look new."""


@dataclass(frozen=True, slots=True)
class Workforce:
    """The workers who hold a case and their teams, as opaque ids."""

    teams: tuple[TeamId, ...]
    team_of: dict[WorkerId, TeamId | None]
    advisers: frozenset[WorkerId]


def workforce_of(cases: Iterable[OpenCase], pseudonyms: Pseudonyms) -> Workforce:
    """Place each worker in the team of most of their cases; where two teams tie, the first by id, so as to be stable."""
    teams: set[TeamId] = set()
    held_in: defaultdict[WorkerId, Counter[TeamId]] = defaultdict(Counter)
    advisers: set[WorkerId] = set()
    for case in cases:
        team_id = pseudonyms.team(case.team) if case.team else None
        if team_id is not None:
            teams.add(team_id)
        if case.worker is None:
            continue
        worker_id = pseudonyms.worker(case.worker)
        held = held_in[worker_id]  # made even where no team is named
        if team_id is not None:
            held[team_id] += 1
        if case.through_adviser:
            advisers.add(worker_id)
    team_of = {
        worker_id: min(counts, key=lambda team: (-counts[team], team), default=None)
        for worker_id, counts in sorted(held_in.items())
    }
    return Workforce(tuple(sorted(teams)), team_of, frozenset(advisers))


class RecordWriter:
    """Writes events into their envelopes.

    Parameters
    ----------
    recorded_at, actor
        When we learned it, and the opaque id of who brought it.
    snapshot
        The day the workbook describes; what has no date of its own happened by then.
    """

    def __init__(self, *, recorded_at: datetime, actor: str, snapshot: date) -> None:
        self._recorded_at = recorded_at
        self._actor = PersonId(actor)
        self._snapshot = snapshot

    def workforce(self, workforce: Workforce, known: KnownCaseload, assume_fte: float | None) -> list[EventRecord]:
        """Record teams and workers not yet known, and assumed hours where none are."""
        moment = midnight(self._snapshot)
        teams = [
            self._record(TeamFormed(team_id=team_id), f"team-formed:{team_id}", moment)
            for team_id in workforce.teams
            if team_id not in known.teams
        ]
        workers = [
            self._record(_registered(worker_id, team_id, workforce), f"registered:{worker_id}", moment)
            for worker_id, team_id in workforce.team_of.items()
            if worker_id not in known.workers
        ]
        if assume_fte is None:
            return teams + workers
        hours = [
            self._record(
                WorkerHoursChanged(worker_id=worker_id, fte=assume_fte),
                f"assumed-fte:{worker_id}:{assume_fte:g}",
                moment,
            )
            for worker_id in workforce.team_of
            if worker_id not in known.workers_with_hours
        ]
        return teams + workers + hours

    def cases(self, changes: Sequence[CaseChange]) -> list[EventRecord]:
        """Record what is new about cases, in the order given."""
        return [record for change in changes for record in self._case(change)]

    def _case(self, change: CaseChange) -> list[EventRecord]:
        case_id = change.case_id
        match change:
            case NewCase():
                return self._new_case(change)
            case MovedCase():
                return [self._moved_case(change)]
            case EndedCase():
                return [self._record(CaseClosed(case_id=case_id), f"closed:{case_id}:{change.day}", change.moment)]
            case _:
                assert_never(change)

    def _new_case(self, new: NewCase) -> list[EventRecord]:
        """Seed a case: Annex A says neither harm nor risk, so both stay unset. No start date is the snapshot's day."""
        case_id, start = new.case_id, new.case.start
        episode = str(start) if start else "undated"
        referred = CaseReferred(case_id=case_id, plan=new.case.plan)
        records = [self._record(referred, f"referred:{case_id}:{episode}", midnight(start or self._snapshot))]
        if new.worker_id is not None:
            assigned = CaseAssigned(case_id=case_id, worker_id=new.worker_id)
            source_id = f"assigned:{case_id}:{new.worker_id}:{episode}"
            records.append(self._record(assigned, source_id, midnight(self._snapshot)))
        return records

    def _moved_case(self, moved: MovedCase) -> EventRecord:
        case_id, giver, taker = moved.case_id, moved.from_worker_id, moved.to_worker_id
        moment = midnight(self._snapshot)
        if giver is None:
            assigned = CaseAssigned(case_id=case_id, worker_id=taker)
            return self._record(assigned, f"assigned:{case_id}:{taker}:{self._snapshot}", moment)
        reassigned = CaseReassigned(case_id=case_id, from_worker_id=giver, to_worker_id=taker)
        return self._record(reassigned, f"reassigned:{case_id}:{giver}:{taker}:{self._snapshot}", moment)

    def _record(self, event: DomainEvent, source_id: str, occurred_at: datetime) -> EventRecord:
        return EventRecord(
            envelope=Envelope(
                event_id=uuid5(_EVENT_IDS, f"{SOURCE_SYSTEM}/{source_id}"),
                occurred_at=occurred_at,
                recorded_at=self._recorded_at,
                actor=self._actor,
                source_system=SOURCE_SYSTEM,
                source_id=source_id,
            ),
            event=event,
        )


def _registered(worker_id: WorkerId, team_id: TeamId | None, workforce: Workforce) -> WorkerRegistered:
    """Annex A gives no hours, no stage and no profession but one: the column of personal advisers names those."""
    role = Role.PERSONAL_ADVISER if worker_id in workforce.advisers else None
    return WorkerRegistered(worker_id=worker_id, role=role, team_id=team_id)

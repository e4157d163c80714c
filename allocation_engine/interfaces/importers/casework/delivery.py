"""Takes in the courses of a delivery one by one, and keeps the count of what a manager wants to know of the whole."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import get_args

from allocation_engine.interfaces.importers.casework.course import Course, Run, Stint
from allocation_engine.interfaces.importers.casework.facts import facts_of
from allocation_engine.interfaces.importers.casework.on_record import Already, Ledger, ledger_of, nothing_yet
from allocation_engine.interfaces.importers.casework.settle import SpeaksFor, settle
from allocation_engine.interfaces.importers.casework.workers import check_assumed, workforce_records
from allocation_engine.interfaces.importers.casework.writer import FactWriter
from allocation_engine.interfaces.importers.intake import Notice
from domain.events.base import EventRecord
from domain.events.case import CaseEvent
from domain.events.order import rank_of
from domain.evolve.case import CaseState, evolve_case
from domain.identifiers import CaseId, WorkerId
from projections.case_files import CASE_EVENTS

BY_HAND = "facts that somebody has put right by hand since; their word stands, the delivery's was left aside"
ERASED = "is of a child who was erased: nothing more is recorded of them; a child who comes back gets a new id"
FROM_ELSEWHERE = (
    "cases of which another system has told as well; what is dated last stands, and its ids of workers may be others: "
    "let one system tell who holds a case"
)


class Delivery:
    """One delivery of one system.

    Parameters
    ----------
    system
        Its slug.
    recorded_at, actor
        When it is taken in (with time zone), and the opaque id of who does it.
    already
        Gives what is on record; without it nothing told before can be put right.
    assume_fte
        Share of full time to assume for workers whose hours are not recorded; without it they have none.

    Raises
    ------
    SettingsError
        One of them makes no sense.
    """

    def __init__(
        self,
        system: str,
        *,
        recorded_at: datetime,
        actor: str,
        already: Already | None = None,
        assume_fte: float | None = None,
    ) -> None:
        check_assumed(assume_fte)
        self._writer = FactWriter(system, recorded_at=recorded_at, actor=actor)
        self._already = already or nothing_yet
        self._assume_fte = assume_fte
        self._records: list[EventRecord] = []
        self._first_seen: dict[WorkerId, date] = {}
        self._noticed: Counter[str] = Counter()
        self.today = recorded_at.date()
        self.cases = self.waiting_cases = 0

    def ledger(self, case_id: CaseId) -> Ledger:
        """Give what is on record of a case."""
        tag = f"case:{case_id}"
        return ledger_of(self._already(tag), tag, CASE_EVENTS, system=self._writer.system)

    def take(self, course: Course, ledger: Ledger, speaks_for: SpeaksFor, *, carries_on: bool = False) -> int:
        """Take in one case, of which the ledger is; give how many records it led to.

        `speaks_for` tells which of what was told before the course speaks for: of that, what it does not say any longer
        is taken back. With `carries_on` a run that begins while the case is on record as open goes on from there.
        """

        def before(moment: datetime) -> CaseState:
            return _state_before(course.case_id, moment, ledger, speaks_for if carries_on else None)

        settled = settle(facts_of(course, before), ledger, speaks_for, self._writer)
        self._records += settled.records
        self._noticed["put_right_by_hand"] += settled.left_by_hand
        self._noticed["from_elsewhere"] += bool(ledger.others and course.runs)
        self._count(course)
        return len(settled.records)

    def records(self) -> tuple[EventRecord, ...]:
        """Give all records: the workers before the cases they hold."""
        workers = workforce_records(self._first_seen, self._already, self._writer, self._assume_fte)
        return (*workers, *self._records)

    @property
    def workers(self) -> int:
        """How many workers the delivery names."""
        return len(self._first_seen)

    def notes(self) -> Iterator[Notice]:
        """Say what was noticed on the way."""
        if self._assume_fte is not None:
            share = f"{self._assume_fte:g} of full time for every worker without recorded hours"
            yield Notice("hours_assumed", f"working hours are an assumption: {share}")
        for code, why in (("put_right_by_hand", BY_HAND), ("from_elsewhere", FROM_ELSEWHERE)):
            if self._noticed[code]:
                yield Notice(code, why, self._noticed[code])

    def _count(self, course: Course) -> None:
        for stint in course.stints:
            seen = self._first_seen.get(stint.worker_id, stint.start)
            self._first_seen[stint.worker_id] = min(seen, stint.start)
        is_open = any(_holds(run, self.today) for run in course.runs)
        self.cases += is_open
        self.waiting_cases += is_open and not any(_holds(stint, self.today) for stint in course.stints)


def _holds(span: Run | Stint, day: date) -> bool:
    return span.start <= day and (span.end is None or day < span.end)


def _state_before(case_id: CaseId, moment: datetime, ledger: Ledger, speaks_for: SpeaksFor | None) -> CaseState:
    """Fold what this system told of the time up to a moment, and does not tell anew; nothing if it tells all anew."""
    state = CaseState(case_id=case_id)
    if speaks_for is None:
        return state
    earlier = [
        (told.stands.at, rank_of(type(told.stands.event)), told.event_id, told.stands.event)
        for told in ledger.told.values()
        if told.stands is not None and told.stands.at <= moment and not speaks_for(told)
    ]
    for at, _, _, event in sorted(earlier, key=lambda one: one[:3]):
        if isinstance(event, get_args(CaseEvent)):
            state = evolve_case(state, event, at)
    return state

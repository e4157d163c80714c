"""Takes in the courses of a delivery one by one, and keeps the count of what a manager wants to know of the whole."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import get_args

from allocation_engine.errors import SettingsError, UnreadableDelivery
from allocation_engine.interfaces.importers.casework.course import Course, Run, Stint
from allocation_engine.interfaces.importers.casework.facts import Fact, is_of_part
from allocation_engine.interfaces.importers.casework.kept import NO_PAST, Kept, Past
from allocation_engine.interfaces.importers.casework.on_record import Dated, Ledger, Told, ledger_of
from allocation_engine.interfaces.importers.casework.settle import settle
from allocation_engine.interfaces.importers.casework.statements import Said, Statement, facts_by, with_statement
from allocation_engine.interfaces.importers.casework.workers import check_assumed, workforce_records
from allocation_engine.interfaces.importers.casework.writer import FactWriter
from allocation_engine.interfaces.importers.intake import Notice
from domain.events.base import EventRecord
from domain.events.case import CaseEvent
from domain.events.order import rank_of
from domain.evolve.case import CaseState, evolve_case
from domain.identifiers import WorkerId
from projections.case_files import CASE_EVENTS

FAST_CLOCK = timedelta(minutes=5)
"""A moment that lies no further ahead is that of a clock which is a little fast, not a mistake."""

BY_HAND = "facts that somebody has put right by hand since; their word stands, the delivery's was left aside"
ERASED = "is of a child who was erased: nothing more is recorded of them; a child who comes back gets a new id"
FROM_ELSEWHERE = (
    "cases of which another system has told as well; what is dated last stands, and its ids of workers may be others: "
    "let one system tell who holds a case"
)
OLDER = (
    "are older than what was taken in of the same child before: they have changed nothing of that, and added only what it "
    "does not speak for"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a child's part of a delivery led to: how many records, and whether something newer was on record already."""

    records: int
    older: bool


class Delivery:
    """One delivery of one system.

    Parameters
    ----------
    system
        Its slug.
    recorded_at, actor
        When it is taken in (with time zone), and the opaque id of who does it.
    drawn_at
        When the system drew it up: of two deliveries the later one stands, whichever comes in first. None if nobody
        knows, which is taken as the moment at which it is taken in.
    past
        What is on record and what earlier deliveries said; without it nothing told before can be put right.
    assume_fte
        Share of full time to assume for workers whose hours are not recorded; without it they have none.

    Raises
    ------
    SettingsError
        One of them makes no sense.
    UnreadableDelivery
        `drawn_in_future`: it says that it was drawn up later than it came.
    """

    def __init__(
        self,
        system: str,
        *,
        recorded_at: datetime,
        actor: str,
        drawn_at: datetime | None = None,
        past: Past = NO_PAST,
        assume_fte: float | None = None,
    ) -> None:
        check_assumed(assume_fte)
        self._writer = FactWriter(system, recorded_at=recorded_at, actor=actor)
        self.drawn_at = _drawn_up(system, drawn_at, recorded_at)
        self._already = past.already
        self._kept = past.statements
        self._assume_fte = assume_fte
        self._records: list[EventRecord] = []
        self._first_seen: dict[WorkerId, date] = {}
        self._noticed: Counter[str] = Counter()
        self._said: list[Said] = []
        self.today = self.drawn_at.date()
        self.cases = self.waiting_cases = 0

    def ledger(self, case_id: str) -> Ledger:
        """Give what is on record of a case."""
        tag = f"case:{case_id}"
        return ledger_of(self._already(tag), tag, CASE_EVENTS, system=self._writer.system)

    def take(self, statement: Statement, ledger: Ledger, counted: Course | None = None) -> Taken:
        """Take in what the delivery says of one case, of which the ledger is.

        `counted` is the course as it goes into the totals, where that is another than the statement's own.
        """
        case_id, system = statement.course.case_id, self._writer.system
        kept = Kept() if self._kept is None else self._kept.of(system, case_id)
        statements = with_statement(kept.statements, statement)
        if statements != kept.statements:
            self._said.append(Said(system, case_id, statements, kept.version))
        settled = settle(_facts(statements, ledger), ledger, lambda told: _is_covered(told, statements), self._writer)
        older = any(statement.drawn_at < one.drawn_at for one in kept.statements)
        self._records += settled.records
        self._noticed["put_right_by_hand"] += settled.left_by_hand
        self._noticed["from_elsewhere"] += bool(ledger.others and statement.course.runs)
        self._noticed["older"] += older
        self._count(counted or statement.course)
        return Taken(len(settled.records), older)

    def records(self) -> tuple[EventRecord, ...]:
        """Give all records: the workers before the cases they hold."""
        workers = workforce_records(self._first_seen, self._already, self._writer, self._assume_fte)
        return (*workers, *self._records)

    @property
    def said(self) -> tuple[Said, ...]:
        """What the store is to keep of what was said, in the transaction of the records."""
        return tuple(self._said)

    @property
    def workers(self) -> int:
        """How many workers the delivery names."""
        return len(self._first_seen)

    def notes(self) -> Iterator[Notice]:
        """Say what was noticed on the way."""
        if self._assume_fte is not None:
            share = f"{self._assume_fte:g} of full time for every worker without recorded hours"
            yield Notice("hours_assumed", f"working hours are an assumption: {share}")
        for code, why in (("put_right_by_hand", BY_HAND), ("from_elsewhere", FROM_ELSEWHERE), ("older", OLDER)):
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


def _drawn_up(system: str, drawn_at: datetime | None, recorded_at: datetime) -> datetime:
    """Give the moment at which a delivery was drawn up, in UTC."""
    if drawn_at is None:
        return recorded_at.astimezone(UTC)
    if drawn_at.tzinfo is None:
        raise SettingsError("drawn_at", "has no time zone; give one")
    if drawn_at > recorded_at + FAST_CLOCK:
        why = "it says that it was drawn up in the future, and would stand against all that comes until then; give the moment"
        raise UnreadableDelivery(system, "drawn_in_future", f"{why} at which the system drew it up")
    return min(drawn_at, recorded_at).astimezone(UTC)


def _facts(statements: Sequence[Statement], ledger: Ledger) -> list[Fact]:
    """Give what should hold by all statements; what was told before there were any, and none speaks for, goes before."""
    by_hand = {dated: told for told in ledger.told.values() if told.by_hand for dated in told.said}
    untold = [told for told in ledger.told.values() if told.stands is not None and not _is_covered(told, statements)]
    base = [(told.stands, told.event_id.hex) for told in untold if told.stands is not None]
    case_id = statements[0].course.case_id

    def state_before(moment: datetime, earlier: Sequence[Fact]) -> CaseState:
        dated = list(base)
        for fact in earlier:
            said = Dated(fact.event, fact.at)
            stands = by_hand[said].stands if said in by_hand else said
            if stands is not None:
                dated.append((stands, fact.source_id))
        state = CaseState(case_id=case_id)
        for one, _ in sorted(dated, key=lambda entry: (entry[0].at, rank_of(type(entry[0].event)), entry[1])):
            if one.at <= moment and isinstance(one.event, get_args(CaseEvent)):
                state = evolve_case(state, one.event, one.at)
        return state

    ends_known = any(is_of_part(told.source_id, leaves) for told in untold for leaves in _left(statements))
    return facts_by(statements, state_before, lambda _: CaseState(case_id=case_id), ends_known=ends_known)


def _left(statements: Sequence[Statement]) -> set[frozenset[str]]:
    return {one.reach.leaves for one in statements}


def _is_covered(told: Told, statements: Sequence[Statement]) -> bool:
    stands = told.stands
    return stands is not None and any(one.covers(told.source_id, stands.event, stands.at.date()) for one in statements)

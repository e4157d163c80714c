"""Reading the social worker file of the SSDA903 return, with the episodes or without. Nothing is stored here."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from allocation_engine.interfaces.importers.casework import (
    NO_PAST,
    Course,
    Delivery,
    Past,
    Reach,
    Statement,
)
from allocation_engine.interfaces.importers.casework.delivery import ERASED, Taken
from allocation_engine.interfaces.importers.casework.facts import is_of_part
from allocation_engine.interfaces.importers.csv_table import Line, read_table
from allocation_engine.interfaces.importers.intake import Intake, Item, LookupRow, Notice, Outcome, Refused
from allocation_engine.interfaces.importers.pseudonyms import Pseudonyms, normalise
from allocation_engine.interfaces.importers.ssda903.course_of import CARE, ChildRows, course_of
from allocation_engine.interfaces.importers.ssda903.rows import (
    EPISODE_COLUMNS,
    REASONS,
    SOCIAL_WORKER_COLUMNS,
    CareRow,
    WorkerRow,
    read_care_row,
    read_worker_row,
)

SOURCE_SYSTEM = "ssda903"
WORKERS_FILE, EPISODES_FILE = "social workers", "episodes"
"""What the files are called where a line is named: their own names may name people."""

NOT_READ = Notice(
    "not_read",
    "The return holds children in care only, and gives no harm, no risk, no working hours and no team: cases are told "
    "without them. Birth, sex, needs, placements and postcodes are not read.",
)
_NOTICED = {
    "no_episodes": "children whose case was taken to have ended with the last social worker, since without the episodes "
    "nobody can tell who waits from who has left care; give the episodes file as well",
    "end_missing": "social workers with no end although another followed; taken to have handed over that day",
    "overlapping": "social workers whose end lies after the start of the next; taken to have handed over that day",
    "open_after_care": "social workers with no end although care ended; the case was closed as it did",
    "short_breaks": "episodes of short breaks (V3, V4), which are not care; left out",
    "no_worker_at_all": "children with episodes of care and no social worker in the file",
    "reason_unknown": "reasons for a change of social worker that are none of the codes; left out",
}


@dataclass
class _Rows:
    """What the lines of both files gave, in their order."""

    places: list[str] = field(default_factory=list)
    workers: list[WorkerRow] = field(default_factory=list)
    care: list[CareRow] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def keep(self, row: WorkerRow | CareRow | Refused) -> None:
        """Put a row where it belongs."""
        match row:
            case WorkerRow():
                self.places.append(row.place)
                self.workers.append(row)
            case CareRow():
                self.places.append(row.place)
                self.care.append(row)
            case Refused():
                self.places.append(row.path)
                self.refused.append(row)

    def refuse(self, child: str, code: str, why: str) -> None:
        """Refuse every line of a child, in the form in which children are told apart."""
        self.refused += [Refused(row.place, code, why) for row in self.workers if normalise(row.child) == child]
        self.refused += [Refused(row.place, code, why) for row in self.care if normalise(row.child) == child]
        self.workers = [row for row in self.workers if normalise(row.child) != child]
        self.care = [row for row in self.care if normalise(row.child) != child]


def read_ssda903(
    social_workers: bytes,
    *,
    episodes: bytes | None = None,
    pseudonyms: Pseudonyms,
    recorded_at: datetime,
    actor: str,
    drawn_at: datetime | None = None,
    past: Past = NO_PAST,
    assume_fte: float | None = None,
) -> Intake:
    """Read the files. A child's lines speak for the time from the first of them on: what was told before that stays.

    Why a case came to a worker is one of the facts: a line that gives no reason any longer takes back the one it gave.

    Parameters
    ----------
    social_workers
        The social worker file, CSV.
    episodes
        The episodes file, CSV; without it nobody can tell when care ended.
    pseudonyms
        Makes opaque ids of the ids in them.
    recorded_at, actor
        When they are taken in (with time zone), and the opaque id of who does it.
    drawn_at
        When the system drew them up: they undo nothing that was drawn up later, even if they come in after. The return
        itself does not say. None is taken as the moment at which they are taken in.
    past
        What is on record and what earlier returns said; without it nothing told before can be put right.
    assume_fte
        Share of full time to assume for workers whose hours are not recorded; without it they have none.

    Raises
    ------
    UnreadableDelivery
        A file cannot be read, or `drawn_at` lies ahead; its code says which.
    SettingsError
        `assume_fte`, `actor`, `recorded_at` or `drawn_at` makes no sense.
    """
    delivery = Delivery(
        SOURCE_SYSTEM,
        recorded_at=recorded_at,
        actor=actor,
        drawn_at=drawn_at,
        past=past,
        assume_fte=assume_fte,
    )
    rows = _rows(
        read_table(social_workers, WORKERS_FILE, SOCIAL_WORKER_COLUMNS),
        None if episodes is None else read_table(episodes, EPISODES_FILE, EPISODE_COLUMNS),
        delivery.today,
    )
    noticed = Counter({"short_breaks": sum(row.short_break for row in rows.care)})
    led_to: dict[str, Taken] = {}
    for child, of_child in _by_child(rows, with_care=episodes is not None).items():
        ledger = delivery.ledger(pseudonyms.case(child))
        if ledger.erased:
            rows.refuse(child, "erased", ERASED)
            continue
        told = replace(of_child, care_told=any(is_of_part(source_id, {CARE}) for source_id in ledger.told))
        course = course_of(pseudonyms.case(child), told, pseudonyms, noticed)
        noticed["no_worker_at_all"] += bool(course.runs) and not of_child.workers
        by_itself = course_of(pseudonyms.case(child), of_child, pseudonyms, Counter())
        led_to[child] = delivery.take(_statement(delivery.drawn_at, by_itself, of_child), ledger, course)
    records = delivery.records()
    return Intake(
        records=records,
        items=tuple(_items(rows, led_to)),
        refused=tuple(rows.refused),
        notes=(NOT_READ, *_notices(rows.workers, noticed), *delivery.notes()),
        cases=delivery.cases,
        waiting_cases=delivery.waiting_cases,
        workers=delivery.workers,
        lookup=tuple(LookupRow(*row) for row in _lookup(rows, pseudonyms)),
        said=delivery.said,
    )


def _rows(workers: Sequence[Line], episodes: Sequence[Line] | None, today: date) -> _Rows:
    rows = _Rows()
    for line in workers:
        rows.keep(read_worker_row(line, WORKERS_FILE, today))
    for line in episodes or ():
        rows.keep(read_care_row(line, EPISODES_FILE, today))
    return rows


def _by_child(rows: _Rows, *, with_care: bool) -> dict[str, ChildRows]:
    workers: dict[str, list[WorkerRow]] = {}
    care: dict[str, list[CareRow]] = {}
    for worker_row in rows.workers:
        workers.setdefault(normalise(worker_row.child), []).append(worker_row)
    for care_row in rows.care:
        care.setdefault(normalise(care_row.child), []).append(care_row)
    return {
        child: ChildRows(tuple(workers.get(child, ())), tuple(care.get(child, ())) if with_care else None)
        for child in sorted(workers.keys() | care.keys())
    }


def _statement(drawn_at: datetime, course: Course, rows: ChildRows) -> Statement:
    """Say what a child's lines speak for: a return shows a year, not the whole history.

    Without the episodes they do not speak for what episodes told, which is when care began and ended.
    """
    since = min((run.start for run in course.runs), default=date.max)
    leaves = frozenset({CARE}) if rows.care is None else frozenset[str]()
    return Statement(drawn_at, course, Reach(since=since, leaves=leaves), end_assumed=rows.care is None)


def _items(rows: _Rows, led_to: dict[str, Taken]) -> Iterator[Item]:
    """Answer every line: a line is taken if its child's lines together told something new."""
    child_of = {row.place: normalise(row.child) for row in rows.workers}
    child_of.update({row.place: normalise(row.child) for row in rows.care})
    for place in rows.places:
        child = child_of.get(place)
        if child is None:
            yield Item(place, Outcome.REFUSED)
        elif led_to[child].older:
            yield Item(place, Outcome.OLDER)
        else:
            yield Item(place, Outcome.TAKEN if led_to[child].records else Outcome.KNOWN)


def _notices(workers: Sequence[WorkerRow], noticed: Counter[str]) -> Iterator[Notice]:
    reasons = Counter(row.reason for row in workers if row.reason)
    noticed["reason_unknown"] = sum(number for reason, number in reasons.items() if reason not in REASONS)
    yield from (Notice(code, why, noticed[code]) for code, why in _NOTICED.items() if noticed[code])
    for reason, number in sorted(reasons.items()):
        if reason in REASONS:
            yield Notice("reason_of_change", f"social workers who came for the reason {reason}", number)


def _lookup(rows: _Rows, pseudonyms: Pseudonyms) -> list[tuple[str, str, str]]:
    children = {*(row.child for row in rows.workers), *(row.child for row in rows.care)}
    found: dict[tuple[str, str], str] = {("case", pseudonyms.case(child)): child for child in sorted(children)}
    found.update({("worker", pseudonyms.worker(row.worker)): row.worker for row in rows.workers})
    return [(kind, pseudonym, original) for (kind, pseudonym), original in sorted(found.items())]

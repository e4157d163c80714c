"""Who is primary worker when, and who works beside them: from stints that may overlap to steps in order of dates.

A case has at most one primary worker: whoever started last. Another whose stint has not ended works on beside them, as
a co-worker from the day after, since systems that know days alone name both on the day of the handover.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from allocation_engine.interfaces.importers.casework.course import Run, Stint, later, overlap
from domain.identifiers import WorkerId
from domain.vocabulary import AssignmentRole

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Taken:
    """A worker took the case, which nobody held in this role, or works on beside the primary worker."""

    day: date
    worker_id: WorkerId
    role: AssignmentRole


@dataclass(frozen=True, slots=True)
class Passed:
    """The case passed from one primary worker to the next."""

    day: date
    giver: WorkerId
    taker: WorkerId


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A worker gave the case up and nobody took it over in this role."""

    day: date
    worker_id: WorkerId
    role: AssignmentRole


Step = Taken | Passed | GivenUp


def steps_of(run: Run, stints: Iterable[Stint], first: WorkerId | None = None) -> tuple[Step, ...]:
    """List the steps within a run, by day. `first` held the case as it began; closing the case is no step."""
    inside = _joined(part for stint in stints if (part := overlap(stint, run)) is not None)
    courses = list(_primaries(run, inside, first))
    steps: list[Step] = []
    for (_, giver), (day, taker) in pairwise(courses):
        steps.extend(_passing(day, giver, taker))
    for stint in inside:
        steps.extend(_beside(run, stint, courses))
    return tuple(sorted(steps, key=lambda step: step.day))


def _passing(day: date, giver: WorkerId | None, taker: WorkerId | None) -> Iterator[Step]:
    if giver == taker:
        return
    if giver is not None and taker is not None:
        yield Passed(day, giver, taker)
    elif taker is not None:
        yield Taken(day, taker, AssignmentRole.PRIMARY)
    elif giver is not None:
        yield GivenUp(day, giver, AssignmentRole.PRIMARY)


def _joined(stints: Iterable[Stint]) -> tuple[Stint, ...]:
    """Put together stints of one worker that touch or overlap."""
    joined: list[Stint] = []
    for stint in sorted(stints, key=lambda one: (one.worker_id, one.start, one.end is None, one.end or one.start)):
        last = joined[-1] if joined else None
        if last is not None and last.worker_id == stint.worker_id and (last.end is None or stint.start <= last.end):
            joined[-1] = Stint(last.worker_id, last.start, later(last.end, stint.end), last.reason)
        else:
            joined.append(stint)
    return tuple(joined)


def _primaries(run: Run, stints: tuple[Stint, ...], first: WorkerId | None) -> Iterator[tuple[date, WorkerId | None]]:
    """Give the primary worker from each day on which it may change; the first entry is how the run began."""
    yield run.start, first
    days = {run.start, *(one.start for one in stints), *(one.end for one in stints if one.end is not None)}
    for day in sorted(day for day in days if day != run.end):
        yield day, _primary(stints, day)


def _primary(stints: tuple[Stint, ...], day: date) -> WorkerId | None:
    active = [one for one in stints if one.start <= day and (one.end is None or day < one.end)]
    last = max(active, key=lambda one: (one.start, one.end is None, one.end or one.start, one.worker_id), default=None)
    return None if last is None else last.worker_id


def _beside(run: Run, stint: Stint, courses: list[tuple[date, WorkerId | None]]) -> Iterator[Step]:
    """Give the steps of a worker who works on while somebody else is primary."""
    role = AssignmentRole.CO_WORKER
    spans: list[tuple[date, date | None]] = []
    for place, (day, primary) in enumerate(courses[1:], start=1):
        end = courses[place + 1][0] if place + 1 < len(courses) else None
        if primary == stint.worker_id or day < stint.start or (stint.end is not None and day >= stint.end):
            continue
        if spans and spans[-1][1] == day:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((day if day == stint.start else day + A_DAY, end))
    for start, end in spans:
        if end is not None and end <= start:
            continue
        yield Taken(start, stint.worker_id, role)
        # Becoming the primary worker, and the closing of the case, end it by themselves.
        if end is not None and end == stint.end and end != run.end:
            yield GivenUp(end, stint.worker_id, role)

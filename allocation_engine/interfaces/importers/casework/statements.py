"""What one system has said of one child, delivery by delivery, put in the order in which it was drawn up.

A network that loses and repeats also reorders. So what should hold is never worked out from the delivery that has just
come in, but from all that were taken in, in the order of the moments at which the system drew them up: whatever comes
late takes its place before what is newer. A statement that a newer one speaks for altogether is no longer needed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from allocation_engine.interfaces.importers.casework.course import Course
from allocation_engine.interfaces.importers.casework.facts import Fact, facts_of, is_of_part
from domain.events.base import DomainEvent
from domain.events.case import CaseClosed, CaseReferred
from domain.evolve.case import CaseState


@dataclass(frozen=True, slots=True)
class Reach:
    """What a statement speaks for: of that, what it does not say is not so.

    Attributes
    ----------
    everything
        All that the system ever said of the child.
    since
        Whatever happened from this day on; None where a statement speaks for its parts, each whole.
    leaves
        Parts whose referral and closure it leaves as they were told, since it knows nothing of them.
    """

    everything: bool = False
    since: date | None = None
    leaves: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Statement:
    """What one delivery said of one child.

    Attributes
    ----------
    drawn_at
        When the system drew it up.
    end_assumed
        The end of the last run is no more than a guess, which does not hold once an earlier statement told of ends.
    """

    drawn_at: datetime
    course: Course
    reach: Reach
    end_assumed: bool = False

    def covers(self, source_id: str, event: DomainEvent, day: date) -> bool:
        """Tell whether this speaks for something that was said before.

        A part that is left out stays as it was told. But a closure within or at the beginning of what is told here cannot
        stand, or the case would read as closed.
        """
        reach = self.reach
        if reach.everything:
            return True
        if reach.since is not None:
            left = isinstance(event, CaseReferred | CaseClosed) and is_of_part(source_id, reach.leaves)
            return day >= reach.since and not left
        if is_of_part(source_id, self.course.parts):
            return True
        within = (run.start <= day and (run.end is None or day < run.end) for run in self.course.runs)
        return isinstance(event, CaseClosed) and any(within)

    def replaces(self, other: "Statement") -> bool:
        """Tell whether all that an older statement spoke for is spoken for here."""
        mine, its = self.reach, other.reach
        if mine.everything or its.everything:
            return mine.everything
        if mine.since is None or its.since is None:
            return mine.since == its.since and other.course.parts <= self.course.parts
        return mine.since <= its.since and mine.leaves <= its.leaves


@dataclass(frozen=True, slots=True)
class Said:
    """All that is to be kept of what a system has said of a child; `seen` is the version of what was kept before."""

    system: str
    case_id: str
    statements: tuple[Statement, ...]
    seen: int


def with_statement(kept: Sequence[Statement], new: Statement) -> tuple[Statement, ...]:
    """Put a statement among those that are kept, in order; without those that a newer one replaces, maybe itself."""
    ordered = sorted((*kept, new), key=lambda one: one.drawn_at)  # of one moment, the last to come in is the newest
    return tuple(
        one for place, one in enumerate(ordered) if not any(newer.replaces(one) for newer in ordered[place + 1 :])
    )


def facts_by(
    statements: Iterable[Statement],
    state_before: Callable[[datetime, Sequence[Fact]], CaseState],
    untouched: Callable[[datetime], CaseState],
    *,
    ends_known: bool,
) -> list[Fact]:
    """Give the facts that hold by all statements together, in the order in which they were drawn up.

    `state_before` gives how the case stood at a moment by facts from earlier statements, for those that go on from there;
    `untouched` how a case begins for those that tell it whole. `ends_known` says that ends were told before any of them.
    """
    facts: list[Fact] = []
    for one in statements:
        facts = [fact for fact in facts if not one.covers(fact.source_id, fact.event, fact.day)]
        course = _with_end_left_open(one.course) if one.end_assumed and ends_known else one.course
        ends_known = ends_known or not one.end_assumed
        earlier = tuple(facts)

        def before(moment: datetime, earlier: Sequence[Fact] = earlier) -> CaseState:
            return state_before(moment, earlier)

        facts = [*facts, *facts_of(course, before if one.reach.since is not None else untouched)]
    return list({(fact.event.model_dump_json(), fact.event.wire_name, fact.day): fact for fact in facts}.values())


def _with_end_left_open(course: Course) -> Course:
    runs = course.runs
    return replace(course, runs=(*runs[:-1], *(replace(run, end=None) for run in runs[-1:])))

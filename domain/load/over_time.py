"""A worker's load at many moments in one pass: for a plot, a heatmap, or a past period under another policy."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.identifiers import CaseId, WorkerId
from domain.load.capacity import capacity_of
from domain.load.exposure import TwoCompartments
from domain.load.facts import CaseFact, CaseHistory, CaseTaken, WorkerFact, WorkerHistory, in_time
from domain.load.parameters import LoadParameters
from domain.load.recovery import days
from domain.load.running import RunningLoad, advance, apply, apply_to_case

OwnFact = tuple[None, WorkerFact]
OneCasesFact = tuple[CaseId, CaseFact]


@dataclass(frozen=True, slots=True)
class PointInTime:
    """A worker's load [lp] at a moment, their capacity [lp] (None if not known), cases held, and whether away."""

    at: datetime
    load: TwoCompartments
    capacity: float | None
    held: int
    is_away: bool

    @property
    def headroom(self) -> float | None:
        """Capacity less load [lp]; None where capacity is not known: that is not room."""
        return None if self.capacity is None else self.capacity - self.load.total


def timeline(
    worker_id: WorkerId,
    history: WorkerHistory,
    cases: Mapping[CaseId, CaseHistory],
    parameters: LoadParameters,
    moments: Iterable[datetime],
) -> tuple[PointInTime, ...]:
    """Give a worker's load at each of the moments, in order of time.

    Each point is what `load_account` says at that moment: facts of later moments do not count in it, and an absence
    that was to have ended counts as ended until the worker is recorded as back.
    """
    state = RunningLoad(worker_id)
    coming = list(in_order(history, cases))
    coming.reverse()
    points: list[PointInTime] = []
    for moment in sorted(moments):
        while coming and coming[-1][1].at <= moment:
            state = take(state, coming.pop(), parameters)
        state = advance(state, days(moment), parameters)
        capacity = capacity_of(state.fte, state.stage, parameters)
        points.append(PointInTime(moment, state.load, capacity.points, len(state.held), state.is_away))
    return tuple(points)


def in_order(history: WorkerHistory, cases: Mapping[CaseId, CaseHistory]) -> Iterator[OwnFact | OneCasesFact]:
    """Merge a worker's facts with those of the cases they ever took, in order of time."""
    taken = {fact.case_id: None for fact in history if isinstance(fact, CaseTaken)}
    merged: list[OwnFact | OneCasesFact] = [(None, fact) for fact in history]
    merged.extend((case_id, fact) for case_id in taken for fact in cases.get(case_id, ()))
    yield from sorted(merged, key=lambda one: in_time(one[1]))


def take(state: RunningLoad, fact: OwnFact | OneCasesFact, parameters: LoadParameters) -> RunningLoad:
    """Take in a fact of the worker or of one of their cases."""
    if fact[0] is None:
        return apply(state, fact[1], parameters)
    return apply_to_case(state, fact[0], fact[1], parameters)

"""The load as it runs: one worker's state, moved on by time and by one fact after another.

The same model as `account`, told forward: `account` looks back from a moment and says what each case and event left
there, this keeps the sums alone. It takes facts in their order in time; late news needs a replay from the facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import assert_never

from domain.errors import FactOutOfOrder
from domain.identifiers import CaseId, WorkerId
from domain.load.affine import AffineStep, passing_of_time, session
from domain.load.exposure import (
    NOTHING,
    CaseProfile,
    TwoCompartments,
    held_rate,
    incident_impulse,
    sum_of,
    supervision_given_impulse,
)
from domain.load.facts import (
    AbsenceEnded,
    AbsenceStarted,
    CaseFact,
    CaseGivenUp,
    CaseTaken,
    Exposed,
    Hours,
    Left,
    PartErased,
    Relieved,
    Stage,
    SupervisionGiven,
    WorkerFact,
    in_time,
)
from domain.load.holdings import UNKNOWN_CASE, profile_after, role_after
from domain.load.parameters import LoadParameters
from domain.load.recovery import NO_RELIEF, ReliefAtWork, at_work_after, days, ease, moment_of
from domain.vocabulary import AssignmentRole, CareerStage


@dataclass(frozen=True, slots=True)
class Away:
    """An absence in force, or run past the day [day] on which it was expected to end (infinity: none was said)."""

    multiplier: float
    expected_end: float


@dataclass(frozen=True, slots=True)
class RunningLoad:
    """One worker's load at one moment and all that its further course depends on.

    Attributes
    ----------
    at
        The moment [day].
    settled
        Load from before this very moment [lp].
    arrived
        What came in this very moment [lp]: a session now does not ease it.
    away
        The absence that has not ended on record.
    if_still_away
        What `settled` would be [lp], had the absence run on past its expected end: it is taken up when the worker is
        recorded as back later than was expected, and dropped when anything else ends the absence.
    back_at
        When [day] the worker was last recorded as back without having been away.
    relief
        Relief still at work from the last sessions.
    held
        The cases held, each with the worker's role.
    profiles
        What is known of each case that was heard of.
    rate
        What the held cases add while the worker is present [lp/day].
    fte, stage
        Hours and stage as recorded; None if they are not.
    last
        The last fact taken.
    """

    worker_id: WorkerId
    at: float = -inf
    settled: TwoCompartments = NOTHING
    arrived: TwoCompartments = NOTHING
    away: Away | None = None
    if_still_away: TwoCompartments | None = None
    back_at: float = -inf
    relief: ReliefAtWork = NO_RELIEF
    held: Mapping[CaseId, AssignmentRole] = field(default_factory=dict)
    profiles: Mapping[CaseId, CaseProfile] = field(default_factory=dict)
    rate: TwoCompartments = NOTHING
    fte: float | None = None
    stage: CareerStage | None = None
    last: WorkerFact | CaseFact | None = None

    @property
    def load(self) -> TwoCompartments:
        """Acute and cumulative load [lp] at this moment."""
        return self.settled + self.arrived

    @property
    def is_away(self) -> bool:
        """Whether the worker is away, as far as is known."""
        return self.away is not None and self.away.expected_end > self.at


def advance(state: RunningLoad, to: float, parameters: LoadParameters) -> RunningLoad:
    """Let time pass to a moment [day] with nothing new happening.

    Raises
    ------
    FactOutOfOrder
        If the moment lies before the state's own.
    """
    if to == state.at:
        return state
    if to < state.at:
        raise FactOutOfOrder(state.worker_id, moment_of(to), moment_of(state.at))
    if state.at == -inf:
        return replace(state, at=to)
    away = state.away
    if away is None:
        step = passing_of_time(to - state.at, 1.0, state.rate, parameters)
        return replace(state, at=to, settled=step.of(state.load), arrived=NOTHING)
    back = min(max(away.expected_end, state.at), to)
    step = _absent(state, away, back - state.at, parameters).then(
        passing_of_time(to - back, 1.0, state.rate, parameters)
    )
    if_still_away = None
    if away.expected_end < to:
        so_far = state.settled if state.if_still_away is None else state.if_still_away
        if_still_away = _absent(state, away, to - state.at, parameters).of(so_far + state.arrived)
    return replace(state, at=to, settled=step.of(state.load), arrived=NOTHING, if_still_away=if_still_away)


def _absent(state: RunningLoad, away: Away, length: float, parameters: LoadParameters) -> AffineStep:
    reaching = state.rate.times(parameters.held_share_when_absent.value)
    return passing_of_time(length, away.multiplier, reaching, parameters)


def apply(state: RunningLoad, fact: WorkerFact, parameters: LoadParameters) -> RunningLoad:
    """Move on to a fact about the worker and take it in.

    Raises
    ------
    FactOutOfOrder
        If the fact comes before what was already taken in: replay the worker from the facts.
    """
    state = _up_to(state, fact, parameters)
    match fact:
        case Hours():
            return replace(state, fte=fact.fte)
        case Stage():
            return replace(state, stage=fact.stage)
        case AbsenceStarted():
            return _gone(state, fact, parameters)
        case AbsenceEnded():
            return _back(state)
        case Left():
            gone = replace(state, away=None, if_still_away=None, fte=None, stage=None)
            return _holding(gone, {}, gone.profiles, parameters)
        case Exposed():
            return replace(state, arrived=state.arrived + incident_impulse(fact, parameters))
        case SupervisionGiven():
            return replace(state, arrived=state.arrived + supervision_given_impulse(fact, parameters))
        case Relieved():
            return _eased(state, fact, parameters)
        case CaseTaken() | CaseGivenUp():
            return _turn_of_case(state, fact.case_id, fact, parameters)
        case PartErased():
            return state  # what it added is unknown: the account names the gap
        case _:
            assert_never(fact)


def apply_to_case(state: RunningLoad, case_id: CaseId, fact: CaseFact, parameters: LoadParameters) -> RunningLoad:
    """Move on to a fact about a case, held or to be held, and take it in.

    Raises
    ------
    FactOutOfOrder
        As for `apply`.
    """
    return _turn_of_case(_up_to(state, fact, parameters), case_id, fact, parameters)


def _up_to(state: RunningLoad, fact: WorkerFact | CaseFact, parameters: LoadParameters) -> RunningLoad:
    if state.last is not None and in_time(fact) < in_time(state.last):
        raise FactOutOfOrder(state.worker_id, fact.at, state.last.at)
    return replace(advance(state, days(fact.at), parameters), last=fact)


def _gone(state: RunningLoad, fact: AbsenceStarted, parameters: LoadParameters) -> RunningLoad:
    if state.back_at == state.at:
        return replace(state, back_at=-inf)
    expected_end = inf if fact.expected_until is None else days(fact.expected_until)
    away = Away(parameters.recovery_multiplier[fact.kind].value, expected_end)
    return replace(state, away=away, if_still_away=None)


def _back(state: RunningLoad) -> RunningLoad:
    if state.away is None:
        return replace(state, back_at=state.at)
    was_away = state.settled if state.if_still_away is None else state.if_still_away
    return replace(state, settled=was_away, away=None, if_still_away=None)


def _eased(state: RunningLoad, fact: Relieved, parameters: LoadParameters) -> RunningLoad:
    gained = ease(state.relief, fact.kind, state.at, parameters)
    step = session(gained)
    return replace(
        state,
        settled=step.of(state.settled),
        if_still_away=None if state.if_still_away is None else step.of(state.if_still_away),
        relief=at_work_after(state.relief, gained, parameters),
    )


def _turn_of_case(
    state: RunningLoad, case_id: CaseId, fact: CaseTaken | CaseGivenUp | CaseFact, parameters: LoadParameters
) -> RunningLoad:
    before = state.held.get(case_id)
    after = role_after(before, fact, state.worker_id)
    known = state.profiles.get(case_id, UNKNOWN_CASE)
    profile = known if isinstance(fact, CaseTaken | CaseGivenUp) else profile_after(known, fact)
    profiles = state.profiles if profile is known else {**state.profiles, case_id: profile}
    if after is before and (profile is known or after is None):
        return replace(state, profiles=profiles)
    held = {one: role for one, role in state.held.items() if one != case_id}
    return _holding(state, held if after is None else {**held, case_id: after}, profiles, parameters)


def _holding(
    state: RunningLoad,
    held: Mapping[CaseId, AssignmentRole],
    profiles: Mapping[CaseId, CaseProfile],
    parameters: LoadParameters,
) -> RunningLoad:
    rate = sum_of(held_rate(profiles.get(one, UNKNOWN_CASE), role, parameters) for one, role in held.items())
    return replace(state, held=held, profiles=profiles, rate=rate)

"""Four uses, one model: what looks back, runs forward, looks ahead and weighs a case more must say the same figure.

Each use gives the load at a moment ahead of `now` if nothing more happens after it.
"""

from collections.abc import Callable, Mapping
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events.case import CaseAssigned, CaseReferred
from domain.identifiers import CaseId
from domain.load import (
    CaseProfile,
    LoadParameters,
    RunningLoad,
    TwoCompartments,
    added_load,
    advance,
    load_account,
    outlook,
    outlook_at,
    predicted_load,
)
from domain.load.exposure import held_rate, sum_of
from domain.load.facts import CaseHistory, WorkerHistory
from domain.load.over_time import in_order, take
from domain.load.recovery import absences, days, moment_of, pieces
from domain.vocabulary import AssignmentRole
from projections.fact_rows import row_of
from projections.load_columns import loads
from tests.domain.load.service_history import PARAMETERS, W1, Happened, facts_of, on_day, recorded
from tests.domain.load.strategies import any_histories, case_profiles, roles

Cases = Mapping[CaseId, CaseHistory]
Use = Callable[[WorkerHistory, Cases, float, float], TwoCompartments]
"""From facts up to now, now [day] and the days ahead to the load then [lp]."""


def without_incidents(parameters: LoadParameters) -> LoadParameters:
    """Expect no further incidents, so that what is ahead is certain."""
    none = parameters.expected_incident_points.model_copy(update={"value": 0.0})
    return parameters.model_copy(update={"expected_incident_points": none})


def partly_reached_when_away(parameters: LoadParameters) -> LoadParameters:
    """Let a part of the held cases reach an absent worker, so that leave does not hide what is wrong with it."""
    part = parameters.held_share_when_absent.model_copy(update={"value": 0.3})
    return parameters.model_copy(update={"held_share_when_absent": part})


CERTAIN = partly_reached_when_away(without_incidents(PARAMETERS))


def by_account(history: WorkerHistory, cases: Cases, now: float, ahead: float) -> TwoCompartments:
    return load_account(W1, history, cases, CERTAIN, on_day(now + ahead)).load


def by_running(history: WorkerHistory, cases: Cases, now: float, ahead: float) -> TwoCompartments:
    state = RunningLoad(W1)
    for fact in in_order(history, cases):
        state = take(state, fact, CERTAIN)
    return advance(state, days(on_day(now + ahead)), CERTAIN).load


def by_forecast(history: WorkerHistory, cases: Cases, now: float, ahead: float) -> TwoCompartments:
    account = load_account(W1, history, cases, CERTAIN, on_day(now))
    rate = sum_of(held_rate(one.profile, one.role, CERTAIN) for one in account.held)
    looking = outlook_at(history, CERTAIN, on_day(now), ahead)
    acute = looking.mean_load(TwoCompartments(account.load.acute, 0), TwoCompartments(rate.acute, 0))
    cumulative = looking.mean_load(TwoCompartments(0, account.load.cumulative), TwoCompartments(0, rate.cumulative))
    assert acute + cumulative == pytest.approx(predicted_load(account, looking, CERTAIN), rel=1e-12, abs=1e-12)
    return TwoCompartments(acute, cumulative)


def by_columns(history: WorkerHistory, cases: Cases, now: float, ahead: float) -> TwoCompartments:
    rows = {f"worker:{W1}": row_of(history), **{f"case:{case_id}": row_of(case) for case_id, case in cases.items()}}
    found = loads(rows, CERTAIN, on_day(now + ahead), workers=[W1])
    return TwoCompartments(float(found.acute[0]), float(found.cumulative[0]))


USES: Mapping[str, Use] = {
    "the account looking back": by_account,
    "the load as it runs": by_running,
    "the fold over columns": by_columns,
    "the forecast": by_forecast,
}


def known_at(history: list[Happened], now: float) -> tuple[WorkerHistory, Cases]:
    return facts_of(recorded(one for one in history if one.day <= now))


def with_case(history: list[Happened], now: float, profile: CaseProfile, role: AssignmentRole) -> list[Happened]:
    new = CaseId("c-new")
    referred = CaseReferred(case_id=new, harm_types=profile.harm_types, risk=profile.risk)
    return [*history, Happened(now, referred), Happened(now, CaseAssigned(case_id=new, worker_id=W1, role=role))]


nows = st.integers(0, 62).map(lambda day: day + 1 / 8)
"""Between the quarters of a day, so that nothing else happens in the moment in which a case is added."""
aheads = st.floats(0.5, 90)


def alike(one: TwoCompartments, other: TwoCompartments) -> bool:
    return one.acute == pytest.approx(other.acute, rel=1e-9, abs=1e-9) and one.cumulative == pytest.approx(
        other.cumulative, rel=1e-9, abs=1e-9
    )


def uses_agree(history: list[Happened], now: float, ahead: float, profile: CaseProfile, role: AssignmentRole) -> None:
    facts, cases = known_at(history, now)
    more_facts, more_cases = known_at(with_case(history, now, profile, role), now)
    expected = by_account(facts, cases, now, ahead)
    looking = outlook_at(facts, CERTAIN, on_day(now), ahead)
    for name, use in USES.items():
        found = use(facts, cases, now, ahead)
        assert alike(found, expected), f"{name}: {found} instead of {expected}"
        marginal = use(more_facts, more_cases, now, ahead).total - found.total
        assert marginal == pytest.approx(added_load(profile, role, looking, CERTAIN), rel=1e-9, abs=1e-9), name


@settings(deadline=None, max_examples=100)
@given(any_histories, nows, aheads, case_profiles, roles)
def test_every_use_of_the_model_says_the_same_load(
    history: list[Happened], now: float, ahead: float, profile: CaseProfile, role: AssignmentRole
) -> None:
    uses_agree(history, now, ahead, profile, role)


@pytest.mark.campaign
@settings(deadline=None, max_examples=5_000)
@given(any_histories, nows, aheads, case_profiles, roles)
def test_every_use_of_the_model_says_the_same_load_over_very_many_histories(
    history: list[Happened], now: float, ahead: float, profile: CaseProfile, role: AssignmentRole
) -> None:
    uses_agree(history, now, ahead, profile, role)


NODES = (0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363)
WEIGHTS = (0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763)
"""Gauss and Legendre's rule with eight points (Abramowitz and Stegun 1964, table 25.4)."""


def mean_over(facts: WorkerHistory, cases: Cases, now: float, horizon: float) -> float:
    """Average the account over a horizon [lp] by a quadrature on stretches of a week at most, cut where leave ends."""
    start = days(on_day(now))

    def weighed(half: float, at: float, weight: float) -> float:
        return half * weight * load_account(W1, facts, cases, CERTAIN, moment_of(at)).load.total

    area: list[float] = []
    for piece in pieces(absences(facts, CERTAIN), start, start + horizon):
        parts = int((piece.end - piece.start) / 3.5) + 1
        half = (piece.end - piece.start) / parts / 2
        for part in range(parts):
            middle = piece.start + half * (2 * part + 1)
            for node, weight in zip(NODES, WEIGHTS, strict=True):
                area += [weighed(half, middle + side * node * half, weight) for side in (-1, 1)]
    return fsum(area) / horizon


@settings(deadline=None, max_examples=15)
@given(any_histories, nows, st.sampled_from([7.0, 28.0]), case_profiles, roles)
def test_a_case_adds_over_the_horizon_what_the_accounts_with_and_without_it_differ_by(
    history: list[Happened], now: float, horizon: float, profile: CaseProfile, role: AssignmentRole
) -> None:
    facts, cases = known_at(history, now)
    looking = outlook(facts, CERTAIN, on_day(now), horizon)
    without = mean_over(facts, cases, now, horizon)
    with_it = mean_over(*known_at(with_case(history, now, profile, role), now), now, horizon)
    assert added_load(profile, role, looking, CERTAIN) == pytest.approx(with_it - without, rel=1e-9, abs=1e-9)
    account = load_account(W1, facts, cases, CERTAIN, on_day(now))
    assert predicted_load(account, looking, CERTAIN) == pytest.approx(without, rel=1e-9, abs=1e-9)

"""An account by kind."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events.case import CaseAssigned, CaseReferred, CaseRiskReassessed
from domain.events.practice import CriticalIncidentRecorded, Exposure, SupervisionHeld
from domain.identifiers import CaseId, IncidentId
from domain.load import Grouping, grouped
from domain.load.exposure import sum_of
from domain.vocabulary import (
    ExposureRoute,
    HarmType,
    IncidentKind,
    RiskLevel,
    Severity,
    SupervisionKind,
)
from tests.domain.load.service_history import C1, C2, C3, W1, W2, Happened, account_on
from tests.domain.load.strategies import any_histories
from tests.domain.load.strategies import days as any_day

C4 = CaseId("c-4")
INCIDENT = CriticalIncidentRecorded(
    incident_id=IncidentId("i-1"),
    kind=IncidentKind.DEATH,
    severity=Severity.SERIOUS,
    exposures=(Exposure(worker_id=W1, route=ExposureRoute.TEAM_HEARD),),
)
SUPERVISED = SupervisionHeld(supervisor_id=W1, worker_ids=(W2,), kind=SupervisionKind.GROUP, minutes=60)
HISTORY = [
    Happened(0, CaseReferred(case_id=C1, harm_types=(HarmType.GANGS, HarmType.MISSING), risk=RiskLevel.LOW)),
    Happened(0, CaseReferred(case_id=C2, harm_types=(HarmType.GANGS,), risk=RiskLevel.HIGH)),
    Happened(0, CaseReferred(case_id=C3, harm_types=())),
    *(Happened(0, CaseAssigned(case_id=case_id, worker_id=W1)) for case_id in (C1, C2, C3, C4)),
    Happened(10, CaseRiskReassessed(case_id=C1, risk=RiskLevel.HIGH)),
    Happened(12, INCIDENT),
    Happened(13, SUPERVISED),
]


@settings(deadline=None, max_examples=60)
@given(any_histories, any_day, st.sampled_from(Grouping))
def test_the_groups_add_up_to_the_load(history: list[Happened], day: float, by: Grouping) -> None:
    account = account_on(day, history)
    groups = grouped(account, by)
    total = sum_of(group.load for group in groups)
    assert total.acute == pytest.approx(account.load.acute, rel=1e-9, abs=1e-12)
    assert total.cumulative == pytest.approx(account.load.cumulative, rel=1e-9, abs=1e-12)
    assert [group.name for group in groups] == sorted({group.name for group in groups})


@pytest.mark.parametrize(
    ("by", "names"),
    [
        (Grouping.SOURCE, {"held_case": 4, "incident": 1, "supervision_given": 1}),
        (
            Grouping.HARM_TYPE,
            {"gangs": 2, "incident": 1, "missing": 1, "none_found": 1, "supervision_given": 1, "unknown": 1},
        ),
        (Grouping.RISK, {"high": 2, "incident": 1, "supervision_given": 1, "unknown": 2}),
        (Grouping.INCIDENT_KIND, {"death": 1, "held_case": 4, "supervision_given": 1}),
        (Grouping.ROUTE, {"held_case": 4, "supervision_given": 1, "team_heard": 1}),
    ],
)
def test_each_grouping_names_what_it_can_and_the_source_of_the_rest(by: Grouping, names: dict[str, int]) -> None:
    assert {group.name: group.contributions for group in grouped(account_on(14, HISTORY), by)} == names


def test_a_case_of_two_harms_counts_half_under_each() -> None:
    account = account_on(14, HISTORY)
    loads = {one.subject: one.load.total for one in account.contributions}
    groups = {group.name: group.load.total for group in grouped(account, Grouping.HARM_TYPE)}
    assert groups["missing"] == pytest.approx(loads[C1] / 2)
    assert groups["gangs"] == pytest.approx(loads[C1] / 2 + loads[C2])


def test_nothing_carried_has_no_groups() -> None:
    assert grouped(account_on(14, []), Grouping.RISK) == ()

"""A load in plain sentences."""

from domain.events.base import DomainEvent
from domain.events.case import CaseAssigned, CaseUnassigned
from domain.events.practice import CriticalIncidentRecorded, Exposure, SupervisionHeld
from domain.identifiers import CaseId, IncidentId
from domain.load.explain import WHAT_IT_IS, reasons
from domain.vocabulary import ExposureRoute, IncidentKind, Severity, SupervisionKind
from tests.domain.load.service_history import C1, C2, W1, W2, Happened, account_on

INCIDENT: DomainEvent = CriticalIncidentRecorded(
    incident_id=IncidentId("i-1"),
    kind=IncidentKind.VIOLENCE_DISCLOSED,
    severity=Severity.SERIOUS,
    exposures=(Exposure(worker_id=W1, route=ExposureRoute.DIRECT),),
)
GIVEN = SupervisionHeld(supervisor_id=W1, worker_ids=(W2,), kind=SupervisionKind.ONE_TO_ONE, minutes=60)
HISTORY = [
    Happened(0, CaseAssigned(case_id=C1, worker_id=W1)),
    Happened(0, CaseAssigned(case_id=C2, worker_id=W1)),
    Happened(10, CaseUnassigned(case_id=C2, worker_id=W1)),
    Happened(14, INCIDENT),
    Happened(14, GIVEN),
]


def test_each_kind_of_contribution_has_its_sentence_the_largest_first() -> None:
    assert reasons(account_on(14, HISTORY)) == (
        "Incident i-1 on 16 Mar 2026 added 10.0 lp; 10.0 lp (7.0 acute, 3.0 cumulative) of it remains.",
        "Case c-1, held now, carries 3.1 lp (2.1 acute, 1.0 cumulative); held for long it tends to 6.0 lp.",
        "Case c-2, no longer held, still carries 1.7 lp (1.0 acute, 0.7 cumulative).",
        "Supervision given on 16 Mar 2026 added 0.5 lp; 0.5 lp (0.3 acute, 0.2 cumulative) of it remains.",
    )


def test_the_rest_is_summed_in_one_sentence() -> None:
    account = account_on(14, HISTORY)
    assert reasons(account, most=3)[-1] == "1 smaller contribution adds 0.5 lp."
    assert reasons(account, most=2)[-1] == "2 smaller contributions add 2.2 lp together."


def test_nothing_carried_gives_no_reason() -> None:
    assert reasons(account_on(14, [])) == ()


def test_a_case_of_which_nothing_is_known_is_explained_like_any_other() -> None:
    (told,) = reasons(account_on(28, [Happened(0, CaseAssigned(case_id=CaseId("c-7"), worker_id=W1))]))
    assert told.startswith("Case c-7, held now, carries ")


def test_what_the_figure_is_not_is_said() -> None:
    assert "does not measure stress" in WHAT_IT_IS

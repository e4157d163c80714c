"""Who carries which harm: cases by harm and risk, high-trauma cases, incidents by route."""

from allocation_engine.bootstrap import example_policy
from domain.events.practice import CriticalIncidentRecorded, Exposure
from domain.evolve.case import CaseState
from domain.identifiers import CaseId, IncidentId, WorkerId
from domain.load import LoadAccount, TwoCompartments
from domain.load.parameters import KnownOr
from domain.vocabulary import ExposureRoute, HarmType, IncidentKind, RiskLevel, Severity
from projections import EXPOSURE
from projections.exposure import cases_after_incident, exposure_of, incidents_between, routes_by_worker
from tests.projections.drawn_histories import rows_of
from tests.projections.practice_histories import A, B, day, retracted, told

PRACTICE = example_policy().practice
NOTHING = LoadAccount(A, day(10), TwoCompartments(0.0, 0.0), 100.0, (), (), ())


def case(number: int, risk: RiskLevel | None, harms: tuple[HarmType, ...] | None = ()) -> CaseState:
    return CaseState(CaseId(f"c-{number}"), opened_at=day(0), risk=risk, harm_types=harms)


def incident(
    number: int, severity: Severity, *routes: tuple[WorkerId, ExposureRoute], case_id: str | None = None
) -> CriticalIncidentRecorded:
    return CriticalIncidentRecorded(
        incident_id=IncidentId(f"i-{number}"),
        kind=IncidentKind.VIOLENCE_DISCLOSED,
        severity=severity,
        exposures=tuple(Exposure(worker_id=who, route=route) for who, route in routes or [(A, ExposureRoute.DIRECT)]),
        case_id=None if case_id is None else CaseId(case_id),
    )


def test_a_case_of_two_harms_counts_under_both_and_one_not_assessed_as_unknown() -> None:
    held = [
        case(1, RiskLevel.HIGH, (HarmType.MISSING, HarmType.GANGS)),
        case(2, RiskLevel.LOW, (HarmType.GANGS,)),
        case(3, None, None),
        case(4, RiskLevel.LOW, ()),
    ]
    found = exposure_of(A, held, [], frozenset(), NOTHING)
    assert found.cases == 4
    assert {harm: number for harm, number in found.by_harm.items() if number} == {
        HarmType.MISSING: 1,
        HarmType.GANGS: 2,
        KnownOr.UNKNOWN: 1,
    }
    assert {risk: number for risk, number in found.by_risk.items() if number} == {
        RiskLevel.HIGH: 1,
        RiskLevel.LOW: 2,
        KnownOr.UNKNOWN: 1,
    }


def test_a_case_is_high_trauma_by_its_risk_or_for_a_while_after_a_serious_incident() -> None:
    history = told(
        (1, incident(1, Severity.SERIOUS, case_id="c-1")),
        (2, incident(2, Severity.MODERATE, case_id="c-2")),
        (3, incident(3, Severity.SEVERE)),
    )
    found = incidents_between(rows_of(EXPOSURE, history), day(0), day(200))
    held = [case(1, RiskLevel.LOW), case(2, RiskLevel.LOW), case(3, RiskLevel.VERY_HIGH), case(4, None)]
    soon, later = (cases_after_incident(found, PRACTICE, day(at)) for at in (91.9, 92))
    assert (sorted(soon), sorted(later)) == (["c-1"], [])
    assert exposure_of(A, held, [], soon, NOTHING).high_trauma == 2
    assert exposure_of(A, held, [], later, NOTHING).high_trauma == 1


def test_incidents_count_by_the_route_on_which_they_reached_this_worker() -> None:
    heard = (A, ExposureRoute.TEAM_HEARD)
    history = told(
        (1, incident(1, Severity.MODERATE, (A, ExposureRoute.DIRECT), (B, ExposureRoute.CO_WORKER))),
        (2, incident(2, Severity.MODERATE, (B, ExposureRoute.DIRECT), heard)),
        (3, incident(3, Severity.MODERATE, (B, ExposureRoute.DIRECT), heard)),
    )
    rows = rows_of(EXPOSURE, history)
    routes = routes_by_worker(incidents_between(rows, day(0), day(10)))
    found = exposure_of(A, [], routes[A], frozenset(), NOTHING)
    assert dict(found.incidents) == {
        ExposureRoute.DIRECT: 1,
        ExposureRoute.CO_WORKER: 0,
        ExposureRoute.TEAM_HEARD: 2,
    }
    assert [one.incident_id for one in incidents_between(rows, day(1), day(2))] == ["i-2"]


def test_an_incident_retracted_reached_nobody() -> None:
    (wrong,) = told((1, incident(1, Severity.SEVERE)))
    rows = rows_of(EXPOSURE, [wrong, retracted(wrong, on=4)])
    assert incidents_between(rows, day(0), day(10)) == ()
    assert len(incidents_between(rows, day(0), day(10), day(3))) == 1

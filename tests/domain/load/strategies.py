"""Hypothesis strategies for histories of a small service: two workers, three cases, two months."""

from hypothesis import strategies as st

from domain.events.base import DomainEvent
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseReassigned,
    CaseReferred,
    CaseRiskReassessed,
    CaseUnassigned,
)
from domain.events.practice import (
    CriticalIncidentRecorded,
    DebriefHeld,
    Exposure,
    PeerSupportHeld,
    SupervisionHeld,
)
from domain.events.worker import (
    WorkerAbsenceEnded,
    WorkerAbsenceStarted,
    WorkerHoursChanged,
    WorkerLeft,
    WorkerRegistered,
    WorkerStageChanged,
)
from domain.identifiers import CaseId, IncidentId, WorkerId
from domain.load import CaseProfile
from domain.vocabulary import (
    AbsenceKind,
    AssignmentRole,
    CareerStage,
    ExposureRoute,
    HarmType,
    IncidentKind,
    RiskLevel,
    Severity,
    SupervisionKind,
)
from tests.domain.load.service_history import C1, C2, C3, W1, W2, Happened, on_day

LAST_DAY = 60
days = st.integers(0, 4 * LAST_DAY).map(lambda quarter: quarter / 4)
"""Quarters of a day, so that some events fall together."""

workers: st.SearchStrategy[WorkerId] = st.sampled_from([W1, W2])
cases: st.SearchStrategy[CaseId] = st.sampled_from([C1, C2, C3])
roles = st.sampled_from(AssignmentRole)
risks = st.sampled_from(RiskLevel)
fte = st.sampled_from([0.4, 0.8, 1.0])
harms = st.lists(st.sampled_from(HarmType), max_size=3).map(tuple)
perhaps_harms = st.none() | harms
both_workers = st.just((W1, W2))

case_events: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(CaseReferred, case_id=cases, harm_types=perhaps_harms, risk=st.none() | risks),
    st.builds(CaseRiskReassessed, case_id=cases, risk=risks, harm_types=perhaps_harms),
    st.builds(CaseAssigned, case_id=cases, worker_id=workers, role=roles),
    st.builds(CaseReassigned, case_id=cases, from_worker_id=workers, to_worker_id=workers, role=roles),
    st.builds(CaseUnassigned, case_id=cases, worker_id=workers, role=roles),
    st.builds(CaseClosed, case_id=cases),
)
worker_events: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(WorkerRegistered, worker_id=workers, fte=st.none() | fte),
    st.builds(WorkerHoursChanged, worker_id=workers, fte=fte),
    st.builds(WorkerStageChanged, worker_id=workers, stage=st.sampled_from(CareerStage)),
    st.builds(
        WorkerAbsenceStarted,
        worker_id=workers,
        kind=st.sampled_from(AbsenceKind),
        expected_until=st.none() | st.integers(0, 4 * 90).map(lambda quarter: on_day(quarter / 4)),
    ),
    st.builds(WorkerAbsenceEnded, worker_id=workers),
    st.builds(WorkerLeft, worker_id=workers),
)
relief_events: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(
        SupervisionHeld,
        supervisor_id=st.just(W2),
        worker_ids=st.just((W1,)),
        kind=st.sampled_from(SupervisionKind),
        minutes=st.just(60),
    ),
    st.builds(PeerSupportHeld, worker_ids=both_workers, minutes=st.just(60)),
)
incidents: st.SearchStrategy[DomainEvent] = st.builds(
    CriticalIncidentRecorded,
    incident_id=st.just(IncidentId("i-1")),
    kind=st.sampled_from(IncidentKind),
    severity=st.sampled_from(Severity),
    exposures=st.builds(
        lambda worker, route: (Exposure(worker_id=worker, route=route),), workers, st.sampled_from(ExposureRoute)
    ),
)
practice_events: st.SearchStrategy[DomainEvent] = st.one_of(
    incidents,
    relief_events,
    st.builds(
        SupervisionHeld,
        supervisor_id=st.just(W1),
        worker_ids=st.just((W2,)),
        kind=st.sampled_from(SupervisionKind),
        minutes=st.just(60),
    ),
    st.builds(DebriefHeld, incident_id=st.just(IncidentId("i-1")), worker_ids=both_workers),
)


def happenings(events: st.SearchStrategy[DomainEvent], most: int) -> st.SearchStrategy[list[Happened]]:
    return st.lists(st.builds(Happened, days, events), max_size=most)


first_case: st.SearchStrategy[list[Happened]] = st.just([Happened(0.0, CaseAssigned(case_id=C1, worker_id=W1))])
service_histories = st.builds(
    lambda first, others: [*first, *others],
    first_case | st.just([]),
    happenings(st.one_of(case_events, worker_events, practice_events), 20),
)
crowded_histories = st.lists(
    st.builds(
        Happened,
        st.sampled_from([0.0, 7.0, 10.0, 21.0]),
        st.one_of(case_events, worker_events, worker_events, practice_events),
    ),
    max_size=16,
)
"""Histories in which nearly everything falls together with something else."""
few_days = st.integers(0, 6).map(lambda day: 3.5 * day)
w1_events: st.SearchStrategy[DomainEvent] = st.one_of(
    st.builds(CaseAssigned, case_id=cases, worker_id=st.just(W1), role=roles),
    st.builds(
        WorkerAbsenceStarted,
        worker_id=st.just(W1),
        kind=st.sampled_from([AbsenceKind.ANNUAL_LEAVE, AbsenceKind.SICKNESS]),
        expected_until=st.none() | few_days.map(on_day),
    ),
    st.just(WorkerAbsenceEnded(worker_id=W1)),
    st.just(WorkerAbsenceEnded(worker_id=W1)),
    relief_events,
    st.builds(
        CriticalIncidentRecorded,
        incident_id=st.just(IncidentId("i-1")),
        kind=st.sampled_from(IncidentKind),
        severity=st.sampled_from(Severity),
        exposures=st.just((Exposure(worker_id=W1, route=ExposureRoute.DIRECT),)),
    ),
    st.just(WorkerLeft(worker_id=W1)),
)
one_workers_histories = st.lists(st.builds(Happened, few_days, w1_events), max_size=14)
"""Histories of one worker's leave, sessions and incidents, so close that each kind meets each other."""
any_histories = service_histories | crowded_histories | one_workers_histories
case_profiles = st.builds(CaseProfile, perhaps_harms, st.none() | risks)

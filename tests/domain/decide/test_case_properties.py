"""Whatever is tried, in whatever order: decisions keep a case whole, and folding never raises."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.decide.case import decide_case
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseEvent,
    CaseReassigned,
    CaseReferred,
    CaseRiskReassessed,
    CaseUnassigned,
    ConflictOfInterestDeclared,
    ConflictOfInterestLifted,
    WorkerChangeExplained,
)
from domain.evolve.case import CaseState, evolve_case
from domain.identifiers import CaseId, WorkerId
from domain.load.holdings import holdings
from domain.load.recovery import days
from domain.rejection import Rejection
from domain.vocabulary import AssignmentRole, RiskLevel
from tests.domain.load.service_history import Happened, facts_of, on_day, recorded

CASE = CaseId("c-1")
WORKERS = [WorkerId("w-1"), WorkerId("w-2"), WorkerId("w-3")]
workers = st.sampled_from(WORKERS)
roles = st.sampled_from(AssignmentRole)
case_id = st.just(CASE)

attempts: st.SearchStrategy[list[CaseEvent]] = st.lists(
    st.one_of(
        st.builds(CaseReferred, case_id=case_id),
        st.builds(CaseRiskReassessed, case_id=case_id, risk=st.sampled_from(RiskLevel)),
        st.builds(CaseAssigned, case_id=case_id, worker_id=workers, role=roles),
        st.builds(CaseReassigned, case_id=case_id, from_worker_id=workers, to_worker_id=workers, role=roles),
        st.builds(CaseUnassigned, case_id=case_id, worker_id=workers, role=roles),
        st.builds(CaseClosed, case_id=case_id),
        st.builds(ConflictOfInterestDeclared, case_id=case_id, worker_id=workers),
        st.builds(ConflictOfInterestLifted, case_id=case_id, worker_id=workers),
        st.builds(WorkerChangeExplained, case_id=case_id, worker_id=workers),
    ),
    max_size=30,
)


def replayed(events: Sequence[CaseEvent]) -> CaseState:
    state = CaseState(CASE)
    for day, event in enumerate(events):
        state = evolve_case(state, event, on_day(day))
    return state


def decided(events: Sequence[CaseEvent]) -> list[CaseEvent]:
    """Keep what decide_case accepts, each on the state that the accepted ones before it left."""
    kept: list[CaseEvent] = []
    for event in events:
        outcome = decide_case(replayed(kept), event)
        if not isinstance(outcome, Rejection):
            kept.append(outcome)
    return kept


@settings(deadline=None, max_examples=200)
@given(attempts)
def test_no_sequence_of_decisions_leads_to_a_case_that_is_not_whole(events: list[CaseEvent]) -> None:
    state = CaseState(CASE)
    for day, event in enumerate(decided(events)):
        taken_by = {CaseAssigned: "worker_id", CaseReassigned: "to_worker_id"}.get(type(event))
        if taken_by is not None:
            assert getattr(event, taken_by) not in state.conflicts
        if isinstance(event, CaseAssigned) and event.role is AssignmentRole.PRIMARY:
            assert state.primary is None
        state = evolve_case(state, event, on_day(day))
        co_workers = [one.worker_id for one in state.co_workers]
        assert len(set(co_workers)) == len(co_workers)
        assert state.primary is None or state.primary.worker_id not in co_workers
        assert state.is_open or not (state.primary or co_workers)
        assert state.is_waiting == (state.is_open and state.primary is None)
        assert not state.is_waiting or state.waiting_since is not None


@settings(deadline=None, max_examples=200)
@given(attempts)
def test_folding_never_raises_whatever_the_order_of_events(events: list[CaseEvent]) -> None:
    state = replayed(events)
    assert state.case_id == CASE
    assert len({one.worker_id for one in state.co_workers}) == len(state.co_workers)


@settings(deadline=None, max_examples=200)
@given(attempts)
def test_the_load_model_sees_the_same_holders_as_the_case(events: list[CaseEvent]) -> None:
    history = decided(events)
    records = recorded(Happened(day, event) for day, event in enumerate(history))
    state, now = replayed(history), len(history)
    for worker_id in WORKERS:
        facts, cases = facts_of(records, worker_id)
        held = [one for one in holdings(worker_id, facts, cases, days(on_day(now))) if one.end == float("inf")]
        assert [one.role for one in held] == [role for role in AssignmentRole if state.holds(worker_id, role)]

"""Undo an approved proposal: its cases go back, in somebody's name, unless somebody has decided otherwise since."""

import pytest

from allocation_engine.engine import Engine
from allocation_engine.errors import DecisionRefused, ProposalMoved
from allocation_engine.planning import Question, read_proposal
from domain.events.allocation import AllocationUndone
from domain.events.case import CaseAssigned, CaseClosed, CaseReassigned, CaseUnassigned
from domain.evolve.proposal import ProposalStatus
from domain.identifiers import CaseId, ProposalId, WorkerId
from domain.vocabulary import RiskLevel
from tests.planning.given import MANAGER, REASON, case, given, worker

CASE = CaseId("c-1")


def approved(engine: Engine, risk: RiskLevel = RiskLevel.MEDIUM) -> str:
    """Given two workers and a waiting case, propose and approve."""
    given(engine, worker("w-a"), worker("w-b"), case("c-1", risk))
    proposal = engine.propose(MANAGER)
    engine.approve(proposal.proposal_id, MANAGER, REASON)
    return proposal.proposal_id


def test_an_undone_proposal_leaves_its_cases_waiting_again_and_both_steps_on_record(any_engine: Engine) -> None:
    before = approved(any_engine)
    head = any_engine.store.log.head()
    undone = any_engine.undo(before, "manager-2", REASON)
    after = [one.record.event for one in any_engine.store.log.read(after=head).events]
    assert after[0] == AllocationUndone(proposal_id=before, decided_by="manager-2", reason=REASON)
    assert [type(one) for one in after[1:]] == [CaseUnassigned]
    assert undone.assignments == 1
    assert [one.case.case_id for one in any_engine.situation().waiting] == ["c-1"]
    state, _ = read_proposal(any_engine.store.log, ProposalId(before))
    assert (state.status, state.decided_by) == (ProposalStatus.UNDONE, "manager-2")


def test_a_co_worker_goes_with_the_primary_worker(engine: Engine) -> None:
    engine.undo(approved(engine, RiskLevel.VERY_HIGH), MANAGER, REASON)
    assert engine.situation().caseloads == {}


def test_a_case_that_was_moved_goes_back_to_whom_it_was_with(engine: Engine) -> None:
    given(engine, worker("w-a"), case("c-1"), CaseAssigned(case_id=CASE, worker_id=WorkerId("w-a")))
    given(engine, worker("w-b"), at=engine.clock())
    ask = Question(may_move=frozenset({CASE}), pinned=frozenset({(CASE, WorkerId("w-b"))}))
    proposal = engine.propose(MANAGER, ask)
    engine.approve(proposal.proposal_id, MANAGER, REASON)
    engine.undo(proposal.proposal_id, MANAGER, REASON)
    last = engine.store.log.read().events[-1].record.event
    assert isinstance(last, CaseReassigned)
    assert (last.from_worker_id, last.to_worker_id) == ("w-b", "w-a")


def test_what_somebody_has_decided_since_is_not_undone(engine: Engine) -> None:
    proposal = approved(engine)
    engine.record(CaseClosed(case_id=CASE), MANAGER)
    head = engine.store.log.head()
    with pytest.raises(DecisionRefused):
        engine.undo(proposal, MANAGER, REASON)
    assert engine.store.log.head() == head


def test_only_an_approved_proposal_is_undone_and_only_once(engine: Engine) -> None:
    given(engine, worker("w-a"), case("c-1"))
    proposal = engine.propose(MANAGER).proposal_id
    with pytest.raises(DecisionRefused, match="only an approved one"):
        engine.undo(proposal, MANAGER, REASON)
    engine.approve(proposal, MANAGER, REASON)
    engine.undo(proposal, MANAGER, REASON)
    with pytest.raises(DecisionRefused, match="only an approved one"):
        engine.undo(proposal, MANAGER, REASON)


def test_an_undo_of_what_was_read_earlier_is_refused(engine: Engine) -> None:
    proposal = approved(engine)
    with pytest.raises(ProposalMoved):
        engine.undo(proposal, MANAGER, REASON, seen=1)


def test_a_proposal_may_be_for_some_of_the_waiting_cases(engine: Engine) -> None:
    given(engine, worker("w-a"), worker("w-b"), case("c-1"), case("c-2"), case("c-3"))
    proposal = engine.propose(MANAGER, Question(only=frozenset({CaseId("c-2")})))
    assert [one.case_id for one in proposal.content.choices] == ["c-2"]
    with pytest.raises(DecisionRefused, match="no case is waiting"):
        engine.propose(MANAGER, Question(only=frozenset({CaseId("c-9")})))

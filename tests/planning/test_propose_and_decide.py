"""From a proposal to what a named person decides on it: approve, amend, reject, each on record or not at all."""

from importlib import import_module

import pytest
from pydantic import ValidationError

from allocation_engine.engine import Engine
from allocation_engine.errors import DecisionRefused, UnknownProposal
from allocation_engine.optimiser import AllocationResult, SolveStatus, Stopped
from allocation_engine.planning import Proposal, Question, Search, read_proposal
from domain.allocation import Plan, figure
from domain.allocation.score import high_load_ratio
from domain.events.allocation import AllocationAmended, AllocationApproved, AllocationProposed, AllocationRejected
from domain.events.case import CaseAssigned, CaseReassigned, ConflictOfInterestDeclared
from domain.evolve.proposal import ProposalStatus
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import AssignmentRole, RiskLevel
from tests.planning.given import MANAGER, REASON, case, given, worker


def proposed(engine: Engine) -> Proposal:
    """Given two workers and a waiting case, propose."""
    given(engine, worker("w-a"), worker("w-b"), case("c-1"))
    return engine.propose(MANAGER)


def caseloads_of(engine: Engine) -> dict[str, list[tuple[str, str]]]:
    found = engine.situation().caseloads
    return {worker_id: [(one.case.case_id, one.role.value) for one in held] for worker_id, held in found.items()}


def other(worker_id: str) -> str:
    return "w-b" if worker_id == "w-a" else "w-a"


def refused(engine: Engine, proposal_id: str, decision: str) -> DecisionRefused:
    """Take a decision that must be refused and leave the log as it was."""
    head = engine.store.log.head()
    with pytest.raises(DecisionRefused) as refusal:
        getattr(engine, decision)(proposal_id, MANAGER, REASON)
    assert engine.store.log.head() == head
    return refusal.value


def test_a_proposal_changes_no_caseload(any_engine: Engine) -> None:
    proposal = proposed(any_engine)
    assert [one.case_id for one in proposal.content.choices] == ["c-1"]
    assert proposal.content.unallocated == ()
    assert not proposal.policy_adopted
    assert caseloads_of(any_engine) == {}
    stored = any_engine.store.log.read().events[-1].record
    assert stored.event == AllocationProposed(proposal_id=proposal.proposal_id, content=proposal.content)
    assert stored.envelope.actor == MANAGER


def test_approval_assigns_what_was_proposed_in_the_same_append(any_engine: Engine) -> None:
    proposal = proposed(any_engine)
    chosen = proposal.content.choices[0]
    head = any_engine.store.log.head()
    approval = any_engine.approve(proposal.proposal_id, "manager-2", REASON)
    after = any_engine.store.log.read(after=head).events
    assert [one.record.event for one in after] == [
        AllocationApproved(proposal_id=proposal.proposal_id, decided_by="manager-2", reason=REASON),
        CaseAssigned(case_id=chosen.case_id, worker_id=chosen.worker_id, proposal_id=proposal.proposal_id),
    ]
    assert len({one.record.envelope.correlation_id for one in after}) == 1
    assert (approval.position, approval.assignments) == (after[-1].position, 1)
    assert caseloads_of(any_engine) == {chosen.worker_id: [("c-1", "primary")]}
    assert any_engine.situation().waiting == ()


def test_approving_a_move_reassigns_the_case_in_one_step(engine: Engine) -> None:
    given(engine, worker("w-a"), case("c-1"), CaseAssigned(case_id=CaseId("c-1"), worker_id=WorkerId("w-a")))
    given(engine, worker("w-b"), at=engine.clock())
    ask = Question(may_move=frozenset({CaseId("c-1")}), pinned=frozenset({(CaseId("c-1"), WorkerId("w-b"))}))
    proposal = engine.propose(MANAGER, ask)
    engine.approve(proposal.proposal_id, MANAGER, REASON)
    last = engine.store.log.read().events[-1].record.event
    assert isinstance(last, CaseReassigned)
    assert (last.from_worker_id, last.to_worker_id) == ("w-a", "w-b")
    assert caseloads_of(engine) == {"w-b": [("c-1", "primary")]}


def test_a_very_high_risk_case_gets_a_co_worker_with_its_primary_worker(engine: Engine) -> None:
    given(engine, worker("w-a"), worker("w-b"), case("c-1", RiskLevel.VERY_HIGH))
    approval = engine.approve(engine.propose(MANAGER).proposal_id, MANAGER, REASON)
    assert approval.assignments == 2
    roles = {role for held in caseloads_of(engine).values() for _, role in held}
    assert roles == {"primary", "co_worker"}


def test_rejection_is_on_record_with_its_reason_and_assigns_nothing(any_engine: Engine) -> None:
    proposal = proposed(any_engine)
    position = any_engine.reject(proposal.proposal_id, MANAGER, REASON)
    last = any_engine.store.log.read().events[-1]
    assert last.position == position
    assert last.record.event == AllocationRejected(proposal_id=proposal.proposal_id, decided_by=MANAGER, reason=REASON)
    assert caseloads_of(any_engine) == {}
    assert [one.case.case_id for one in any_engine.situation().waiting] == ["c-1"]


@pytest.mark.parametrize("second", ["approve", "reject", "amend"])
@pytest.mark.parametrize(("first", "status"), [("approve", "approved"), ("reject", "rejected")])
def test_a_proposal_is_decided_once_and_the_second_hears_by_whom(
    engine: Engine, first: str, status: str, second: str
) -> None:
    proposal_id = proposed(engine).proposal_id
    getattr(engine, first)(proposal_id, "manager-2", REASON)
    refusal = refused(engine, proposal_id, second).rejection
    assert refusal.code == "already_decided"
    assert refusal.reason == f"proposal {proposal_id} was {status} by manager-2 already"


@pytest.mark.parametrize("decision", ["approve", "reject", "amend"])
def test_there_is_no_deciding_on_a_proposal_that_is_not_there(engine: Engine, decision: str) -> None:
    with pytest.raises(UnknownProposal, match="there is no proposal p-none"):
        getattr(engine, decision)("p-none", MANAGER, REASON)
    assert engine.store.log.head() == 0


@pytest.mark.parametrize("decision", ["approve", "reject", "amend"])
@pytest.mark.parametrize(("by", "reason"), [(MANAGER, "ok"), (MANAGER, "   "), ("Manager A1", REASON), ("", REASON)])
def test_a_decision_needs_a_reason_and_an_opaque_id(engine: Engine, decision: str, by: str, reason: str) -> None:
    proposal_id = proposed(engine).proposal_id
    head = engine.store.log.head()
    with pytest.raises(ValidationError):
        getattr(engine, decision)(proposal_id, by, reason)
    assert engine.store.log.head() == head
    assert read_proposal(engine.store.log, proposal_id)[0].status is ProposalStatus.OPEN


def test_an_amendment_to_another_worker_is_what_approval_then_assigns(any_engine: Engine) -> None:
    proposal = proposed(any_engine)
    instead = other(proposal.content.choices[0].worker_id)
    content = any_engine.amend(proposal.proposal_id, MANAGER, REASON, assign={"c-1": instead})
    last = any_engine.store.log.read().events[-1].record.event
    assert isinstance(last, AllocationAmended)
    assert last.content == content
    assert (content.status, [one.worker_id for one in content.choices]) == ("amended", [instead])
    any_engine.approve(proposal.proposal_id, MANAGER, REASON)
    assert caseloads_of(any_engine) == {instead: [("c-1", "primary")]}


def test_an_amendment_may_name_another_co_worker(engine: Engine) -> None:
    given(engine, worker("w-a"), worker("w-b"), worker("w-c"), case("c-1", RiskLevel.VERY_HIGH))
    proposal = engine.propose(MANAGER)
    chosen = {one.role: one.worker_id for one in proposal.content.choices}
    (instead,) = {"w-a", "w-b", "w-c"} - set(chosen.values())
    engine.amend(proposal.proposal_id, MANAGER, REASON, co_work={"c-1": instead})
    assert engine.approve(proposal.proposal_id, MANAGER, REASON).assignments == 2
    first = chosen[AssignmentRole.PRIMARY]
    assert caseloads_of(engine) == {first: [("c-1", "primary")], instead: [("c-1", "co_worker")]}


def test_an_amendment_adds_no_co_worker_that_the_case_does_not_need(engine: Engine) -> None:
    proposal = proposed(engine)
    head = engine.store.log.head()
    with pytest.raises(DecisionRefused, match="c-1 would have a co-worker that it does not need"):
        engine.amend(
            proposal.proposal_id, MANAGER, REASON, co_work={"c-1": other(proposal.content.choices[0].worker_id)}
        )
    assert engine.store.log.head() == head


def test_a_dropped_case_waits_on_and_what_is_left_can_be_approved(engine: Engine) -> None:
    given(engine, worker("w-a"), worker("w-b"), case("c-1"), case("c-2"))
    proposal = engine.propose(MANAGER)
    content = engine.amend(proposal.proposal_id, MANAGER, REASON, drop=["c-1"])
    assert [one.case_id for one in content.choices] == ["c-2"]
    assert [one.case_id for one in content.unallocated] == ["c-1"]
    engine.approve(proposal.proposal_id, MANAGER, REASON)
    assert [one.case.case_id for one in engine.situation().waiting] == ["c-1"]


def test_a_proposal_that_places_nothing_cannot_be_approved(engine: Engine) -> None:
    proposal = proposed(engine)
    engine.amend(proposal.proposal_id, MANAGER, REASON, drop=["c-1"])
    assert refused(engine, proposal.proposal_id, "approve").rejection.code == "nothing_to_approve"


def test_an_amendment_that_breaks_a_rule_is_refused_in_the_rules_words(any_engine: Engine) -> None:
    given(any_engine, worker("w-a"), worker("w-b"), worker("w-unknown", fte=None), case("c-1"))
    given(
        any_engine,
        ConflictOfInterestDeclared(case_id=CaseId("c-1"), worker_id=WorkerId("w-b")),
        at=any_engine.clock(),
    )
    proposal = any_engine.propose(MANAGER)
    assert [one.worker_id for one in proposal.content.choices] == ["w-a"]
    head = any_engine.store.log.head()
    for worker_id, code, words in (
        ("w-b", "conflict_of_interest", "w-b"),
        ("w-unknown", "hours_known", "the hours of w-unknown are not recorded"),
        ("w-nobody", "one_primary", "w-nobody"),
    ):
        with pytest.raises(DecisionRefused, match=words) as refusal:
            any_engine.amend(proposal.proposal_id, MANAGER, REASON, assign={"c-1": worker_id})
        assert refusal.value.rejection.code == code
    assert any_engine.store.log.head() == head
    assert any_engine.approve(proposal.proposal_id, MANAGER, REASON).assignments == 1


def test_with_nothing_waiting_there_is_nothing_to_propose(engine: Engine) -> None:
    given(engine, worker("w-a"))
    with pytest.raises(DecisionRefused) as refusal:
        engine.propose(MANAGER)
    assert refusal.value.rejection.code == "nothing_waiting"
    assert engine.store.log.head() == 1


def test_with_nobody_registered_there_is_nobody_to_propose(engine: Engine) -> None:
    given(engine, case("c-1"))
    with pytest.raises(DecisionRefused) as refusal:
        engine.propose(MANAGER)
    assert refusal.value.rejection.code == "no_workers"


def test_hours_unknown_are_no_hours_and_an_assumption_is_named(engine: Engine) -> None:
    given(engine, worker("w-a", fte=None), case("c-1"))
    with pytest.raises(DecisionRefused) as refusal:
        engine.propose(MANAGER)
    assert refusal.value.rejection.code == "hours_known"
    proposal = engine.propose(MANAGER, Question(assumed_fte=1.0))
    assert proposal.content.assumed_fte == 1.0
    assert [one.hours_assumed for one in proposal.problem.workers] == [True]
    assert [(one.case_id, one.worker_id) for one in proposal.content.choices] == [("c-1", "w-a")]
    assert engine.situation().accounts[WorkerId("w-a")].capacity is None
    assert engine.approve(proposal.proposal_id, MANAGER, REASON).assignments == 1


def test_limits_that_were_asked_for_are_on_record_and_hold_for_an_amendment_and_for_a_look_at_choices(
    engine: Engine,
) -> None:
    given(engine, worker("w-a"), worker("w-b", fte=0.2), case("c-1"))
    spread = engine.propose(MANAGER, Question(load_limit=1.0, deviations_above=2.0, one_area=True))
    content = spread.content
    assert (content.load_limit, content.deviations_above, content.one_area) == (1.0, 2.0, True)
    b = WorkerId("w-b")
    high = high_load_ratio(spread.problem, Plan({CaseId("c-1"): b}), spread.problem.worker(b))

    limited = engine.propose(MANAGER, Question(load_limit=0.99 * high, deviations_above=2.0))
    assert [one.worker_id for one in limited.content.choices] == ["w-a"]
    with pytest.raises(DecisionRefused, match="w-b would reach") as refusal:
        engine.amend(limited.proposal_id, MANAGER, REASON, assign={"c-1": "w-b"})
    assert refusal.value.rejection.code == "load_limit"
    assert engine.consider_proposal(limited.proposal_id).problem.caps.load_limit == 0.99 * high
    amended = engine.amend(limited.proposal_id, MANAGER, REASON, assign={"c-1": "w-a"})
    assert (amended.load_limit, amended.deviations_above) == (0.99 * high, 2.0)


def test_pins_that_contradict_a_rule_are_refused_and_leave_no_proposal(engine: Engine) -> None:
    given(engine, worker("w-a"), worker("w-b"), case("c-1"))
    both = frozenset((CaseId("c-1"), WorkerId(one)) for one in ("w-a", "w-b"))
    head = engine.store.log.head()
    with pytest.raises(DecisionRefused) as refusal:
        engine.propose(MANAGER, Question(pinned=both))
    assert refusal.value.rejection.code == "infeasible"
    assert engine.store.log.head() == head


def test_a_search_that_was_stopped_gives_a_plan_and_claims_no_proof(engine: Engine) -> None:
    given(engine, worker("w-a"), worker("w-b"), case("c-1"), case("c-2"))
    proposal = engine.propose(MANAGER, search=Search(on_progress=lambda _: False))
    assert (proposal.result.stopped, proposal.content.status) == (Stopped.ASKED, "feasible")
    assert engine.approve(proposal.proposal_id, MANAGER, REASON).assignments == 2


@pytest.mark.parametrize(
    ("stopped", "words"),
    [
        (None, "--effort"),
        (Stopped.TIME, "--seconds"),
        (Stopped.MEMORY, "memory allowed"),
        (Stopped.ASKED, "stopped before"),
    ],
)
def test_where_no_plan_was_found_it_says_what_ended_the_search(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, stopped: Stopped | None, words: str
) -> None:
    given(engine, worker("w-a"), case("c-1"))
    nothing = AllocationResult(SolveStatus.UNKNOWN, Plan(), None, (), 0, 0.0, {}, "", stopped)
    monkeypatch.setattr(import_module("allocation_engine.planning.consider"), "solve", lambda *_, **__: nothing)
    with pytest.raises(DecisionRefused, match=words) as refusal:
        engine.propose(MANAGER)
    assert refusal.value.rejection.code == "no_plan_found"


def test_figures_of_a_choice_are_the_load_models_before_and_after(engine: Engine) -> None:
    proposal = proposed(engine)
    chosen = proposal.content.choices[0]
    assert chosen.role is AssignmentRole.PRIMARY
    assert chosen.load_before == 0.0
    assert chosen.capacity == pytest.approx(100.0)
    place = proposal.problem.worker_index[chosen.worker_id]
    assert chosen.load_after == pytest.approx(figure(proposal.problem.added_load, 0, place))

"""An approval holds only for what the proposal saw: each kind of news that it relied on makes it stale, no other does."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from allocation_engine.engine import Engine
from allocation_engine.errors import StaleProposal
from allocation_engine.planning import Proposal
from domain.events import DomainEvent
from domain.events.allocation import ProposedChoice
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseRiskReassessed,
    CaseUnassigned,
    ConflictOfInterestDeclared,
)
from domain.events.corrections import EventCorrected, EventRetracted
from domain.events.practice import CriticalIncidentRecorded, Exposure, SupervisionHeld
from domain.events.service import PolicyAdopted, TeamFormed
from domain.events.worker import (
    CheckInRecorded,
    WorkerAbsenceStarted,
    WorkerHoursChanged,
    WorkerLeft,
    WorkerRegistered,
    WorkerSkillGained,
    WorkerStageChanged,
)
from domain.identifiers import CaseId, IncidentId, PersonId, PolicySetId, TeamId, WorkerId
from domain.vocabulary import (
    AbsenceKind,
    CareerStage,
    ExposureRoute,
    IncidentKind,
    RetractionReason,
    RiskLevel,
    Severity,
    SupervisionKind,
)
from tests.planning.given import MANAGER, REASON, START, case, delivered, given, worker

SPARE = WorkerId("w-spare")


def incident(worker_id: WorkerId) -> CriticalIncidentRecorded:
    return CriticalIncidentRecorded(
        incident_id=IncidentId("i-1"),
        kind=IncidentKind.THREAT_TO_WORKER,
        severity=Severity.SERIOUS,
        exposures=(Exposure(worker_id=worker_id, route=ExposureRoute.DIRECT),),
    )


def supervision(worker_id: WorkerId) -> SupervisionHeld:
    return SupervisionHeld(
        supervisor_id=WorkerId("w-boss"), worker_ids=(worker_id,), kind=SupervisionKind.ONE_TO_ONE, minutes=60
    )


RELIED_ON: dict[str, Callable[[ProposedChoice], DomainEvent]] = {
    "the case was assigned elsewhere": lambda one: CaseAssigned(case_id=one.case_id, worker_id=SPARE),
    "the case was closed": lambda one: CaseClosed(case_id=one.case_id),
    "its risk was reassessed": lambda one: CaseRiskReassessed(case_id=one.case_id, risk=RiskLevel.HIGH),
    "a conflict was declared": lambda one: ConflictOfInterestDeclared(case_id=one.case_id, worker_id=one.worker_id),
    "the worker met an incident": lambda one: incident(one.worker_id),
    "the worker went on leave": lambda one: WorkerAbsenceStarted(worker_id=one.worker_id, kind=AbsenceKind.SICKNESS),
    "the worker's hours changed": lambda one: WorkerHoursChanged(worker_id=one.worker_id, fte=0.5),
    "the worker's stage changed": lambda one: WorkerStageChanged(worker_id=one.worker_id, stage=CareerStage.ADVANCED),
    "the worker left": lambda one: WorkerLeft(worker_id=one.worker_id),
    "the worker had supervision": lambda one: supervision(one.worker_id),
    "the worker gained a skill": lambda one: WorkerSkillGained(worker_id=one.worker_id, skill="legal"),
    "the worker took another case": lambda one: CaseAssigned(case_id=CaseId("c-else"), worker_id=one.worker_id),
    "the worker gave a case up": lambda one: CaseUnassigned(case_id=CaseId("c-held"), worker_id=one.worker_id),
}

NOT_RELIED_ON: dict[str, Callable[[ProposedChoice], DomainEvent]] = {
    "the worker checked in": lambda one: CheckInRecorded(worker_id=one.worker_id, felt_load=5),
    "another worker went on leave": lambda _: WorkerAbsenceStarted(worker_id=SPARE, kind=AbsenceKind.ANNUAL_LEAVE),
    "another worker met an incident": lambda _: incident(SPARE),
    "another case came": lambda _: case("c-new"),
    "a team was formed": lambda _: TeamFormed(team_id=TeamId("t-9")),
}


def proposed(engine: Engine) -> Proposal:
    """Given a case that one worker alone can take, propose."""
    given(
        engine,
        worker("w-a"),
        worker("w-spare", fte=None),
        worker("w-boss", fte=None),
        case("c-held"),
        CaseAssigned(case_id=CaseId("c-held"), worker_id=WorkerId("w-a")),
        case("c-else"),
        CaseAssigned(case_id=CaseId("c-else"), worker_id=SPARE),
        CaseUnassigned(case_id=CaseId("c-else"), worker_id=SPARE),
        case("c-1"),
    )
    proposal = engine.propose(MANAGER)
    return engine_only(engine, proposal)


def engine_only(engine: Engine, proposal: Proposal) -> Proposal:
    """Leave c-1 alone in the proposal, so that c-else is a case it does not place."""
    engine.amend(proposal.proposal_id, MANAGER, REASON, drop=["c-else"])
    return proposal


def choice(engine: Engine) -> ProposedChoice:
    stored = engine.store.log.read().events
    content = next(one.record.event for one in reversed(stored) if hasattr(one.record.event, "content"))
    (only,) = content.content.choices
    assert isinstance(only, ProposedChoice)
    assert (only.case_id, only.worker_id) == ("c-1", "w-a")
    return only


def assert_stale_because_of(engine: Engine, proposal: Proposal, news: DomainEvent) -> None:
    head = engine.store.log.head()
    with pytest.raises(StaleProposal) as stale:
        engine.approve(proposal.proposal_id, MANAGER, REASON)
    told = [(one.position, one.wire_type, one.subjects) for one in stale.value.changes]
    assert told == [(head, news.wire_type(), tuple(sorted(news.tags())))]
    assert stale.value.rejection.code == "stale"
    assert f"{news.wire_type()} for " in stale.value.rejection.reason
    assert engine.store.log.head() == head


@pytest.mark.parametrize("what", RELIED_ON)
def test_news_that_the_proposal_relied_on_makes_it_stale(engine: Engine, what: str) -> None:
    proposal = proposed(engine)
    news = RELIED_ON[what](choice(engine))
    given(engine, news, at=engine.clock())
    assert_stale_because_of(engine, proposal, news)


def test_news_makes_it_stale_on_every_store(any_engine: Engine) -> None:
    proposal = proposed(any_engine)
    news = incident(choice(any_engine).worker_id)
    given(any_engine, news, at=any_engine.clock())
    assert_stale_because_of(any_engine, proposal, news)


@pytest.mark.parametrize("what", NOT_RELIED_ON)
def test_news_of_others_leaves_the_proposal_good(engine: Engine, what: str) -> None:
    proposal = proposed(engine)
    given(engine, NOT_RELIED_ON[what](choice(engine)), at=engine.clock())
    assert engine.approve(proposal.proposal_id, MANAGER, REASON).assignments == 1


def test_late_news_of_an_earlier_day_makes_it_stale_too(engine: Engine) -> None:
    proposal = proposed(engine)
    news = incident(choice(engine).worker_id)
    given(engine, news, at=START - timedelta(days=20))
    assert_stale_because_of(engine, proposal, news)


def test_a_retraction_of_what_it_saw_makes_it_stale(engine: Engine) -> None:
    proposal = proposed(engine)
    seen = next(one.record for one in engine.store.log.read().events if one.record.event == worker("w-a"))
    news = EventRetracted(
        target_event_id=seen.envelope.event_id,
        target_system=seen.envelope.source_system,
        target_source_id=seen.envelope.source_id,
        reason=RetractionReason.WRONG_PERSON,
        subjects=("worker:w-a",),
    )
    given(engine, news, at=engine.clock())
    assert_stale_because_of(engine, proposal, news)


def test_a_correction_of_what_it_saw_makes_it_stale(engine: Engine) -> None:
    proposal = proposed(engine)
    seen = next(one.record for one in engine.store.log.read().events if one.record.event == case("c-1"))
    replacement = case("c-1", RiskLevel.VERY_HIGH)
    news = EventCorrected(
        target_event_id=seen.envelope.event_id,
        target_system=seen.envelope.source_system,
        target_source_id=seen.envelope.source_id,
        occurred_at=seen.envelope.occurred_at,
        replacement_type=replacement.wire_type(),
        replacement=replacement.model_dump(mode="json"),
        subjects=("case:c-1",),
    )
    given(engine, news, at=engine.clock())
    assert_stale_because_of(engine, proposal, news)


def test_another_policy_adopted_makes_it_stale_and_a_new_proposal_names_that_policy(engine: Engine) -> None:
    proposal = proposed(engine)
    content = engine.example_policy.to_mapping() | {"policy_set_id": "local-2026-12"}
    news = PolicyAdopted(
        policy_set_id=PolicySetId("local-2026-12"),
        effective_from=START,
        adopted_by=PersonId("director-1"),
        content=content,
    )
    engine.record(news, "director-1")
    assert_stale_because_of(engine, proposal, news)
    again = engine.propose(MANAGER)
    assert (again.content.policy_set_id, again.policy_adopted) == ("local-2026-12", True)


def test_a_stale_proposal_amended_holds_for_what_is_there_now(engine: Engine) -> None:
    proposal = proposed(engine)
    news = WorkerHoursChanged(worker_id=choice(engine).worker_id, fte=0.8)
    given(engine, news, at=engine.clock())
    assert_stale_because_of(engine, proposal, news)
    engine.amend(proposal.proposal_id, MANAGER, REASON)
    assert engine.approve(proposal.proposal_id, MANAGER, REASON).assignments == 1


def test_a_worker_unknown_until_now_is_no_news_to_it(engine: Engine) -> None:
    proposal = proposed(engine)
    engine.ingest(delivered([WorkerRegistered(worker_id=WorkerId("w-new"))], at=engine.clock(), system="hr-system"))
    assert engine.approve(proposal.proposal_id, MANAGER, REASON).assignments == 1

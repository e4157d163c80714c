"""What may happen to the service: teams, policy, answers."""

from functools import reduce

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st
from pydantic import JsonValue

from domain.decide.service import decide_service
from domain.events.service import (
    AlertAnswered,
    FoundationScore,
    FoundationsSurveyAnswered,
    PolicyAdopted,
    ServiceEvent,
    TeamClosed,
    TeamFormed,
)
from domain.evolve.service import ServiceState, evolve_service
from domain.identifiers import AlertId, PersonId, PolicySetId, TeamId
from domain.vocabulary import Foundation
from tests.domain.decide.given_when_then import accepted, on_day, refused
from tests.domain.load.service_history import shipped_policy

TEAM = TeamId("t-1")
FORMED, CLOSED = TeamFormed(team_id=TEAM), TeamClosed(team_id=TEAM)
ANSWERED = AlertAnswered(alert_id=AlertId("a-1"), answered_by=PersonId("m-1"))
SURVEY = FoundationsSurveyAnswered(team_id=TEAM, scores=(FoundationScore(foundation=Foundation.WELLBEING, score=2),))
CONTENT = shipped_policy().to_mapping()
POLICY = shipped_policy().policy_set_id


def adopted(
    day: float = 0, content: dict[str, JsonValue] = CONTENT, policy_set_id: PolicySetId = POLICY
) -> PolicyAdopted:
    return PolicyAdopted(
        policy_set_id=policy_set_id, effective_from=on_day(day), adopted_by=PersonId("m-1"), content=content
    )


def given(*events: ServiceEvent) -> ServiceState:
    return reduce(evolve_service, events, ServiceState())


@pytest.mark.parametrize(
    ("state", "event"),
    [
        (given(), FORMED),
        (given(FORMED, CLOSED), FORMED),
        (given(FORMED), CLOSED),
        (given(), adopted()),
        (given(adopted()), adopted(day=90)),
        (given(), ANSWERED),
        (given(), SURVEY),
    ],
)
def test_what_may_happen_to_the_service_is_accepted_as_it_is(state: ServiceState, event: ServiceEvent) -> None:
    accepted(decide_service(state, event), event)


CHANGED = {**CONTENT, "title": "Other numbers under the same id"}
OTHER_ID = PolicySetId("other-2026")


@pytest.mark.parametrize(
    ("state", "event", "code", "words"),
    [
        (given(FORMED), FORMED, "team_exists", "team t-1 exists already"),
        (given(), CLOSED, "no_team", "no team t-1"),
        (given(), adopted(content={"title": "Nothing in it"}), "invalid_policy", "policy_set_id"),
        (given(), adopted(policy_set_id=OTHER_ID), "policy_id", "own id differs"),
        (given(adopted()), adopted(content=CHANGED), "policy_changed", "needs a new id"),
    ],
)
def test_what_may_not_happen_to_the_service_is_refused_with_its_rule(
    state: ServiceState, event: ServiceEvent, code: str, words: str
) -> None:
    refused(decide_service(state, event), code, words)


def test_the_policy_in_force_is_the_one_with_the_latest_day_that_has_come() -> None:
    first, next_year = adopted(day=0), adopted(day=365)
    state = given(next_year, first)
    assert state.policy_in_force(on_day(-1)) is None
    assert state.policy_in_force(on_day(0)) is first
    assert state.policy_in_force(on_day(364)) is first
    assert state.policy_in_force(on_day(365)) is next_year


def test_of_two_policies_for_one_day_the_later_adoption_holds() -> None:
    first, second = adopted(day=0), adopted(day=0, content=CHANGED)
    assert given(first, second).policy_in_force(on_day(1)) is second


def test_answers_are_remembered_and_a_closed_team_is_gone() -> None:
    state = given(FORMED, ANSWERED, SURVEY, CLOSED)
    assert state.answered == {"a-1"}
    assert state.teams == frozenset()


@settings(deadline=None, max_examples=50)
@given_any(st.lists(st.sampled_from([FORMED, CLOSED, ANSWERED, SURVEY, adopted()]), max_size=20))
def test_folding_never_raises_whatever_the_order_of_events(events: list[ServiceEvent]) -> None:
    assert len(given(*events).adopted) == sum(isinstance(one, PolicyAdopted) for one in events)


def test_an_alert_is_answered_once() -> None:
    again = AlertAnswered(alert_id=ANSWERED.alert_id, answered_by=PersonId("m-2"))
    refused(decide_service(given(ANSWERED), again), "alert_answered")
    another = AlertAnswered(alert_id=AlertId("a-2"), answered_by=PersonId("m-2"))
    accepted(decide_service(given(ANSWERED), another), another)

"""What may happen to the service: teams, policy, answers."""

from domain.errors import InvalidPolicySet
from domain.events.service import AlertAnswered, PolicyAdopted, ServiceEvent, TeamClosed, TeamFormed
from domain.evolve.service import ServiceState
from domain.policy.policy_set import PolicySet
from domain.rejection import Rejection

RECORD = "Service record"


def decide_service(state: ServiceState, event: ServiceEvent) -> ServiceEvent | Rejection:
    """Say whether this may happen to the service as it stands."""
    match event:
        case TeamFormed() if event.team_id in state.teams:
            return Rejection("team_exists", f"team {event.team_id} exists already", RECORD, f"team:{event.team_id}")
        case TeamClosed() if event.team_id not in state.teams:
            return Rejection("no_team", f"there is no team {event.team_id}", RECORD, f"team:{event.team_id}")
        case AlertAnswered() if event.alert_id in state.answered:
            about = f"alert:{event.alert_id}"
            return Rejection("alert_answered", f"alert {event.alert_id} is answered already", RECORD, about)
        case PolicyAdopted():
            return _policy_fault(state, event) or event
        case _:
            return event


def _policy_fault(state: ServiceState, event: PolicyAdopted) -> Rejection | None:
    about = f"policy:{event.policy_set_id}"
    try:
        policy = PolicySet.from_mapping(event.content)
    except InvalidPolicySet as error:
        return Rejection("invalid_policy", str(error), RECORD, about)
    if policy.policy_set_id != event.policy_set_id:
        return Rejection("policy_id", "the policy set's own id differs from the one adopted", RECORD, about)
    if any(one.policy_set_id == event.policy_set_id and one.content != event.content for one in state.adopted):
        return Rejection(
            "policy_changed",
            f"policy set {event.policy_set_id} was adopted with other numbers: a changed set needs a new id",
            "Policy sets are versioned: an old proposal must be recomputable",
            about,
        )
    return None

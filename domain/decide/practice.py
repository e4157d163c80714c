"""What may be recorded of practice: each function gives the event, or the rule in its way."""

from domain.events.practice import (
    CriticalIncidentRecorded,
    DebriefHeld,
    FollowUpCompleted,
    PracticeEvent,
    SupervisionAgreed,
    SupervisionCancelled,
    SupervisionHeld,
    SupervisionMissed,
)
from domain.evolve.practice import PracticeState
from domain.rejection import Rejection

RECORD = "Practice record: each incident once, each follow-up closed by a person"


def decide_practice(state: PracticeState, event: PracticeEvent) -> PracticeEvent | Rejection:
    """Say whether this may be recorded as practice stands."""
    match event:
        case CriticalIncidentRecorded():
            return _incident_fault(state, event) or event
        case FollowUpCompleted():
            owed = {(one.incident_id, one.worker_id, one.due) for one in state.follow_ups}
            if (event.incident_id, event.worker_id, event.due) not in owed:
                return Rejection(
                    "no_follow_up",
                    f"no follow-up of that kind is open for worker {event.worker_id} after incident {event.incident_id}",
                    RECORD,
                    f"incident:{event.incident_id}",
                )
            return event
        case DebriefHeld():
            if event.incident_id not in state.incidents:
                return Rejection("no_incident", f"incident {event.incident_id} is not on record", RECORD)
            return event
        case SupervisionHeld():
            return _self_supervision(event.supervisor_id in event.worker_ids) or event
        case SupervisionAgreed() | SupervisionMissed() | SupervisionCancelled():
            return _self_supervision(event.supervisor_id == event.worker_id) or event
        case _:
            return event


def _incident_fault(state: PracticeState, event: CriticalIncidentRecorded) -> Rejection | None:
    about = f"incident:{event.incident_id}"
    if event.incident_id in state.incidents:
        return Rejection("incident_known", f"incident {event.incident_id} is on record already", RECORD, about)
    exposed = [exposure.worker_id for exposure in event.exposures]
    if len(set(exposed)) != len(exposed):
        return Rejection("exposed_twice", "a worker is exposed to an incident by one route only", RECORD, about)
    return None


def _self_supervision(is_self: bool) -> Rejection | None:  # noqa: FBT001 -- the condition itself is the argument
    return Rejection("self_supervision", "nobody supervises themselves", RECORD) if is_self else None

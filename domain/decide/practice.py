"""What may be recorded of practice: each function gives the event, or the rule in its way."""

from domain.events.practice import (
    CriticalIncidentRecorded,
    DebriefHeld,
    FollowUpCompleted,
    PeerSupportHeld,
    PracticeEvent,
    SupervisionAgreed,
    SupervisionCancelled,
    SupervisionHeld,
    SupervisionMissed,
)
from domain.evolve.practice import PracticeState
from domain.identifiers import WorkerId
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
                about = f"incident:{event.incident_id}"
                return Rejection("no_incident", f"incident {event.incident_id} is not on record", RECORD, about)
            return _named_twice(event.worker_ids) or event
        case SupervisionHeld():
            is_self = event.supervisor_id in event.worker_ids
            return _self_supervision(is_self) or _named_twice(event.worker_ids) or event
        case PeerSupportHeld():
            return _named_twice(event.worker_ids) or event
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


def _named_twice(worker_ids: tuple[WorkerId, ...]) -> Rejection | None:
    if len(set(worker_ids)) == len(worker_ids):
        return None
    return Rejection("named_twice", "a worker takes part in a session once: name each one time", RECORD)


def _self_supervision(is_self: bool) -> Rejection | None:  # noqa: FBT001 -- the condition itself is the argument
    return Rejection("self_supervision", "nobody supervises themselves", RECORD) if is_self else None

"""From an error to what a person or a program is told: one table, for the command line and the HTTP service alike."""

from pydantic import JsonValue

from allocation_engine.errors import (
    BackupUnusable,
    ConcurrentWrite,
    DecisionRefused,
    KeysUnavailable,
    PersonWasErased,
    ProjectionStopped,
    ProposalMoved,
    SettingsError,
    StaleProposal,
    StoreUnavailable,
    UnknownProposal,
    UnreadableDelivery,
    UnreadableEvent,
    UnreadableWorkbook,
)
from domain.errors import AllocationError, InvalidEvent, InvalidPolicySet, UnknownEventType

CODES: tuple[tuple[type[AllocationError], str], ...] = (
    (StaleProposal, "stale"),
    (UnknownProposal, "unknown_proposal"),
    (ProposalMoved, "changed_since_read"),
    (SettingsError, "settings"),
    (StoreUnavailable, "store_unavailable"),
    (KeysUnavailable, "keys_unavailable"),
    (PersonWasErased, "person_erased"),
    (BackupUnusable, "backup_unusable"),
    (ConcurrentWrite, "concurrent_write"),
    (UnreadableEvent, "unreadable_event"),
    (ProjectionStopped, "projection_stopped"),
    (UnknownEventType, "unknown_event_type"),
    (InvalidEvent, "invalid_event"),
    (InvalidPolicySet, "invalid_policy_set"),
)


def code_of(error: AllocationError) -> str:
    """Give the stable name of an error; a refusal has the code of its rule, a file the code of its fault."""
    if isinstance(error, UnreadableWorkbook | UnreadableDelivery):
        return error.code
    for kind, code in CODES:
        if isinstance(error, kind):
            return code
    return error.rejection.code if isinstance(error, DecisionRefused) else getattr(error, "code", "error")


def told(error: AllocationError) -> JsonValue:
    """Give an error as a JSON document."""
    document: dict[str, JsonValue] = {"code": code_of(error), "message": str(error)}
    if isinstance(error, StaleProposal):
        document["changes"] = [
            {"position": one.position, "type": one.wire_type, "subjects": list(one.subjects)} for one in error.changes
        ]
    elif isinstance(error, DecisionRefused):
        document |= {"source": error.rejection.source, "subject": error.rejection.subject}
    elif isinstance(error, PersonWasErased):
        document["subject"] = error.subject
    elif isinstance(error, InvalidEvent):
        document["faults"] = [{"field": field, "fault": fault} for field, fault in error.faults]
    return {"error": document}


class StoreFaulty(Exception):
    """A check found faults and has printed them: nothing is left to say but the exit status."""

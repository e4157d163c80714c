"""Which role may call which endpoint: one table, walked by the tests, told by the description."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a caller is to the service.

    A practitioner sees their own account only, a supervisor their team, a leader aggregates; a manager sees the service and
    decides; a system sends events and reads; an administrator runs the service and reads no account.
    """

    PRACTITIONER = "practitioner"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    LEADER = "leader"
    SYSTEM = "system"
    ADMINISTRATOR = "administrator"


class Scope(StrEnum):
    """A part of what a role may do, to which a key can be held."""

    EVENTS = "events"
    READ = "read"
    DECIDE = "decide"
    ADMIN = "admin"


P, S, M, L, Y, A = Role
EVERYBODY = frozenset(Role)

ROLES: Mapping[str, frozenset[Role]] = {
    "who_am_i": EVERYBODY,
    "send_event": frozenset({Y, M}),
    "send_events": frozenset({Y, M}),
    "stream_events": frozenset({Y}),
    "retract_event": frozenset({Y, M}),
    "correct_event": frozenset({Y, M}),
    "import_dfe_daily": frozenset({Y}),
    "import_ssda903": frozenset({Y}),
    "read_events": frozenset({Y, M}),
    "read_event": frozenset({Y, M}),
    "list_workers": frozenset({S, M, Y}),
    "read_worker": frozenset({P, S, M, Y}),
    "list_worker_cases": frozenset({P, S, M, Y}),
    "list_cases": frozenset({M, Y}),
    "list_waiting_cases": frozenset({S, M, Y}),
    "list_supervision": frozenset({S, M}),
    "list_alerts": frozenset({S, M, L}),
    "answer_alert": frozenset({M, L}),
    "read_overview": frozenset({M, L}),
    "request_proposal": frozenset({M, Y}),
    "list_proposals": frozenset({M, Y}),
    "read_proposal": frozenset({M, Y}),
    "follow_proposal": frozenset({M, Y}),
    "cancel_proposal": frozenset({M, Y}),
    "approve_proposal": frozenset({M}),
    "amend_proposal": frozenset({M}),
    "reject_proposal": frozenset({M}),
    "undo_proposal": frozenset({M}),
    "list_webhooks": frozenset({Y, A}),
    "subscribe_webhook": frozenset({Y, A}),
    "read_webhook": frozenset({Y, A}),
    "unsubscribe_webhook": frozenset({Y, A}),
    "rotate_webhook_secret": frozenset({Y, A}),
    "pause_webhook": frozenset({Y, A}),
    "resume_webhook": frozenset({Y, A}),
    "replay_webhook": frozenset({Y, A}),
    "list_dead_letters": frozenset({Y, A}),
    "replay_dead_letters": frozenset({Y, A}),
    "replay_dead_letter": frozenset({Y, A}),
    "drop_dead_letter": frozenset({Y, A}),
    "list_keys": frozenset({A}),
    "issue_key": frozenset({A}),
    "rotate_key": frozenset({A}),
    "revoke_key": frozenset({A}),
    "read_access_log": frozenset({A}),
    "erase_person": frozenset({A}),
}
"""By endpoint (its `operationId`)."""

SCOPES: Mapping[str, Scope] = {
    **dict.fromkeys(ROLES, Scope.READ),
    **dict.fromkeys(
        (
            "send_event",
            "send_events",
            "stream_events",
            "retract_event",
            "correct_event",
            "import_dfe_daily",
            "import_ssda903",
        ),
        Scope.EVENTS,
    ),
    **dict.fromkeys(
        (
            "answer_alert",
            "request_proposal",
            "cancel_proposal",
            "approve_proposal",
            "amend_proposal",
            "reject_proposal",
            "undo_proposal",
        ),
        Scope.DECIDE,
    ),
    **dict.fromkeys(
        (
            "list_webhooks",
            "subscribe_webhook",
            "read_webhook",
            "unsubscribe_webhook",
            "rotate_webhook_secret",
            "pause_webhook",
            "resume_webhook",
            "replay_webhook",
            "list_dead_letters",
            "replay_dead_letters",
            "replay_dead_letter",
            "drop_dead_letter",
            "list_keys",
            "issue_key",
            "rotate_key",
            "revoke_key",
            "read_access_log",
            "erase_person",
        ),
        Scope.ADMIN,
    ),
}

"""One message: an event as a receiver gets it, signed as the Standard Webhooks specification says."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from standardwebhooks import Webhook

from allocation_engine.interfaces.documents import event_document
from allocation_engine.persistence.event_log import StoredEvent

USER_AGENT = "allocation-engine-webhooks/1"


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent; the same each time it is tried, so that a receiver can tell a repetition by the id."""

    id: str
    position: int
    event_type: str
    body: bytes


def message_of(stored: StoredEvent, subscription_id: str) -> Message:
    """Put a stored event into a message."""
    envelope = stored.record.envelope
    document = event_document(stored)
    event_type = stored.record.event.wire_type()
    body = {
        "type": event_type,
        "timestamp": document["envelope"]["recorded_at"],  # type: ignore[index,call-overload]
        "data": {name: document[name] for name in ("position", "envelope", "event")},
    }
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Message(f"{envelope.event_id}_{subscription_id}", stored.position, event_type, text.encode())


def headers_of(message: Message, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """Give the headers of an attempt at a moment, signed with each of the secrets."""
    now = now.astimezone(UTC)  # the library takes any moment for one in UTC
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": message.id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(_signatures(message, secrets, now)),
    }


def _signatures(message: Message, secrets: Iterable[str], now: datetime) -> Iterable[str]:
    return (Webhook(secret).sign(message.id, now, message.body.decode()) for secret in secrets)

"""The forms in which an event may be sent, and how each is read into an event record."""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.v1.event import CloudEvent
from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError
from pydantic_core import from_json

from allocation_engine.interfaces.importers.reported_events import ReportedEvent, record_of
from domain.errors import DomainError, InvalidEvent, UnknownEventType
from domain.events import REGISTRY, EventRecord
from domain.events.allocation import AllocationEvent
from domain.events.corrections import PersonErased
from domain.events.registry import faults_of
from domain.identifiers import SLUG_PATTERN, EventId, Moment, Slug

JSON = "application/json"
CLOUDEVENT = "application/cloudevents+json"
CLOUDEVENTS = "application/cloudevents-batch+json"
NDJSON = "application/x-ndjson"

NEEDED = ("specversion", "type", "source", "id", "time")

MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)
OURS = "allocation-engine"
MAX_DEPTH_REFUSED = "it cannot be read as JSON"


class SentEvent(ReportedEvent):
    """An event in plain JSON: what happened, when, and which system says so under which id of its own."""

    correlation_id: EventId | None = None


class SentEvents(BaseModel):
    """A batch in plain JSON; `atomic`: store all or none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    events: tuple[dict[str, JsonValue], ...] = Field(max_length=10_000)
    atomic: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """An item that was not taken, and why; nothing of it was stored."""

    code: str
    faults: tuple[tuple[str, str], ...] = ()


Read = EventRecord | Refused
"""What became of one item."""

Reader = Callable[[JsonValue], Read]


def parse(body: bytes) -> JsonValue:
    """Read JSON; `InvalidEvent` if it is none."""
    try:
        return from_json(body, allow_inf_nan=False)  # type: ignore[no-any-return]
    except (ValueError, RecursionError):
        raise InvalidEvent("the body", (("(whole)", MAX_DEPTH_REFUSED),)) from None


def reader(media_type: str, actor: str, recorded_at: datetime) -> Reader:
    """Give what reads one item of a media type."""
    form = _cloud_event if media_type in {CLOUDEVENT, CLOUDEVENTS} else _plain

    def read(item: JsonValue) -> Read:
        try:
            return _record(form(item), actor, recorded_at)
        except UnknownEventType:
            return Refused("unknown_event_type", (("type", "no event is known by this type"),))
        except InvalidEvent as error:
            return Refused("invalid_event", error.faults)
        except ValidationError as error:
            return Refused("invalid_event", faults_of(error))
        except (DomainError, RecursionError):
            return Refused("invalid_event", (("(whole)", "it cannot be read"),))

    return read


def _plain(item: JsonValue) -> SentEvent:
    return SentEvent.model_validate(item, strict=False)


def _cloud_event(item: JsonValue) -> SentEvent:
    """Read a CloudEvent: `type` is our event's type, `source` the system, `id` its id for the event, `time` when it was."""
    if not isinstance(item, Mapping):
        raise InvalidEvent("CloudEvent", (("(whole)", "expected an object"),))
    attributes: dict[str, Any] = dict(item)
    if "data_base64" in attributes:
        raise InvalidEvent("CloudEvent", (("data_base64", "send the event as JSON in `data`"),))
    data = attributes.pop("data", None)
    if not isinstance(data, dict):
        raise InvalidEvent("CloudEvent", (("data", "expected an object with the event's fields"),))
    # The library makes up an id and a time where there is none; an event without its own id could not be known again.
    if missing := [name for name in NEEDED if not isinstance(attributes.get(name), str) or not attributes[name]]:
        raise InvalidEvent("CloudEvent", tuple((name, "missing or no text") for name in missing))
    try:
        attributes["time"] = MOMENT.validate_python(attributes["time"])
    except ValidationError:
        raise InvalidEvent("CloudEvent", (("time", "expected a date and time with its zone"),)) from None
    try:
        event = CloudEvent(attributes, data)
    except BaseCloudEventException as error:
        raise InvalidEvent("CloudEvent", _attribute_faults(error)) from None
    except (TypeError, ValueError, AttributeError):
        raise InvalidEvent("CloudEvent", (("(whole)", "it is no CloudEvent 1.0"),)) from None
    return SentEvent(
        type=str(event.get_type()),
        event=data,
        occurred_at=attributes["time"],
        source_system=system_of(str(event.get_source())),
        source_id=str(event.get_id()),
    )


def _attribute_faults(error: BaseCloudEventException) -> tuple[tuple[str, str], ...]:
    """Name the faulty attributes; the library's sentences may quote what was sent."""
    named: Sequence[str] = sorted(getattr(error, "errors", {}) or {})
    return tuple((name, "missing or not as CloudEvents 1.0 has it") for name in named) or (
        ("(whole)", "it is no CloudEvent 1.0"),
    )


def system_of(source: str) -> Slug:
    """Give a source's name as a system's: as it is if it reads like one, else cut down with a mark of the whole."""
    if re.match(SLUG_PATTERN, source):
        return source
    mark = hashlib.sha256(source.encode()).hexdigest()[:8]
    plain = re.sub(r"[^a-z0-9]+", "-", source.lower()).strip("-")[:38].strip("-")
    return f"{plain}-{mark}" if plain else f"source-{mark}"


def _record(sent: SentEvent, actor: str, recorded_at: datetime) -> EventRecord:
    if sent.source_system == OURS:
        raise InvalidEvent(sent.type, (("source_system", "this name is the engine's own; give your system's"),))
    event = REGISTRY.decode(sent.type, sent.event)
    if isinstance(event, AllocationEvent | PersonErased):
        raise InvalidEvent(sent.type, (("type", "this is decided here, not reported"),))
    return record_of(sent, event, actor, recorded_at, sent.correlation_id)

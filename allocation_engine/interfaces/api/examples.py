"""Examples in the description: bodies that are taken as they stand."""

from typing import Any

from pydantic import JsonValue

EVENT: dict[str, JsonValue] = {
    "type": "case.assigned.v1",
    "event": {"case_id": "c-0105", "worker_id": "w-0003", "role": "primary"},
    "occurred_at": "2026-11-02T09:30:00Z",
    "source_system": "case-system",
    "source_id": "assignment-1207",
}

CLOUD_EVENT: dict[str, JsonValue] = {
    "specversion": "1.0",
    "type": "case.referred.v1",
    "source": "case-system",
    "id": "referral-3391",
    "time": "2026-11-02T09:00:00Z",
    "datacontenttype": "application/json",
    "data": {"case_id": "c-0105", "harm_types": ["criminal_exploitation"], "risk": "high", "priority": "urgent"},
}

WEBHOOK: dict[str, JsonValue] = {
    "id": "wh-0011223344556677",
    "url": "https://case-system.example/hooks",
    "event_types": ["allocation.approved"],
    "created_by": "case-system",
    "created_at": "2026-11-02T09:00:00Z",
    "active": True,
    "stopped": None,
    "position": 3391,
    "pending": 2,
    "failures": 0,
    "old_secret_until": None,
}

MOMENT: JsonValue = {"type": "string", "format": "date-time"}

EVENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "event", "occurred_at", "source_system", "source_id"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "maxLength": 100},
        "event": {"type": "object"},
        "occurred_at": MOMENT,
        "source_system": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,47}$"},
        "source_id": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,200}$"},
        "correlation_id": {"type": ["string", "null"], "format": "uuid"},
    },
}

CLOUD_EVENT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["specversion", "type", "source", "id", "time", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "type": {"type": "string"},
        "source": {"type": "string", "format": "uri-reference", "minLength": 1},
        "id": {"type": "string", "minLength": 1, "maxLength": 200},
        "time": MOMENT,
        "data": {"type": "object"},
    },
}

EVENT_BODIES: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {"schema": EVENT_SCHEMA, "example": EVENT},
        "application/cloudevents+json": {"schema": CLOUD_EVENT_SCHEMA, "example": CLOUD_EVENT},
    },
}

BATCH_BODIES: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["events"],
                "additionalProperties": False,
                "properties": {
                    "events": {"type": "array", "items": {"type": "object"}, "maxItems": 10_000},
                    "atomic": {"type": "boolean", "default": False},
                },
            },
            "example": {"events": [EVENT], "atomic": False},
        },
        "application/cloudevents-batch+json": {
            "schema": {"type": "array", "items": {"type": "object"}, "maxItems": 10_000},
            "example": [CLOUD_EVENT],
        },
    },
}

STREAM_BODY: dict[str, Any] = {
    "required": True,
    "content": {"application/x-ndjson": {"schema": {"type": "string"}, "example": "{…}\n{…}\n"}},
}

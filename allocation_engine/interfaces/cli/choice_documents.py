"""Answers about other choices as JSON documents: each field as it is, plans as case to worker."""

from typing import Any

from pydantic import JsonValue, TypeAdapter


def document_of(answer: object) -> JsonValue:
    """Write an answer, or several, as JSON."""
    if isinstance(answer, tuple):
        return {"rules": [document_of(one) for one in answer]}
    adapter: TypeAdapter[Any] = TypeAdapter(type(answer))
    document: JsonValue = adapter.dump_python(answer, mode="json")
    return document

"""From an event's id fields to its tags: one table, so that no event can be filed under a subject by habit alone."""

from functools import cache
from typing import Annotated, get_args

from pydantic import BaseModel, StringConstraints

SUBJECT_OF_FIELD = {
    "worker_id": "worker",
    "worker_ids": "worker",
    "from_worker_id": "worker",
    "to_worker_id": "worker",
    "supervisor_id": "worker",
    "case_id": "case",
    "team_id": "team",
    "incident_id": "incident",
    "proposal_id": "proposal",
    "alert_id": "alert",
    "policy_set_id": "policy",
}
"""Field name to tag prefix. A field that is not here files nothing."""

SUBJECTS = "subjects"
"""The field in which a correction says its subjects in so many words."""

POLICY_TAG = "policy:adopted"
"""Filed on every adoption: a decision that rests on the policy in force reads (and conditions on) this one tag."""

SubjectTag = Annotated[
    str,
    StringConstraints(
        pattern=rf"^(?:{'|'.join(sorted(set(SUBJECT_OF_FIELD.values())))}):[A-Za-z0-9][A-Za-z0-9_.-]{{0,63}}$"
    ),
]
"""A tag as an event may carry it in so many words: of a known prefix, and as opaque as the id in it."""


def tags_of(event: BaseModel) -> frozenset[str]:
    """Collect `prefix:id` for every id field that is set, in the event and in whatever it nests."""
    tags: set[str] = set()
    for name, prefix in _fields_that_file(type(event)):
        value = getattr(event, name)
        values = value if isinstance(value, tuple) else (value,)
        if prefix is not None:
            tags.update([f"{prefix}:{one}" for one in values if one is not None])
        elif name == SUBJECTS:
            tags.update(values)
        else:
            tags.update(*(tags_of(part) for part in values if isinstance(part, BaseModel)))
    return frozenset(tags)


@cache
def _fields_that_file(kind: type[BaseModel]) -> tuple[tuple[str, str | None], ...]:
    """Give the fields of a class that file it, with the prefix of those that are ids: looked up once a class."""
    return tuple(
        (name, SUBJECT_OF_FIELD.get(name))
        for name, field in kind.model_fields.items()
        if name in SUBJECT_OF_FIELD or name == SUBJECTS or _holds_models(field.annotation)
    )


def _holds_models(annotation: object) -> bool:
    """Tell whether a field's type is a model or has one among its parts."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    return any(_holds_models(part) for part in get_args(annotation))

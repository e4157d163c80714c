"""Old stored shapes, brought up one version at a time by pure functions.

To change a stored event: give its class the next `wire_version`, add the function from the old fields to the new ones
here, and keep a golden file of the old shape in `tests/golden/events/`.
"""

from collections.abc import Callable, Mapping

from pydantic import JsonValue

Fields = dict[str, JsonValue]
Upcaster = Callable[[Fields], Fields]


def _asked_for_no_limits(fields: Fields) -> Fields:
    """Say of a proposal what was so before limits of its own could be asked for: there were none."""
    content = fields.get("content")
    if not isinstance(content, dict):
        return fields  # left as it is, for the event's class to refuse
    return {**fields, "content": {**content, "load_limit": None, "deviations_above": 0.0, "one_area": False}}


def _asked_for_all_cases(fields: Fields) -> Fields:
    """Say of a request what was so before it could be for some of the waiting cases: it was for all of them."""
    request = fields.get("request")
    return {**fields, "request": {**request, "only": []}} if isinstance(request, dict) else fields


def _erased_with_no_more_said(fields: Fields) -> Fields:
    """Say of an erasure what the first version left open: nothing of who or why beyond its subjects."""
    return {**fields, "erased": None, "reason": None}


UPCASTERS: Mapping[tuple[str, int], Upcaster] = {
    ("allocation.proposed", 1): _asked_for_no_limits,
    ("allocation.amended", 1): _asked_for_no_limits,
    ("allocation.requested", 1): _asked_for_all_cases,
    ("correction.person_erased", 1): _erased_with_no_more_said,
}
"""(wire name, old version) to the function that makes the next version's fields of it."""


def upcast(
    wire_name: str,
    version: int,
    fields: Fields,
    *,
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> tuple[int, Fields]:
    """Apply the chain of upcasters that starts at this version; give the version reached and its fields."""
    while (step := upcasters.get((wire_name, version))) is not None:
        fields = step(dict(fields))
        version += 1
    return version, fields

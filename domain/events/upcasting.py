"""Old stored shapes, brought up one version at a time by pure functions.

To change a stored event: give its class the next `wire_version`, add the function from the old fields to the new ones
here, and keep a golden file of the old shape in `tests/golden/events/`.
"""

from collections.abc import Callable, Mapping

from pydantic import JsonValue

Fields = dict[str, JsonValue]
Upcaster = Callable[[Fields], Fields]

UPCASTERS: Mapping[tuple[str, int], Upcaster] = {}
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

"""Sets adopted before the model had all the numbers it has today."""

from collections.abc import Mapping

from pydantic import JsonValue

from domain.policy.policy_set import PolicySet

FILLED_IN = "Not in the set as adopted; filled in from {example}. {source}"


def brought_up(content: Mapping[str, JsonValue], example: PolicySet) -> tuple[dict[str, JsonValue], tuple[str, ...]]:
    """Give an adopted set's content with the numbers it could not know of, and where they are.

    A service must not stand still because a newer program reads more numbers than its policy states. What is missing is
    taken from the example set, and each number says so in its source. In a section that the set has, only numbers are
    filled in: an unset choice, such as `limits.co_worker_from`, is a choice.
    """
    filled: list[str] = []
    whole = _filled(content, example.to_mapping(), example.policy_set_id, "", filled)
    return whole, tuple(filled)


def _filled(
    content: Mapping[str, JsonValue], shipped: Mapping[str, JsonValue], example: str, place: str, filled: list[str]
) -> dict[str, JsonValue]:
    whole = dict(content)
    for name, part in shipped.items():
        here, own = f"{place}{name}", whole.get(name)
        if isinstance(part, dict) and "unit" not in part:
            if own is None or isinstance(own, dict):
                whole[name] = _filled(own or {}, part, example, f"{here}.", filled)
        elif name not in whole and isinstance(part, dict):
            whole[name] = {**part, "source": FILLED_IN.format(example=example, source=part["source"])}
            filled.append(here)
        elif not content:  # a whole section that there was not: its choices are the example's, too
            whole[name] = part
            filled.append(here)
    return whole

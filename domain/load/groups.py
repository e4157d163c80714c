"""An account by kind: the same contributions summed by source, harm type, risk, kind of incident or route."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from domain.load.account import Contribution, LoadAccount
from domain.load.exposure import TwoCompartments, sum_of
from domain.load.parameters import KnownOr

NONE_FOUND = "none_found"
"""The group of cases assessed with no harm type found, which is not the group of those not assessed."""


class Grouping(StrEnum):
    """By what an account is summed."""

    SOURCE = "source"
    HARM_TYPE = "harm_type"
    RISK = "risk"
    INCIDENT_KIND = "incident_kind"
    ROUTE = "route"


@dataclass(frozen=True, slots=True)
class Group:
    """What the contributions of one kind come to [lp], and how many there are of them (a case of two harms in both)."""

    name: str
    load: TwoCompartments
    contributions: int


def grouped(account: LoadAccount, by: Grouping) -> tuple[Group, ...]:
    """Sum an account's contributions by kind, in order of name; the groups add up to the load.

    What a grouping says nothing of (an incident, by risk) keeps the name of its source. A case counts with its risk
    and harm types when last held, in equal parts under each of its harm types.
    """
    parts: dict[str, list[TwoCompartments]] = {}
    for one in account.contributions:
        names = tuple(_names(one, by))
        for name in names:
            parts.setdefault(name, []).append(one.load.times(1.0 / len(names)))
    return tuple(Group(name, sum_of(loads), len(loads)) for name, loads in sorted(parts.items()))


def _names(one: Contribution, by: Grouping) -> Iterator[str]:
    profile, exposed = one.profile, one.exposed
    match by:
        case Grouping.HARM_TYPE if profile is not None and profile.harm_types is None:
            yield KnownOr.UNKNOWN
        case Grouping.HARM_TYPE if profile is not None:
            yield from sorted(set(profile.harm_types or ())) or (NONE_FOUND,)
        case Grouping.RISK if profile is not None:
            yield profile.risk or KnownOr.UNKNOWN
        case Grouping.INCIDENT_KIND if exposed is not None:
            yield exposed.kind
        case Grouping.ROUTE if exposed is not None:
            yield exposed.route
        case Grouping.SOURCE | Grouping.HARM_TYPE | Grouping.RISK | Grouping.INCIDENT_KIND | Grouping.ROUTE:
            yield one.source
        case _:
            assert_never(by)

"""Which policy set holds on a day: the one adopted, or the shipped example until somebody adopts one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allocation_engine.persistence.event_log import Criterion, EventLog
from domain.errors import InvalidPolicySet
from domain.events.service import PolicyAdopted
from domain.events.subjects import POLICY_TAG
from domain.evolve.service import ServiceState
from domain.policy.older_sets import brought_up
from domain.policy.policy_set import PolicySet
from projections.corrections import CORRECTIONS
from projections.dated_events import EMPTY, DatedEvent, keep_dated, standing_events

KEPT = frozenset({PolicyAdopted})
ADOPTIONS = Criterion(frozenset({POLICY_TAG}), KEPT | CORRECTIONS)
"""Finds every adoption and what corrects or withdraws one; a decision that rests on policy also conditions on it."""


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """A policy set, and whether a named person adopted it or it is only the shipped example.

    `filled_in` are the places of numbers that the set as adopted did not state, taken from the example.
    """

    policy: PolicySet
    adopted: bool
    filled_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Adoption:
    """A policy set that a named person put in force, corrections carried out.

    Attributes
    ----------
    event_id
        The adoption's event, by which it can be retracted.
    adopted_at, recorded_at
        When the person decided, and when that was learned here.
    withdrawn
        Whether it was retracted since.
    """

    event_id: UUID
    event: PolicyAdopted
    adopted_at: datetime
    recorded_at: datetime
    withdrawn: bool = False


def policy_in_force(
    log: EventLog, as_at: datetime, example: PolicySet, known_at: datetime | None = None
) -> PolicyInForce:
    """Give the policy set in force at a moment, by what was known at another (None: by all we know)."""
    return in_force(adoptions(log, known_at), as_at, example)


def in_force(adopted: Iterable[Adoption], as_at: datetime, example: PolicySet) -> PolicyInForce:
    """Choose among adoptions: the latest effective day up to a moment, and of two for one day the later adoption."""
    found = still_standing(adopted).policy_in_force(as_at)
    if found is None:
        return PolicyInForce(example, adopted=False)
    policy, filled_in = policy_of(found, example)
    return PolicyInForce(policy, adopted=True, filled_in=filled_in)


def policy_of(event: PolicyAdopted, example: PolicySet) -> tuple[PolicySet, tuple[str, ...]]:
    """Read an adopted set as the model of today reads it, and the places of the numbers it could not know of.

    Raises
    ------
    InvalidPolicySet
        The model of today refuses what the set states.
    """
    content, filled = brought_up(event.content, example)
    try:
        return PolicySet.from_mapping(content), filled
    except InvalidPolicySet as error:
        raise InvalidPolicySet(
            f"{event.policy_set_id} as adopted, {error.place}",
            f"{error.fault}; adopt a set under a new id that puts it right, with `policy adopt`",
        ) from None


def still_standing(adopted: Iterable[Adoption]) -> ServiceState:
    """Give the service's state as far as policy goes: every adoption that was not withdrawn."""
    return ServiceState(adopted=tuple(one.event for one in adopted if not one.withdrawn))


def adoptions(log: EventLog, known_at: datetime | None = None) -> tuple[Adoption, ...]:
    """Give every adoption as known at a moment, the withdrawn ones too, in the order in which they were made."""
    row = EMPTY
    for stored in log.read((ADOPTIONS,)).events:
        row = keep_dated(row, POLICY_TAG, stored.record, KEPT)
    stands = {one.event_id: one for one in standing_events(row, known_at)}
    withdrawn = [one for one in row.events if one.event_id not in stands and _known(one, known_at)]
    found = [*_read(stands.values(), withdrawn=False), *_read(withdrawn, withdrawn=True)]
    return tuple(sorted(found, key=lambda one: (one.adopted_at, one.recorded_at, one.event_id)))


def _known(dated: DatedEvent, known_at: datetime | None) -> bool:
    return known_at is None or dated.recorded_at <= known_at


def _read(told: Iterable[DatedEvent], *, withdrawn: bool) -> Iterator[Adoption]:
    for one in told:
        event = one.event()
        if isinstance(event, PolicyAdopted):
            yield Adoption(one.event_id, event, one.at, one.recorded_at, withdrawn)

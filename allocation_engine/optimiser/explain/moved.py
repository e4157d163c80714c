"""Which cases go to somebody else in one plan than in another."""

from dataclasses import dataclass

from allocation_engine.optimiser.explain.sentences import listed
from domain.allocation import Plan
from domain.identifiers import CaseId, WorkerId

TOLD = 3
"""Moves that a sentence names; it counts the rest."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A case that has another primary worker than before; None is waiting."""

    case_id: CaseId
    from_worker_id: WorkerId | None
    to_worker_id: WorkerId | None


def moved_between(before: Plan, after: Plan, but: CaseId | None = None) -> tuple[Moved, ...]:
    """Give the cases whose primary worker differs, but for one, by id."""
    cases = sorted({*before.primary, *after.primary} - {but})
    pairs = ((case_id, before.primary.get(case_id), after.primary.get(case_id)) for case_id in cases)
    return tuple(Moved(case_id, was, now) for case_id, was, now in pairs if was != now)


def moves_told(moved: tuple[Moved, ...]) -> str:
    """Say where cases go, naming a few."""
    others = len(moved) - TOLD
    more = [f"{others} other cases move"] if others > 1 else [_move(one) for one in moved[TOLD:]]
    return listed([*(_move(one) for one in moved[:TOLD]), *more])


def _move(one: Moved) -> str:
    return f"{one.case_id} waits" if one.to_worker_id is None else f"{one.case_id} goes to {one.to_worker_id}"

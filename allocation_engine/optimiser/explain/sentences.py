"""Explanations in plain words, as a team manager would say them: about cases, load and rules, never about a person's worth."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from domain.allocation import SHORT, Candidate, CaseNeed
from domain.rejection import Rejection

PLAIN = {
    "unallocated, urgent": "waiting of urgent cases",
    "unallocated, high": "waiting of high-priority cases",
    "unallocated, routine": "waiting of routine cases",
    "sum of squared load ratios": "evenness of load",
    "harm types balanced": "spread of kinds of harm",
    "area and language": "match of area and language",
}
"""Levels whose own name is not how one would say it."""


class Option(Protocol):
    """Another worker for a case, as the sentences need it: their load ratio then, and the first level that changes."""

    @property
    def worker_id(self) -> str:
        """Who."""

    @property
    def ratio(self) -> float:
        """Their load ratio then [1]."""

    @property
    def level(self) -> str | None:
        """The first level that changes, None where none does."""

    @property
    def change(self) -> float:
        """By how much it changes."""


def why_chosen(
    case: CaseNeed,
    chosen: Candidate,
    before: float,
    after: float,
    alternatives: Sequence[Option],
    ruled_out: tuple[Rejection, ...],
) -> str:
    """Say why this worker, what the next best choice would be, and why others could not."""
    parts = [f"{chosen.worker_id} goes from {before:.0%} to {after:.0%} of capacity over the coming weeks"]
    if case.needs:
        parts.append(f"has {', '.join(sorted(case.needs))}")
    if chosen.worker_id in case.past_primaries:
        parts.append("has held this case before")
    elif case.sibling_group is not None and case.sibling_group in chosen.sibling_groups:
        parts.append("holds a sibling's case")
    if chosen.hours_assumed:
        parts.append("hours are assumed, not recorded")
    told = "; ".join(parts) + "."
    if alternatives:
        told += " " + _next_best(alternatives)
    if ruled_out:
        told += f" {could_not(ruled_out)}"
    elif not alternatives:
        told += " There is nobody else."
    return told


def why_waiting(case: CaseNeed, ruled_out: tuple[Rejection, ...], workers: int) -> str:
    """Say why a case stays waiting."""
    if not workers:
        return f"{case.case_id} stays waiting: there are no workers."
    if len(ruled_out) < workers:
        return f"{case.case_id} stays waiting: it gives way to cases placed before it."
    return f"{case.case_id} stays waiting: {could_not(ruled_out)}"


def could_not(ruled_out: tuple[Rejection, ...]) -> str:
    """Count who could not, by the rule in the way."""
    counts = Counter(one.code for one in ruled_out)
    told = ", ".join(f"{SHORT[code]}: {number}" for code, number in counts.most_common())
    return f"{len(ruled_out)} could not ({told})."


def amount(level: str, change: float) -> str:
    """Write by how much a level changes, without its sign, in the level's own terms."""
    size = abs(change)
    if is_load_ratio(level):
        return f"{100 * size:.1f} points of capacity"
    if level.startswith(("unallocated", "area", "continuity")):
        return "1 point" if size == 1 else f"{size:g} points"
    return f"{size:.3g}"


def in_words(level: str) -> str:
    """Name a level as a manager would, to stand after "the"."""
    if level in PLAIN:
        return PLAIN[level]
    return level.replace("load ratios", "loads").replace("load ratio", "load")


def is_load_ratio(level: str) -> bool:
    """Say whether a level is one of load ratios: the heaviest, or a sum of the heaviest."""
    return level.endswith(("heaviest load ratio", "heaviest load ratios"))


def listed(words: Sequence[str]) -> str:
    """Join words as a list is spoken."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def _next_best(alternatives: Sequence[Option]) -> str:
    best = alternatives[0]
    if best.level is None:
        told = f"giving it to {best.worker_id} would be as good"
    elif is_load_ratio(best.level) and best.change > 0:
        told = f"with {best.worker_id}, who would reach {best.ratio:.0%}"
    else:
        side = "worse" if best.change > 0 else "better"
        told = f"with {best.worker_id} the {in_words(best.level)} would be {amount(best.level, best.change)} {side}"
    if len(alternatives) == 1:
        return f"One other could take it: {told}."
    return f"{len(alternatives)} others could take it; the next best choice: {told}."

"""What the optimiser answers: a plan, how good it is at every level, and what is proven of that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import TypeAdapter

from allocation_engine.optimiser.watch import Stopped, gap_between
from domain.allocation import Plan, Score


class SolveStatus(StrEnum):
    """How far the answer can be trusted.

    OPTIMAL: proven the best at every level, but for rounding. FEASIBLE: keeps every rule, and each level's gap says how far it may be
    from the best. INFEASIBLE: no plan keeps every rule. UNKNOWN: nothing was found in the effort allowed.
    """

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the objective: the value reached and the least that is possible given the levels before it.

    `proved_by` says what the bound rests on.
    """

    name: str
    value: float
    bound: float
    proved_by: str = ""

    @property
    def gap(self) -> float:
        """Share [1] by which the value may be above the least possible; 0 means proven."""
        return gap_between(self.value, self.bound)


@dataclass(frozen=True)
class AllocationResult:
    """An answer to an allocation problem; the same problem, seed and effort give the same answer.

    Attributes
    ----------
    score
        The plan's worth, worked out without the solver; None without a plan.
    levels
        Value, bound and gap, level by level, in the solver's own order.
    seed, effort
        What the search was given; effort is in the solver's deterministic time, not in seconds.
    versions
        Of the engine's solver, for a bug report.
    method
        How the plan was found.
    stopped
        Why the search ended before it was done, if it did: then another run may end elsewhere.
    seconds
        How long it took here; not compared, since it is the only part that differs from run to run.
    """

    status: SolveStatus
    plan: Plan
    score: Score | None
    levels: tuple[Level, ...]
    seed: int
    effort: float
    versions: Mapping[str, str]
    method: str = ""
    stopped: Stopped | None = None
    seconds: float = field(default=0.0, compare=False)

    @property
    def gap(self) -> float:
        """Largest gap of any level [1]."""
        return max((level.gap for level in self.levels), default=0.0)

    def to_json(self) -> str:
        """Write the result as JSON."""
        return _RESULT.dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "AllocationResult":
        """Read a result that `to_json` wrote."""
        return _RESULT.validate_json(text)


_RESULT = TypeAdapter(AllocationResult)

"""An allocation problem and a plan that answers it: plain frozen data, with the figures worked out by the load model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import TypeAdapter

from domain.identifiers import CaseId, GroupId, TeamId, WorkerId
from domain.vocabulary import CareerStage, HarmType, Priority, RiskLevel, Role


@dataclass(frozen=True)
class Candidate:
    """A worker as the rules and the objective see them. Held cases that may move are left out of every figure.

    Attributes
    ----------
    predicted_load
        Mean load over the horizon if nothing is added [lp].
    capacity
        Sustainable load over the horizon, less leave [lp]; None where the hours are not known.
    caseload, high_risk, by_harm
        Cases held as primary worker [case], those of high or very high risk, and by harm type.
    hours_taken, hours_available
        Held cases take and contracted hours leave, protected time already set aside [h/week].
    caseload_cap, high_risk_cap, harm_type_cap
        The caps that hold for this worker's stage and hours [case].
    new_cases_cap
        Most cases that one plan may bring this worker [case]; None for no such cap.
    sibling_groups, peer_groups
        Groups of which the worker already holds a case.
    hours_assumed
        Whether the hours are an assumption of the plan and not on record.
    """

    worker_id: WorkerId
    predicted_load: float
    capacity: float | None
    caseload_cap: int
    high_risk_cap: int
    harm_type_cap: int
    hours_available: float
    new_cases_cap: int | None = None
    hours_taken: float = 0.0
    caseload: int = 0
    high_risk: int = 0
    by_harm: Mapping[HarmType, int] = field(default_factory=dict)
    away: bool = False
    role: Role | None = None
    stage: CareerStage | None = None
    team_id: TeamId | None = None
    area: str | None = None
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    sibling_groups: frozenset[GroupId] = frozenset()
    peer_groups: frozenset[GroupId] = frozenset()
    hours_assumed: bool = False


@dataclass(frozen=True)
class CaseNeed:
    """A case to place: one that waits, or a held one that may move (`current_worker_id` is set).

    `waiting_days` [day]; `hours` are those its primary worker gives it [h/week]. None is unknown.
    """

    case_id: CaseId
    priority: Priority = Priority.ROUTINE
    waiting_days: float = 0.0
    harm_types: tuple[HarmType, ...] | None = None
    risk: RiskLevel | None = None
    hours: float = 0.0
    needs: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    area: str | None = None
    sibling_group: GroupId | None = None
    peer_group: GroupId | None = None
    conflicts: frozenset[WorkerId] = frozenset()
    co_workers: frozenset[WorkerId] = frozenset()
    past_primaries: tuple[WorkerId, ...] = ()
    needs_co_worker: bool = False
    current_worker_id: WorkerId | None = None

    @property
    def is_high_risk(self) -> bool:
        """Whether the case counts towards the high-risk cap."""
        return self.risk is not None and self.risk.is_high


@dataclass(frozen=True)
class Caps:
    """Limits that hold for the plan as a whole or for every worker alike; see `domain/policy/limits.py`."""

    harm_type_share: float = 1.0
    harm_type_share_from: int = 1
    co_worker_hours_share: float = 0.5
    moves_allowed: int = 0
    primary_roles: frozenset[Role] = frozenset(Role)
    co_worker_roles: frozenset[Role] = frozenset(Role)


@dataclass(frozen=True)
class AllocationProblem:
    """Who could take what, what it would add, and what must hold.

    Attributes
    ----------
    added_load, added_load_co
        For each case, for each worker in the order of `workers`: what the case adds to the worker's mean load over the
        horizon as primary worker and as co-worker [lp].
    pinned, forbidden
        Pairs that must be, or must not be, in the plan.
    """

    workers: tuple[Candidate, ...]
    cases: tuple[CaseNeed, ...]
    added_load: tuple[tuple[float, ...], ...]
    added_load_co: tuple[tuple[float, ...], ...]
    caps: Caps = field(default_factory=Caps)
    pinned: frozenset[tuple[CaseId, WorkerId]] = frozenset()
    forbidden: frozenset[tuple[CaseId, WorkerId]] = frozenset()

    def __post_init__(self) -> None:
        """Refuse a problem whose parts do not fit, naming the first that does not."""
        for what, ids in (("worker", self.worker_index), ("case", self.case_index)):
            if len(ids) != len(self.workers if what == "worker" else self.cases):
                raise ValueError(f"a {what} appears twice")
        for name, matrix in (("added_load", self.added_load), ("added_load_co", self.added_load_co)):
            if len(matrix) != len(self.cases):
                raise ValueError(f"{name} has {len(matrix)} rows for {len(self.cases)} cases")
            for index, row in enumerate(matrix):
                if len(row) != len(self.workers):
                    raise ValueError(f"{name}[{index}] has {len(row)} entries for {len(self.workers)} workers")
                if any(not value >= 0 for value in row):
                    raise ValueError(f"{name}[{index}] holds a figure below zero or not a number")
        for index, worker in enumerate(self.workers):
            if worker.capacity is not None and worker.capacity < 0:
                raise ValueError(f"workers[{index}].capacity is below zero")
        for case_id, worker_id in self.pinned | self.forbidden:
            if case_id not in self.case_index or worker_id not in self.worker_index:
                raise ValueError(f"a pinned or forbidden pair names {case_id} and {worker_id}, not both in the problem")

    @cached_property
    def worker_index(self) -> dict[WorkerId, int]:
        """Place of each worker."""
        return {worker.worker_id: index for index, worker in enumerate(self.workers)}

    @cached_property
    def case_index(self) -> dict[CaseId, int]:
        """Place of each case."""
        return {case.case_id: index for index, case in enumerate(self.cases)}

    def worker(self, worker_id: WorkerId) -> Candidate:
        """Give a worker by id."""
        return self.workers[self.worker_index[worker_id]]

    def case(self, case_id: CaseId) -> CaseNeed:
        """Give a case by id."""
        return self.cases[self.case_index[case_id]]

    def to_json(self) -> str:
        """Write the problem as JSON, for a bug report or another machine."""
        return _PROBLEM.dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> "AllocationProblem":
        """Read a problem that `to_json` wrote."""
        return _PROBLEM.validate_json(text)


@dataclass(frozen=True)
class Plan:
    """Who takes which case: an answer, good or bad. A case in neither mapping waits on."""

    primary: Mapping[CaseId, WorkerId] = field(default_factory=dict)
    co_worker: Mapping[CaseId, WorkerId] = field(default_factory=dict)

    def primaries_of(self, worker_id: WorkerId) -> tuple[CaseId, ...]:
        """Cases for which this worker would be primary, sorted."""
        return tuple(sorted(case_id for case_id, holder in self.primary.items() if holder == worker_id))

    def co_working_of(self, worker_id: WorkerId) -> tuple[CaseId, ...]:
        """Cases that this worker would co-work, sorted."""
        return tuple(sorted(case_id for case_id, holder in self.co_worker.items() if holder == worker_id))

    def receivers(self, problem: AllocationProblem) -> frozenset[WorkerId]:
        """Workers who would receive something new; keeping a case that could have moved is not receiving."""
        kept = {case.case_id: case.current_worker_id for case in problem.cases}
        new = {worker_id for case_id, worker_id in self.primary.items() if kept[case_id] != worker_id}
        return frozenset(new | set(self.co_worker.values()))


_PROBLEM = TypeAdapter(AllocationProblem)

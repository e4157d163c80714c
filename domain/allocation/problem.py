"""An allocation problem and a plan that answers it: plain frozen data, with the figures worked out by the load model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import TypeAdapter

from domain.allocation.figures import Figures, fault_in, figure, in_order
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
    predicted_variance
        Variance of the load over the horizon if nothing is added [lp²]; None where it was not worked out.
    caseload_minimum
        Fewest cases that this worker is to hold as primary worker [case]; 0 for no such minimum.
    caseload_cap, high_risk_cap, harm_type_cap
        The caps that hold for this worker's stage and hours [case].
    new_cases_cap
        Most cases that one plan may bring this worker [case]; None for no such cap.
    sibling_groups, peer_groups
        Groups of which the worker already holds a case.
    areas_held
        Areas of the cases that the worker holds as primary worker, as far as they are known.
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
    predicted_variance: float | None = None
    caseload_minimum: int = 0
    areas_held: frozenset[str] = frozenset()

    @property
    def is_below_minimum(self) -> bool:
        """Whether this worker holds fewer cases than they are to."""
        return self.caseload < self.caseload_minimum


@dataclass(frozen=True)
class CaseNeed:
    """A case to place: one that waits, or a held one that may move (`current_worker_id` is set).

    `waiting_days` [day]; `hours` are those its primary worker gives it [h/week], unless the problem has them by worker;
    `teams` those that may take it, all of them if it names none. None is unknown.
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
    teams: frozenset[TeamId] = frozenset()

    @property
    def is_high_risk(self) -> bool:
        """Whether the case counts towards the high-risk cap."""
        return self.risk is not None and self.risk.is_high


@dataclass(frozen=True)
class Caps:
    """Limits that hold for the plan as a whole or for every worker alike; see `domain/policy/limits.py`.

    Attributes
    ----------
    load_limit
        Largest load over capacity [1] to which a plan may bring anybody; None for no such limit.
    deviations_above
        How many standard deviations of the load ahead are added to its mean before it is held against `load_limit`:
        0 looks at the mean alone; by Cantelli's inequality a share of 1 / (1 + z²) at most lies further above.
    one_area
        Whether all cases of a worker who receives one must lie in one area.
    """

    harm_type_share: float = 1.0
    harm_type_share_from: int = 1
    co_worker_hours_share: float = 0.5
    moves_allowed: int = 0
    primary_roles: frozenset[Role] = frozenset(Role)
    co_worker_roles: frozenset[Role] = frozenset(Role)
    load_limit: float | None = None
    deviations_above: float = 0.0
    one_area: bool = False


@dataclass(frozen=True)
class AllocationProblem:
    """Who could take what, what it would add, and what must hold.

    Attributes
    ----------
    added_load, added_load_co
        For each case, for each worker in the order of `workers`: what the case adds to the worker's mean load over the
        horizon as primary worker and as co-worker [lp].
    added_variance, added_variance_co
        Likewise to the variance of the load [lp²]; None where no limit looks at it.
    hours
        Hours that a case takes of each worker as primary worker [h/week]; None where they are the case's own.
    cost
        What a pair costs, in any one unit, travel for instance; None where nothing does.
    pinned, forbidden
        Pairs that must be, or must not be, in the plan.
    """

    workers: tuple[Candidate, ...]
    cases: tuple[CaseNeed, ...]
    added_load: Figures
    added_load_co: Figures
    caps: Caps = field(default_factory=Caps)
    pinned: frozenset[tuple[CaseId, WorkerId]] = frozenset()
    forbidden: frozenset[tuple[CaseId, WorkerId]] = frozenset()
    added_variance: Figures | None = None
    added_variance_co: Figures | None = None
    hours: Figures | None = None
    cost: Figures | None = None

    def __post_init__(self) -> None:
        """Refuse a problem whose parts do not fit, naming the first that does not."""
        for what, ids in (("worker", self.worker_index), ("case", self.case_index)):
            if len(ids) != len(self.workers if what == "worker" else self.cases):
                raise ValueError(f"a {what} appears twice")
        for name, figures in self.figures().items():
            fault = fault_in(figures, len(self.cases), len(self.workers))
            if fault is not None:
                raise ValueError(f"{name}{fault}")
        for index, worker in enumerate(self.workers):
            if worker.capacity is not None and worker.capacity < 0:
                raise ValueError(f"workers[{index}].capacity is below zero")
            if worker.predicted_variance is None and self.looks_at_variance:
                raise ValueError(
                    f"workers[{index}].predicted_variance is not known, and caps.deviations_above asks for it"
                )
        if self.looks_at_variance and (self.added_variance is None or self.added_variance_co is None):
            raise ValueError(
                "added_variance and added_variance_co are not known, and caps.deviations_above asks for them"
            )
        for case_id, worker_id in self.pinned | self.forbidden:
            if case_id not in self.case_index or worker_id not in self.worker_index:
                raise ValueError(f"a pinned or forbidden pair names {case_id} and {worker_id}, not both in the problem")

    def figures(self) -> dict[str, Figures]:
        """Give every figure by case and worker that there is, by the name of its field."""
        names = ("added_load", "added_load_co", "added_variance", "added_variance_co", "hours", "cost")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}

    @property
    def looks_at_variance(self) -> bool:
        """Whether a limit looks at more than the mean load."""
        return self.caps.load_limit is not None and self.caps.deviations_above > 0

    def hours_of(self, case: int, worker: int) -> float:
        """Give the hours that a case takes of a worker as primary worker [h/week], by their places."""
        return self.cases[case].hours if self.hours is None else figure(self.hours, case, worker)

    @cached_property
    def movable_of(self) -> dict[WorkerId, tuple[CaseNeed, ...]]:
        """The cases that each worker holds now and that may move; a worker with none is not in it."""
        found: dict[WorkerId, list[CaseNeed]] = {}
        for case in self.cases:
            if case.current_worker_id is not None:
                found.setdefault(case.current_worker_id, []).append(case)
        return {worker_id: tuple(cases) for worker_id, cases in found.items()}

    @cached_property
    def sibling_groups_held(self) -> frozenset[GroupId | None]:
        """Sibling groups of which some worker holds a case."""
        return frozenset(group for worker in self.workers for group in worker.sibling_groups)

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

    def part(self, cases: Sequence[int], workers: Sequence[int]) -> "AllocationProblem":
        """Give the problem of some cases and workers, by their places and in this order; the caps stay as they are."""

        def some(figures: Figures | None) -> Figures | None:
            return None if figures is None else in_order(figures, cases, workers)

        chosen = {self.cases[c].case_id for c in cases}
        there = {self.workers[w].worker_id for w in workers}
        return AllocationProblem(
            workers=tuple(self.workers[w] for w in workers),
            cases=tuple(self.cases[c] for c in cases),
            added_load=in_order(self.added_load, cases, workers),
            added_load_co=in_order(self.added_load_co, cases, workers),
            caps=self.caps,
            pinned=frozenset((case, who) for case, who in self.pinned if case in chosen and who in there),
            forbidden=frozenset((case, who) for case, who in self.forbidden if case in chosen and who in there),
            added_variance=some(self.added_variance),
            added_variance_co=some(self.added_variance_co),
            hours=some(self.hours),
            cost=some(self.cost),
        )

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

    @cached_property
    def primaries(self) -> dict[WorkerId, tuple[CaseId, ...]]:
        """Cases that each worker would have as primary, sorted; a worker with none is not in it."""
        return _by_worker(self.primary)

    @cached_property
    def co_working(self) -> dict[WorkerId, tuple[CaseId, ...]]:
        """Cases that each worker would co-work, sorted; a worker with none is not in it."""
        return _by_worker(self.co_worker)

    def primaries_of(self, worker_id: WorkerId) -> tuple[CaseId, ...]:
        """Cases for which this worker would be primary, sorted."""
        return self.primaries.get(worker_id, ())

    def co_working_of(self, worker_id: WorkerId) -> tuple[CaseId, ...]:
        """Cases that this worker would co-work, sorted."""
        return self.co_working.get(worker_id, ())

    def receivers(self, problem: AllocationProblem) -> frozenset[WorkerId]:
        """Workers who would receive something new; keeping a case that could have moved is not receiving."""
        new = {who for case_id, who in self.primary.items() if problem.case(case_id).current_worker_id != who}
        return frozenset(new | set(self.co_worker.values()))


def _by_worker(pairs: Mapping[CaseId, WorkerId]) -> dict[WorkerId, tuple[CaseId, ...]]:
    found: dict[WorkerId, list[CaseId]] = {}
    for case_id, worker_id in sorted(pairs.items()):
        found.setdefault(worker_id, []).append(case_id)
    return {worker_id: tuple(case_ids) for worker_id, case_ids in found.items()}


_PROBLEM = TypeAdapter(AllocationProblem)

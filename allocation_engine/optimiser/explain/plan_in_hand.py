"""What a change of a few assignments does to a plan: its rules and its score, from the workers whom it touches alone."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial

from domain.allocation import AllocationProblem, Candidate, CaseNeed, Plan, Score, blocked, score
from domain.allocation.rules import CASELOAD_RULES
from domain.allocation.rules.plans import (
    co_worker_required,
    moves_allowed,
    one_primary,
    peers_apart,
    pinned_pair,
    siblings_together,
)
from domain.allocation.score import (
    cost_of,
    discontinuity_points,
    harm_per_capacity,
    load_ratio,
    mismatch_points,
    waiting_weight,
)
from domain.identifiers import CaseId, GroupId, WorkerId
from domain.rejection import Rejection
from domain.vocabulary import AssignmentRole, HarmType, Priority

Seats = tuple[WorkerId | None, WorkerId | None]
"""Who has a case: its primary worker and its co-worker, None for nobody."""

Change = Mapping[CaseId, Seats]
"""The cases that change hands, with who has them then; every other case stays as planned."""

Place = tuple[CaseId, WorkerId | None, WorkerId | None]
"""A case with its primary worker before and after a change."""

_OF_GROUPS = (siblings_together, peers_apart, co_worker_required)
_IN_GROUPS = ("sibling_group", "peer_group")


class PlanInHand:
    """A plan with what is needed to say, worker by worker, what a change would do to it."""

    def __init__(self, problem: AllocationProblem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self._parts: dict[frozenset[CaseId], AllocationProblem] = {}
        self._minimum = any(worker.caseload_minimum > 0 for worker in problem.workers)

    @cached_property
    def score(self) -> Score:
        """What the plan is worth."""
        return score(self.problem, self.plan)

    def seats(self, case_id: CaseId, change: Change) -> Seats:
        """Give who has a case after a change."""
        if case_id in change:
            return change[case_id]
        return self.plan.primary.get(case_id), self.plan.co_worker.get(case_id)

    def after(self, change: Change) -> Plan:
        """Give the whole plan after a change."""
        primary, co_worker = dict(self.plan.primary), dict(self.plan.co_worker)
        for case_id, seats in change.items():
            for pairs, worker_id in zip((primary, co_worker), seats, strict=True):
                if worker_id is None:
                    pairs.pop(case_id, None)
                else:
                    pairs[case_id] = worker_id
        return Plan(dict(sorted(primary.items())), dict(sorted(co_worker.items())))

    def touched(self, change: Change) -> list[WorkerId]:
        """Give the workers who gain or lose something, by id."""
        before = {who for case_id in change for who in self.seats(case_id, {})}
        after = {who for seats in change.values() for who in seats}
        return sorted(who for who in before | after if who is not None)

    def held_after(self, change: Change) -> Plan:
        """Give all that the workers whom a change touches would have then, and nothing else."""
        return self._held_by(self.touched(change), change)

    def handed_to(self, case_id: CaseId, worker_id: WorkerId, change: Change | None = None) -> Change:
        """Give the change with this case, and its planned siblings with it, going to another worker.

        Where that worker was to co-work one of them, the two change places: nobody holds a case twice.
        """
        change = change or {}
        group = self.problem.case(case_id).sibling_group
        with_it = [one.case_id for one in self.members("sibling_group", group) if self.seats(one.case_id, change)[0]]
        handed: dict[CaseId, Seats] = {}
        for one in dict.fromkeys([case_id, *with_it]):
            primary, co_worker = self.seats(one, change)
            handed[one] = (worker_id, primary if co_worker == worker_id and primary is not None else co_worker)
        return {**change, **handed}

    def left_waiting(self, case_id: CaseId, change: Change) -> Change:
        """Give the change with this case left waiting."""
        return {**change, case_id: (None, None)}

    def members(self, by: str, group: GroupId | None) -> tuple[CaseNeed, ...]:
        """Give the cases of one sibling or peer group."""
        return () if group is None else self._groups[by].get(group, ())

    def faults(self, change: Change) -> Iterator[Rejection]:
        """Give what a change would break, in the order in which `violations` has it."""
        yield from self._dropped(change)
        for place, role in enumerate(AssignmentRole):
            for case_id, seats in sorted(change.items()):
                who = seats[place]
                if who is not None and who != self.seats(case_id, {})[place]:
                    case = self.problem.case(case_id)
                    rejection = blocked(self.problem, self.problem.worker(who), case, role)
                    if rejection is not None:
                        yield rejection
        touched = self.touched(change)
        held = self._held_by(touched, change)
        for rule in CASELOAD_RULES:
            if rule.code != "caseload_minimum" or self._minimum:
                for rejection in rule.rejections(self.problem, held):
                    if rejection.subject in touched:
                        yield rejection
        yield from self._faults_of_the_whole(change)

    def score_after(self, change: Change) -> Score:
        """Score the plan after a change."""
        touched = self.touched(change)
        held = self._held_by(touched, change)
        before = self._held_by(touched, {})
        receivers = held.receivers(self.problem)
        ratios = {who: self._ratio(held, who) for who in touched}
        others = [ratio for ratio, who in self.ratios if who not in ratios]
        places = [(case_id, self.seats(case_id, {})[0], seats[0]) for case_id, seats in change.items()]
        now, problem = self.score, self.problem
        return Score(
            unallocated=self._unallocated(places),
            ratios=tuple(sorted([*others, *(ratios[who] for who in receivers)], reverse=True)),
            squares=now.squares + sum(self._square(held, who) - self._square(before, who) for who in touched),
            harm_balance=sum(self._exposures(held, touched).values()),
            mismatch=now.mismatch + round(self._rise(mismatch_points, places)),
            discontinuity=now.discontinuity + round(self._rise(partial(discontinuity_points, problem), places)),
            cost=now.cost + (self._rise(partial(cost_of, problem), places) if problem.cost is not None else 0.0),
        )

    @cached_property
    def _groups(self) -> dict[str, dict[GroupId, tuple[CaseNeed, ...]]]:
        found: dict[str, dict[GroupId, list[CaseNeed]]] = {by: {} for by in _IN_GROUPS}
        for case in self.problem.cases:
            for by in _IN_GROUPS:
                group: GroupId | None = getattr(case, by)
                if group is not None:
                    found[by].setdefault(group, []).append(case)
        return {by: {group: tuple(cases) for group, cases in groups.items()} for by, groups in found.items()}

    @cached_property
    def _pins(self) -> dict[CaseId, frozenset[WorkerId]]:
        pinned = self.problem.pinned
        return {case_id: frozenset(who for one, who in pinned if one == case_id) for case_id, _ in pinned}

    @cached_property
    def _moved(self) -> int:
        return sum(self._moves(case_id, self.seats(case_id, {})[0]) for case_id in self.plan.primary)

    @cached_property
    def ratios(self) -> list[tuple[float, WorkerId]]:
        """The load ratio of everybody who receives something, by worker id."""
        return [(self._ratio(self.plan, who), who) for who in sorted(self.plan.receivers(self.problem))]

    @cached_property
    def _exposed(self) -> dict[HarmType, list[tuple[float, WorkerId]]]:
        """For each harm type received, its number per capacity for those who receive it, largest first."""
        found: dict[HarmType, list[tuple[float, WorkerId]]] = {}
        for who in self.plan.primaries:
            for harm, exposure in self._exposure_of(self.plan, who).items():
                found.setdefault(harm, []).append((exposure, who))
        return {harm: sorted(exposures, reverse=True) for harm, exposures in found.items()}

    def _held_by(self, workers: list[WorkerId], change: Change) -> Plan:
        primary: dict[CaseId, WorkerId] = {}
        co_worker: dict[CaseId, WorkerId] = {}
        for who in workers:
            primary.update((one, who) for one in self.plan.primaries_of(who) if one not in change)
            co_worker.update((one, who) for one in self.plan.co_working_of(who) if one not in change)
        for case_id, (first, second) in change.items():
            if first is not None:
                primary[case_id] = first
            if second is not None:
                co_worker[case_id] = second
        return Plan(primary, co_worker)

    def _moves(self, case_id: CaseId, who: WorkerId | None) -> bool:
        current = self.problem.case(case_id).current_worker_id
        return current is not None and who is not None and who != current

    def _dropped(self, change: Change) -> Iterator[Rejection]:
        held = [case_id for case_id in change if self.problem.case(case_id).current_worker_id is not None]
        if any(change[case_id][0] is None for case_id in held):
            yield from (one for one in one_primary.rejections(self.problem, self.after(change)) if one.subject in held)

    def _faults_of_the_whole(self, change: Change) -> Iterator[Rejection]:
        part = self._part(frozenset(change))
        here = [(case.case_id, self.seats(case.case_id, change)) for case in part.cases]
        plan = Plan(
            {case_id: who for case_id, (who, _) in here if who is not None},
            {case_id: who for case_id, (_, who) in here if who is not None},
        )
        for rule in _OF_GROUPS:
            yield from rule.rejections(part, plan)
        less = sum(self._moves(case_id, self.seats(case_id, {})[0]) for case_id in change)
        moved = self._moved - less + sum(self._moves(case_id, seats[0]) for case_id, seats in change.items())
        if moved > self.problem.caps.moves_allowed:
            yield from moves_allowed.rejections(self.problem, self.after(change))
        if any(self._pins[case_id] != {seats[0]} for case_id, seats in change.items() if case_id in self._pins):
            whole = pinned_pair.rejections(self.problem, self.after(change))
            yield from (one for one in whole if one.subject in change)

    def _part(self, changed: frozenset[CaseId]) -> AllocationProblem:
        """Give the changed cases with those of their groups as a problem of their own, without any worker."""
        if changed not in self._parts:
            cases = [self.problem.case(case_id) for case_id in changed]
            together = {
                one.case_id for case in cases for by in _IN_GROUPS for one in self.members(by, getattr(case, by))
            }
            places = sorted(self.problem.case_index[case_id] for case_id in changed | together)
            self._parts[changed] = self.problem.part(places, [])
        return self._parts[changed]

    def _unallocated(self, places: list[Place]) -> tuple[int, ...]:
        points = dict(zip(Priority, self.score.unallocated, strict=True))
        for case_id, before, after in places:
            case = self.problem.case(case_id)
            points[case.priority] += waiting_weight(case) * ((after is None) - (before is None))
        return tuple(points.values())

    def _ratio(self, held: Plan, who: WorkerId) -> float:
        return load_ratio(self.problem, held, self.problem.worker(who))

    def _square(self, held: Plan, who: WorkerId) -> float:
        return self._ratio(held, who) ** 2 if self.problem.worker(who).capacity else 0.0

    def _rise(self, points: Callable[[Candidate, CaseNeed], float], places: list[Place]) -> float:
        rise = 0.0
        for case_id, before, after in places:
            case = self.problem.case(case_id)
            for who, sign in ((before, -1), (after, 1)):
                if who is not None:
                    rise += sign * points(self.problem.worker(who), case)
        return rise

    def _exposure_of(self, held: Plan, who: WorkerId) -> dict[HarmType, float]:
        placed: dict[HarmType, int] = {}
        received: set[HarmType] = set()
        for case_id in held.primaries_of(who):
            case = self.problem.case(case_id)
            for harm in set(case.harm_types or ()):
                placed[harm] = placed.get(harm, 0) + 1
                if case.current_worker_id != who:
                    received.add(harm)
        worker = self.problem.worker(who)
        return {harm: harm_per_capacity(worker, harm, placed[harm]) for harm in received}

    def _exposures(self, held: Plan, touched: list[WorkerId]) -> dict[HarmType, float]:
        largest: dict[HarmType, float] = {}
        for harm, exposures in self._exposed.items():
            others = next((exposure for exposure, who in exposures if who not in touched), None)
            if others is not None:
                largest[harm] = others
        for who in touched:
            for harm, exposure in self._exposure_of(held, who).items():
                largest[harm] = max(largest.get(harm, 0.0), exposure)
        return largest

"""What every peer is given: the problem with its rules worked out to who may take what and how much room there is.

The rules are those of `domain.allocation`, two of them a little stricter so that each is one capacity: the share of a
harm type is reckoned as if a worker received cases of that type alone, and hours are counted in hundredths.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf

from domain.allocation import AllocationProblem, Candidate, CaseNeed, blocked, figure
from domain.allocation.rules.caseloads import most_of_one_harm
from domain.allocation.score import cost_of, waiting_weight
from domain.vocabulary import AssignmentRole, HarmType, Priority

RATIO = 10**6
"""Steps in a load over capacity of 1."""

HUNDREDTHS = 100
"""Steps in an hour, and in a load over capacity where it is held against a limit."""

SLACK = 1e-6
HARMS = tuple(HarmType)


@dataclass(frozen=True)
class Key:
    """A capacity: room for so much, of one kind, with one worker."""

    worker: int
    room: int


@dataclass(frozen=True)
class Take:
    """A case with one worker in one role: what it adds to the load ratio, what it costs, and what it takes of which key."""

    case: int
    worker: int
    added: int
    cost: int
    uses: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Instance:
    """The problem as peers see it, in whole numbers.

    Attributes
    ----------
    base
        Load over capacity that each worker carries already [step].
    minimum
        Cases that each worker is to receive at least.
    weights
        What each case left waiting counts, by priority.
    areas
        Of each case; None where one worker may have several.
    siblings
        Groups of cases that go to one worker, if at all.
    must_place
        Whether leaving a case is no answer.
    limit
        Most load over capacity that anybody may come to [step]; None without such a limit.
    """

    base: tuple[int, ...]
    minimum: tuple[int, ...]
    weights: tuple[tuple[int, int, int], ...]
    areas: tuple[str, ...] | None
    siblings: tuple[tuple[int, ...], ...]
    keys: tuple[Key, ...]
    primary: tuple[tuple[Take, ...], ...]
    co_worker: tuple[tuple[Take, ...], ...]
    needs_co_worker: tuple[bool, ...]
    must_place: bool
    has_cost: bool
    limit: int | None


def instance_of(problem: AllocationProblem, *, must_place: bool = False) -> Instance:
    """Work a problem out for the peers; held cases that may move, pins and deviations are not in these benchmarks."""
    assert not problem.pinned, "no peer here knows pins"
    assert not problem.looks_at_variance, "no peer here knows deviations"
    assert all(case.current_worker_id is None for case in problem.cases), "no peer here knows moves"
    return _Making(problem).instance(must_place=must_place)


class _Making:
    def __init__(self, problem: AllocationProblem) -> None:
        self.problem = problem
        self.keys: list[Key] = []
        self.places: dict[tuple[str, int], int] = {}
        self.of_team: dict[object, list[int]] = {}
        for w, worker in enumerate(problem.workers):
            self.of_team.setdefault(worker.team_id, []).append(w)

    def instance(self, *, must_place: bool) -> Instance:
        problem = self.problem
        siblings: dict[object, list[int]] = {}
        for c, case in enumerate(problem.cases):
            if case.sibling_group is not None:
                siblings.setdefault(case.sibling_group, []).append(c)
        primary = tuple(tuple(self._takes(c, AssignmentRole.PRIMARY)) for c in range(len(problem.cases)))
        co_worker = tuple(
            tuple(self._takes(c, AssignmentRole.CO_WORKER)) if case.needs_co_worker else ()
            for c, case in enumerate(problem.cases)
        )
        return Instance(
            base=tuple(_steps(one.predicted_load, one) for one in problem.workers),
            minimum=tuple(max(one.caseload_minimum - one.caseload, 0) for one in problem.workers),
            weights=tuple(_weights(case) for case in problem.cases),
            areas=tuple(str(case.area) for case in problem.cases) if problem.caps.one_area else None,
            siblings=tuple(tuple(group) for group in siblings.values() if len(group) > 1),
            keys=tuple(self.keys),
            primary=primary,
            co_worker=co_worker,
            needs_co_worker=tuple(case.needs_co_worker for case in problem.cases),
            must_place=must_place,
            has_cost=problem.cost is not None,
            limit=None if problem.caps.load_limit is None else round(problem.caps.load_limit * RATIO),
        )

    def _takes(self, c: int, role: AssignmentRole) -> Iterator[Take]:
        problem, case = self.problem, self.problem.cases[c]
        teams = [self.of_team.get(team, []) for team in case.teams] or [range(len(problem.workers))]
        primary = role is AssignmentRole.PRIMARY
        for w in sorted(w for team in teams for w in team):
            worker = problem.workers[w]
            if blocked(problem, worker, case, role) is not None:
                continue
            load = figure(problem.added_load if primary else problem.added_load_co, c, w)
            uses = tuple(self._uses(c, w, load, primary=primary))
            if all(amount <= self.keys[key].room for key, amount in uses):
                cost = round(cost_of(problem, worker, case)) if primary else 0
                yield Take(c, w, _steps(load, worker), cost, uses)

    def _uses(self, c: int, w: int, load: float, *, primary: bool) -> Iterator[tuple[int, int]]:
        problem, worker, case = self.problem, self.problem.workers[w], self.problem.cases[c]
        hours = problem.hours_of(c, w) * (1.0 if primary else problem.caps.co_worker_hours_share)
        if hours:
            room = floor((worker.hours_available - worker.hours_taken) * HUNDREDTHS + SLACK)
            yield self._key("hours", w, room), ceil(hours * HUNDREDTHS - SLACK)
        if problem.caps.load_limit is not None and load:
            left = problem.caps.load_limit - worker.predicted_load / (worker.capacity or inf)
            amount = ceil(load / (worker.capacity or inf) * HUNDREDTHS - SLACK)
            yield self._key("limit", w, floor(left * HUNDREDTHS + SLACK)), amount
        if not primary:
            return
        new = inf if worker.new_cases_cap is None else worker.new_cases_cap
        yield self._key("cases", w, int(min(worker.caseload_cap - worker.caseload, new))), 1
        if case.is_high_risk:
            yield self._key("high", w, worker.high_risk_cap - worker.high_risk), 1
        for harm in HARMS:
            if harm in (case.harm_types or ()):
                yield self._key(f"harm {harm}", w, self._harm_room(worker, harm)), 1
        if case.peer_group is not None:
            yield self._key(f"peers {case.peer_group}", w, 1), 1

    def _harm_room(self, worker: Candidate, harm: HarmType) -> int:
        caps, held = self.problem.caps, worker.by_harm.get(harm, 0)
        most, found = worker.harm_type_cap - held, 0
        while found < min(most, len(self.problem.cases)):
            allowed = most_of_one_harm(caps.harm_type_share, caps.harm_type_share_from, worker.caseload + found + 1)
            if held + found + 1 > allowed:
                break
            found += 1
        return found

    def _key(self, kind: str, worker: int, room: int) -> int:
        if (kind, worker) not in self.places:
            self.places[kind, worker] = len(self.keys)
            self.keys.append(Key(worker, max(room, 0)))
        return self.places[kind, worker]


def units_of(instance: Instance) -> list[tuple[int, ...]]:
    """Give the cases that are dealt with as one: siblings, and every other case by itself; the hardest first."""
    grouped = {case for group in instance.siblings for case in group}
    units = [*instance.siblings, *((c,) for c in range(len(instance.weights)) if c not in grouped)]
    load = [max((take.added for take in takes), default=0) for takes in instance.primary]

    def hardest_first(unit: Sequence[int]) -> tuple[int, ...]:
        waiting = (sum(instance.weights[c][level] for c in unit) for level in range(3))
        return (*(-weight for weight in waiting), -len(unit), -sum(load[c] for c in unit), unit[0])

    return sorted(units, key=hardest_first)


def _steps(load: float, worker: Candidate) -> int:
    return round(load / worker.capacity * RATIO) if worker.capacity else 0


def _weights(case: CaseNeed) -> tuple[int, int, int]:
    urgent, high, routine = (waiting_weight(case) if case.priority is one else 0 for one in Priority)
    return urgent, high, routine

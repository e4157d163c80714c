"""Problems by the roll of dice: every rule that the domain knows, some of them in play at a time so that they bind."""

from collections.abc import Callable, Sequence
from enum import Enum, auto
from random import Random
from typing import Protocol, TypeVar

from domain.allocation import AllocationProblem, Candidate, Caps, CaseNeed, Factors, Figures
from domain.identifiers import CaseId, GroupId, TeamId, WorkerId
from domain.vocabulary import HarmType, Priority, RiskLevel, Role

T = TypeVar("T")
Pairs = frozenset[tuple[CaseId, WorkerId]]

TEAMS = [TeamId("t-1"), TeamId("t-2")]
AREAS = ["north", "south"]
HARMS = [HarmType.GANGS, HarmType.MISSING, HarmType.TRAFFICKING]
STRANGER = WorkerId("w-gone")
"""A worker whom cases name and the problem does not."""


class Play(Enum):
    """What is in play in a problem; what is not is left so loose that it never binds."""

    HOURS_UNKNOWN = auto()
    AWAY = auto()
    ROLES = auto()
    CONFLICTS = auto()
    TEAMS = auto()
    SKILLS = auto()
    PEERS = auto()
    SIBLINGS = auto()
    CO_WORKERS = auto()
    HELD = auto()
    PINNED = auto()
    FORBIDDEN = auto()
    CASELOAD_CAP = auto()
    CASELOAD_MINIMUM = auto()
    NEW_CASES_CAP = auto()
    HIGH_RISK_CAP = auto()
    HARM_TYPE_CAP = auto()
    HARM_TYPE_SHARE = auto()
    PROTECTED_HOURS = auto()
    HOURS_BY_WORKER = auto()
    ONE_AREA = auto()
    LOAD_LIMIT = auto()
    DEVIATIONS = auto()
    COST = auto()
    KNOWN = auto()
    MATCH = auto()
    CARRIED = auto()
    WITHOUT_LOAD = auto()
    ALIKE = auto()
    FACTORS = auto()
    NINETY = auto()
    """Capacities of which a load point is no whole number of millionths."""
    FINE = auto()
    """Figures with every digit, so that nothing is equal by chance."""


class Dice(Protocol):
    """What problems are made with: hypothesis's draws, or a seeded generator."""

    def whole(self, low: int, high: int) -> int:
        """Give a whole number from low to high, both included."""

    def one_of(self, options: Sequence[T]) -> T:
        """Give one of some options."""


class Seeded:
    """Dice that fall the same way for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def whole(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def one_of(self, options: Sequence[T]) -> T:
        return self._random.choice(options)


def make_problem(dice: Dice, play: frozenset[Play], workers: int, cases: int) -> AllocationProblem:
    """Make a problem of so many workers and cases."""
    return _Maker(dice, play, workers, cases).problem()


class _Maker:
    """Makes one problem: what is not in play is not rolled for."""

    def __init__(self, dice: Dice, play: frozenset[Play], workers: int, cases: int) -> None:
        self.dice, self.play, self.per_worker = dice, play, max(cases // max(workers, 1), 1)
        self.worker_ids = [WorkerId(f"w-{number:02}") for number in range(1, workers + 1)]
        self.case_ids = [CaseId(f"c-{number:02}") for number in range(1, cases + 1)]
        self.groups = [GroupId(f"g-{number}") for number in range(1, 3 + cases // 3)]
        self.may_be_gone = self.of(Play.HELD, lambda: self.chance(1, 8), otherwise=False)

    def of(self, play: Play, roll: Callable[[], T], otherwise: T) -> T:
        return roll() if play in self.play else otherwise

    def chance(self, times: int, of: int) -> bool:
        return self.dice.whole(1, of) > of - times

    def some(self, options: Sequence[T], most: int = 1) -> frozenset[T]:
        return frozenset(self.dice.one_of(options) for _ in range(self.dice.whole(0, most))) if options else frozenset()

    def figure(self, most: int, low: int = 0) -> float:
        if Play.FINE in self.play:
            return self.dice.whole(low * 10**9, most * 10**9 - 1) / 10**9
        return float(self.dice.whole(low, most))

    def problem(self) -> AllocationProblem:
        looks_at_variance = {Play.LOAD_LIMIT, Play.DEVIATIONS} <= self.play
        waiting = tuple(self.case(case_id) for case_id in self.case_ids)
        return AllocationProblem(
            workers=self.workers(),
            cases=waiting,
            added_load=self.loads(12),
            added_load_co=self.loads(6),
            caps=self.caps(),
            pinned=self.of(Play.PINNED, self.pairs, frozenset()),
            forbidden=self.of(Play.FORBIDDEN, self.pairs, frozenset()),
            added_variance=self.figures(60) if looks_at_variance else None,
            added_variance_co=self.figures(30) if looks_at_variance else None,
            hours=self.of(Play.HOURS_BY_WORKER, lambda: self.figures(6), None),
            cost=self.of(Play.COST, lambda: self.figures(9), None),
        )

    def workers(self) -> tuple[Candidate, ...]:
        made: list[Candidate] = []
        for worker_id in self.worker_ids:
            if Play.ALIKE in self.play and made and self.chance(2, 3):
                like = vars(self.dice.one_of(made))
                made.append(Candidate(**{**like, "worker_id": worker_id}))
            else:
                made.append(self.worker(worker_id))
        return tuple(made)

    def worker(self, worker_id: WorkerId) -> Candidate:
        dice, few = self.dice, 2 * self.per_worker
        caseload = dice.whole(0, 4)
        by_harm = {harm: dice.whole(0, caseload) for harm in HARMS if self.chance(1, 3)}
        areas_held = self.of(Play.ONE_AREA, lambda: self.some(AREAS, 2), frozenset[str]())
        capacities = [90.0, 60.0, 70.0] if Play.NINETY in self.play else [100.0, 100.0, 50.0, 80.0]
        unknown: list[float | None] = [None, 0.0] if Play.HOURS_UNKNOWN in self.play else []
        lacking = self.of(Play.CASELOAD_MINIMUM, lambda: dice.one_of([0] * 7 + [1, self.per_worker]), 0)
        return Candidate(
            worker_id=worker_id,
            predicted_load=self.of(Play.CARRIED, self.figures_carried, 0.0),
            capacity=dice.one_of([*capacities, *unknown]),
            caseload_cap=caseload + self.of(Play.CASELOAD_CAP, lambda: dice.whole(-1, few), 1_000),
            high_risk_cap=self.of(Play.HIGH_RISK_CAP, lambda: dice.whole(0, few), 1_000),
            harm_type_cap=self.of(Play.HARM_TYPE_CAP, lambda: dice.whole(0, few + 2), 1_000),
            hours_available=30.0,
            new_cases_cap=self.of(Play.NEW_CASES_CAP, lambda: dice.one_of([None, *range(few + 1)]), None),
            hours_taken=self.of(Play.PROTECTED_HOURS, lambda: 31.0 - self.figure(8 * self.per_worker), 0.0),
            caseload=caseload,
            high_risk=dice.whole(0, min(2, caseload)),
            by_harm=by_harm,
            away=self.of(Play.AWAY, lambda: self.chance(1, 3), otherwise=False),
            role=self.of(Play.ROLES, lambda: dice.one_of([None, Role.SOCIAL_WORKER, Role.YOUTH_WORKER]), None),
            team_id=self.of(Play.TEAMS, lambda: dice.one_of([None, *TEAMS]), None),
            area=self.of(Play.MATCH, lambda: dice.one_of([None, *AREAS]), None),
            skills=self.of(Play.SKILLS, lambda: self.some(["harm:gangs", "asylum"], 2), frozenset()),
            languages=self.of(Play.MATCH, lambda: self.some(["cy", "pl"], 2), frozenset()),
            sibling_groups=self.of(Play.SIBLINGS, lambda: self.some(self.groups), frozenset()),
            peer_groups=self.of(Play.PEERS, lambda: self.some(self.groups), frozenset()),
            predicted_variance=self.of(Play.DEVIATIONS, lambda: self.figure(400), None),
            caseload_minimum=caseload + lacking if lacking else 0,
            areas_held=areas_held if caseload else frozenset(),
        )

    def figures_carried(self) -> float:
        return self.figure(110 if self.chance(1, 4) else 60)

    def case(self, case_id: CaseId) -> CaseNeed:
        dice = self.dice
        somebody = [*self.worker_ids, STRANGER]
        holder = self.of(Play.HELD, self.holder, None)
        about_harm = {Play.HARM_TYPE_CAP, Play.HARM_TYPE_SHARE} & self.play or self.chance(1, 3)
        return CaseNeed(
            case_id=case_id,
            priority=dice.one_of(list(Priority)),
            waiting_days=dice.one_of([0.0, 0.0, 6.9, 7.0, 20.0, 500.0]),
            harm_types=tuple(sorted(self.some(HARMS, 2))) if about_harm else None,
            risk=dice.one_of([None, *RiskLevel]),
            hours=dice.one_of([0.0, 2.0, 2.5, 5.0]) if Play.FINE not in self.play else self.figure(6),
            needs=self.of(Play.SKILLS, lambda: self.some(["harm:gangs", "asylum"]), frozenset()),
            languages=self.of(Play.MATCH, lambda: self.some(["cy", "pl"]), frozenset()),
            area=dice.one_of([None, *AREAS]) if {Play.MATCH, Play.ONE_AREA} & self.play else None,
            sibling_group=self.of(Play.SIBLINGS, self.group, None),
            peer_group=self.of(Play.PEERS, self.group, None),
            conflicts=self.of(Play.CONFLICTS, lambda: self.some(somebody, 2), frozenset()),
            co_workers=self.of(Play.CO_WORKERS, lambda: self.some(somebody), frozenset()) - {holder},
            past_primaries=self.of(Play.KNOWN, lambda: tuple(sorted(self.some(somebody, 2))), ()),
            needs_co_worker=self.of(Play.CO_WORKERS, lambda: self.chance(1, 2), otherwise=False),
            current_worker_id=holder,
            teams=self.of(Play.TEAMS, lambda: self.some(TEAMS), frozenset()),
        )

    def group(self) -> GroupId | None:
        return self.dice.one_of(self.groups) if self.chance(1, 2) else None

    def holder(self) -> WorkerId | None:
        """Give who holds a case: nobody more often than not, and now and then somebody who is not there any more."""
        if self.chance(3, 5):
            return None
        return STRANGER if self.may_be_gone and self.chance(1, 6) else self.dice.one_of(self.worker_ids)

    def caps(self) -> Caps:
        dice = self.dice
        social, youth = frozenset({Role.SOCIAL_WORKER}), frozenset({Role.YOUTH_WORKER})
        share = self.of(Play.HARM_TYPE_SHARE, lambda: dice.one_of([0.5, 2 / 3, 0.75]), 1.0)
        limit = self.of(Play.LOAD_LIMIT, lambda: dice.one_of([0.4, 0.6, 0.8, 1.0]), None)
        return Caps(
            harm_type_share=share,
            harm_type_share_from=dice.whole(1, 5),
            co_worker_hours_share=dice.one_of([0.5, 0.3]),
            moves_allowed=self.of(Play.HELD, lambda: dice.one_of([0, 1, 2, len(self.case_ids)]), 0),
            primary_roles=self.of(Play.ROLES, lambda: dice.one_of([frozenset(Role), social, youth]), frozenset(Role)),
            co_worker_roles=self.of(Play.ROLES, lambda: dice.one_of([frozenset(Role), youth]), frozenset(Role)),
            load_limit=limit,
            deviations_above=self.of(Play.DEVIATIONS, lambda: dice.one_of([0.0, 0.5, 1.0, 2.0]), 0.0),
            one_area=Play.ONE_AREA in self.play,
        )

    def pairs(self) -> Pairs:
        chosen = range(self.dice.whole(0, 1 + len(self.case_ids) // 20))
        return frozenset((self.dice.one_of(self.case_ids), self.dice.one_of(self.worker_ids)) for _ in chosen)

    def loads(self, most: int) -> Figures:
        if Play.WITHOUT_LOAD not in self.play:
            return self.figures(most, low=1)
        zero = tuple(0.0 for _ in self.worker_ids)
        none = [self.chance(1, 2) for _ in self.case_ids]
        figures = self.table(most, 1)
        return tuple(zero if without else row for row, without in zip(figures, none, strict=True))

    def figures(self, most: int, low: int = 0) -> Figures:
        if Play.FACTORS in self.play:
            half = max(most // 4, 2)
            by_case = tuple((self.figure(half, low), self.figure(half)) for _ in self.case_ids)
            by_worker = tuple((self.figure(2, 1), self.figure(2)) for _ in self.worker_ids)
            return Factors(by_case, by_worker)
        return self.table(most, low)

    def table(self, most: int, low: int) -> tuple[tuple[float, ...], ...]:
        alike = Play.ALIKE in self.play
        rows = []
        for _ in self.case_ids:
            same = self.figure(most, low)
            rows.append(tuple(same if alike else self.figure(most, low) for _ in self.worker_ids))
        return tuple(rows)

"""The whole: bounds for every area and number of workers, made exact only where the best choice of numbers needs it.

A dynamic program over the areas chooses the numbers of workers by the bounds, which gives a bound on the whole; the
teams it chose are sharpened, and it chooses anew. Once plans for the chosen numbers reach the bound, it is proven.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from math import inf

import numpy as np

from allocation_engine.optimiser.areas.counts import Totals, totals
from allocation_engine.optimiser.areas.problem import UNREACHABLE, AreaAnswer, AreaProblem, Groups, Integers, Limits
from allocation_engine.optimiser.areas.spreading import least_by_spreading
from allocation_engine.optimiser.areas.team import Step, Team

KeepGoing = Callable[[float, float], bool]

LOOK_UP = 0.05
"""How often the caller is asked during a long search [s]; it changes nothing but how soon a stop is heeded."""

PROVEN_BY = {
    Step.NOTHING: "each area's number of units, and its load spread evenly over its workers",
    Step.RELAXED: "the linear relaxation over the caseloads of each area",
    Step.SEARCHED: "the caseloads of each area searched to the end",
}


def share_by_area(
    problem: AreaProblem, *, effort: float, seed: int = 0, threads: int = 1, keep_going: KeepGoing
) -> AreaAnswer:
    """Find the plan whose squared loads sum to least, and prove it as far as the effort goes.

    Parameters
    ----------
    effort
        Deterministic seconds for everything together; the same on every machine.
    seed
        Of the searches.
    threads
        How many areas are searched at once; changes how long it takes, not the answer.
    keep_going
        Asked often with the value of the best plan (infinite without one) and the bound; False ends the search.

    References
    ----------
    P. Schaus, P. Van Hentenryck, J.-C. Régin (2009), Scalable load balancing in nurse to patient assignment problems,
    CPAIOR.
    """
    search = _Search(problem.with_nobody_idle(), effort, seed, keep_going)
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        while not search.finished():
            search.sharpen(pool)
    return search.answer()


class _Search:
    """Teams by area and number of workers, and the best plan so far."""

    def __init__(self, problem: AreaProblem, effort: float, seed: int, keep_going: KeepGoing) -> None:
        self._workers = problem.workers
        most = max(map(len, problem.loads), default=0) if problem.most is None else problem.most
        largest = UNREACHABLE if problem.largest is None else problem.largest
        self._limits = Limits(problem.fewest, most, largest)
        self._order = [np.argsort(-loads, kind="stable") for loads in problem.loads]
        pairs = zip(problem.loads, self._order, strict=True)
        self._loads: list[Integers] = [loads[order].astype(np.int64) for loads, order in pairs]
        self._lower = [self._spread(loads) for loads in self._loads]
        self._upper = [np.full_like(row, UNREACHABLE) for row in self._lower]
        for lower, upper in zip(self._lower, self._upper, strict=True):
            upper[0] = lower[0]
        self._teams: dict[tuple[int, int], Team] = {}
        self._left = effort
        self._seed = seed
        self._keep_going = keep_going
        self._stopped = False
        self._value = UNREACHABLE
        self._plan: tuple[Groups, ...] = ()
        self._bounds = totals(self._lower, self._workers)

    def finished(self) -> bool:
        """Say whether there is nothing left to prove, no effort left, or the caller has had enough."""
        self._bounds = totals(self._lower, self._workers)
        self._see_plan()
        return (
            self._bounds.least >= self._value or self._bounds.least >= UNREACHABLE or self._left <= 0 or self._asked()
        )

    def sharpen(self, pool: ThreadPoolExecutor) -> None:
        """Take the next, cheapest step for those teams of the bounds' best choice that are not settled."""
        unsettled = self._unsettled()
        if not unsettled:
            self._left = 0.0
            return
        now = [(area, team, below) for area, team, below in unsettled if team.is_quick(below)]
        if now:
            for _, team, below in now:
                if self._asked():
                    break
                self._left -= team.sharpen(below, self._left)
        else:
            least = min(team.effort for _, team, _ in unsettled)
            now = [(area, team, below) for area, team, below in unsettled if team.effort == least]
            self._search(pool, [(team, below) for _, team, below in now])
        for area, team, _ in now:
            self._lower[area][team.count] = team.bound
            self._upper[area][team.count] = team.value

    def _search(self, pool: ThreadPoolExecutor, teams: list[tuple[Team, int]]) -> None:
        share = self._left / len(teams)
        running = {pool.submit(team.sharpen, below, share) for team, below in teams}
        waiting = running
        while waiting:
            _, waiting = wait(waiting, LOOK_UP)
            if self._asked():
                for team, _ in teams:
                    team.stop()
        self._left -= sum(sorted(one.result() for one in running))

    def _unsettled(self) -> list[tuple[int, Team, int]]:
        """Give the unsettled teams of the best choice by the bounds, each with the value it would have to be below."""
        found = []
        for area, count in enumerate(self._bounds.counts()):
            team = self._team(area, count)
            below = min(team.value, self._value - self._bounds.elsewhere(area, count))
            if count > 0 and team.bound < below and team.step < Step.SPENT:
                found.append((area, team, below))
        return found

    def _team(self, area: int, count: int) -> Team:
        if (area, count) not in self._teams:
            bound = int(self._lower[area][count])
            self._teams[area, count] = Team(self._loads[area], count, self._limits, bound, self._seed)
        return self._teams[area, count]

    def _spread(self, loads: Integers) -> Integers:
        fewest, most, largest = self._limits.fewest, self._limits.most, self._limits.largest
        counts = range(min(len(loads), self._workers) + 1)
        return np.array([least_by_spreading(loads, count, fewest, most, largest) for count in counts], dtype=np.int64)

    def _see_plan(self) -> None:
        """Put the best plan together from what is known of each area."""
        best: Totals = totals(self._upper, self._workers)
        if best.least >= self._value:
            return
        self._value = best.least
        self._plan = tuple(self._groups(area, count) for area, count in enumerate(best.counts()))

    def _groups(self, area: int, count: int) -> Groups:
        order = self._order[area]
        if count == 0:
            return ()
        return tuple(sorted(tuple(sorted(order[group].tolist())) for group in self._teams[area, count].plan))

    def _asked(self) -> bool:
        """Ask the caller whether to stop; once said, it stays."""
        value = inf if self._value >= UNREACHABLE else self._value
        self._stopped = self._stopped or not self._keep_going(value, min(self._bounds.least, value))
        return self._stopped

    def answer(self) -> AreaAnswer:
        """Give the best plan and what is proven."""
        infeasible = self._bounds.least >= UNREACHABLE
        dearest = max((team.proven_by for team in self._teams.values()), default=Step.NOTHING)
        value = inf if self._value >= UNREACHABLE else self._value
        bound = inf if infeasible else min(self._bounds.least, value)
        return AreaAnswer(self._plan, value, bound, PROVEN_BY[dearest], infeasible)

"""The whole search: prices and bound, a first plan, groups of workers anew, and between them attempts at a proof."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from allocation_engine.optimiser.knapsacks.beam import Search
from allocation_engine.optimiser.knapsacks.branch import go_on, new_trial, seconds_a_round
from allocation_engine.optimiser.knapsacks.certify import certified_bound
from allocation_engine.optimiser.knapsacks.neighbours import LEAST_WORK, SIDEWAYS, Kinds, beam_anew, groups, share_out
from allocation_engine.optimiser.knapsacks.pairs import Pairs, in_coarse_steps, only, pairs_of
from allocation_engine.optimiser.knapsacks.problem import Floats, Integers, KnapsackAnswer, KnapsackProblem
from allocation_engine.optimiser.knapsacks.pushing import pushed_in
from allocation_engine.optimiser.knapsacks.start import (
    FEW_PAIRS,
    first_plan,
    first_prices,
    losses,
    margins,
    mean_margin,
    nearest_pairs,
    pairs_for_beam,
    plan_by_beam,
    prices_of_hours,
    raised,
    rounded_plan,
    surest_first,
    work_of_beam,
)
from allocation_engine.optimiser.knapsacks.together import Together

PRICED = "Lagrangian relaxation, knapsacks priced exactly"
TRIED = "every pair that could improve it searched (branch and bound)"

NEAR = 10
"""Pairs of each unit from which groups are shared out anew."""

DIVES = ((8, 0.1), (8, 0.02), (12, 0.05), (25, 0.02))
"""Pairs of each unit, and share given at a time, of the dives tried one after another until one finds a plan."""

BEAMS, BEAM_SHARE = 4, 0.2
"""Beams over all units at the start, where there are many workers: at most, and the share of the effort they may take."""

MOST_IN_BEAMS = 12.0
"""The most that these may take [deterministic seconds]."""

GROUP_STEP = 0.3
"""First change of a price in a beam through a group [mean margin between the two best pairs of a unit]."""

PLANS_KEPT, BEAM_ROUNDS, BEAM_STEP, BEAM_SPREAD = 100, 40, 0.5, 0.3
"""Of such a beam: plans kept, rounds of prices, first change of a price [mean margin between two pairs of a unit], and how
much its order is left to chance [share of the margin]."""

BEAM_SIZES = (4, 12)
"""Workers in the groups that a beam goes through, from and up to."""

WORKERS_FOR_BEAMS = 30
"""Workers from whom on there are beams."""

UNITS_TO_ROUND = 15
"""Units for each worker from whom on the linear relaxation is rounded for a first plan."""

UNITS_IN_A_GROUP = 40
"""Units that the first groups hold together, about."""

LEAST_ROUNDS, MOST_ROUNDS, PRICE_SHARE = 50, 2_000, 0.3
"""Rounds of the first ascent, and the share of the effort that it may take."""

WORK_FOR_PROOF = 0.35
"""Share of the work that attempts at a proof take."""

WORK_FOR_FAR_PROOF, FAR = 0.05, 3e-4
"""The same among many workers while the plan is further from the bound than this share of it: there is none in reach."""

WORK_IN_A_ROUND, LEAST_PROOF = 0.5, 0.05
"""Work for the first attempt in a round, and the least for later ones [deterministic seconds]."""

CORES = 2.0
"""Cores that the effort is counted for."""

GROUPS_AT_ONCE = 8
"""Groups shared out in one round; the same whatever the number of threads."""


Piece = Callable[[], tuple[Integers, Integers, bool, float]]


class _Search:
    """What is known so far: the best plan, the bound and what proves it."""

    def __init__(self, problem: KnapsackProblem, seed: int, effort: float, together: Together) -> None:
        self.problem = problem
        self.together = together
        self.left = effort
        self.dice = np.random.Generator(np.random.PCG64(seed))
        self.worker_of: Integers | None = None
        self.value = np.inf
        self.loose, self.strict = in_coarse_steps(pairs_of(problem))
        costs = self.loose.cost
        self.whole = bool((costs == np.round(costs)).all()) and float(np.abs(costs).sum()) < 2.0**50
        highest = np.full(len(problem.cost), -np.inf)
        np.maximum.at(highest, self.loose.unit, costs)
        self.worst = float(highest.sum())
        self.step = 1.0 - 1e-6 if self.whole else 1e-9 * max(1.0, float(np.abs(highest).sum()))
        self.prices: Floats = np.zeros(len(problem.cost))
        self.bound, self.bound_by = -np.inf, PRICED
        self.infeasible = False
        self.spent = 0.0
        self.margin = 0.0

    @property
    def settled(self) -> bool:
        """Say whether there is nothing left to find, or no leave to look for it."""
        closed = self.value - self.bound <= (1e-9 if self.whole else 4.0 * self.step)
        return self.infeasible or closed or self.together.stopped or self.left <= 0.0

    @property
    def is_near(self) -> bool:
        """Say whether the plan is so near the bound that a proof may be in reach."""
        return self.value - self.bound <= FAR * abs(self.bound)

    def work(self, amount: float) -> None:
        """Book work done [deterministic seconds of one core; the effort is meant for two]."""
        self.left -= max(amount, LEAST_WORK) / CORES
        self.spent += amount

    def improve(self, worker_of: Integers) -> None:
        """Keep a plan that costs no more than the best so far."""
        value = self.problem.value(worker_of)
        if value <= self.value and self.problem.holds(worker_of):
            self.value, self.worker_of = value, worker_of

    def lift(self, bound: float, proof: str) -> None:
        """Keep a bound that is higher than the one so far."""
        if bound > self.bound:
            self.bound, self.bound_by = bound, proof

    def price(self) -> None:
        """Find good prices, and what they prove."""
        [self.prices] = self.together.run([partial(first_prices, self.loose)], self.value, self.bound)
        start, _ = losses(self.loose, self.prices)
        target = start + 0.01 * abs(start) + 1.0
        each = float(seconds_a_round(self.loose.free, len(self.loose.unit)))
        rounds = max(LEAST_ROUNDS, min(MOST_ROUNDS, int(PRICE_SHARE * self.left / each)))
        climb = partial(raised, self.loose, self.prices, target, rounds, self.together.stop)
        [(self.prices, used)] = self.together.run([climb], self.value, self.bound)
        self.work(used * each)
        self.lift(certified_bound(self.problem, self.prices), PRICED)
        if self.bound > self.worst + self.step:
            self.infeasible = True

    def begin(self) -> None:
        """Find a first plan: by a dive, by pushing in, or by trying everything where neither arrives."""
        base, loss = losses(self.loose, self.prices)
        if len(self.loose.unit) > FEW_PAIRS:
            self.push_in()
        if len(self.problem.cost) >= UNITS_TO_ROUND * len(self.problem.free):
            self.round_off(base, loss)
        if len(self.problem.free) >= WORKERS_FOR_BEAMS:
            self.beams(base, loss)
        for each, share in DIVES:
            if self.settled or self.worker_of is not None:
                return
            self.dive(only(self.strict, nearest_pairs(self.loose, loss, each)), base, share)
        if self.worker_of is None:
            self.push_in()
        self.find_any()

    def dive(self, near: Pairs, base: float, share: float) -> None:
        """Dive for a plan."""
        dive = partial(first_plan, near, self.prices, self.cutoff(base), share, self.together.stop)
        [(worker_of, work)] = self.together.run([dive], self.value, self.bound)
        self.work(work)
        if worker_of is not None:
            self.improve(worker_of)

    def round_off(self, base: float, loss: Floats) -> None:
        """Round the linear relaxation, which splits few units where each worker has many."""
        if not self.settled:
            near = only(self.strict, nearest_pairs(self.loose, loss, NEAR))
            rounded = partial(rounded_plan, near, self.prices, self.cutoff(base), self.together.stop)
            [(worker_of, work)] = self.together.run([rounded], self.value, self.bound)
            self.work(work)
            if worker_of is not None:
                self.improve(worker_of)

    def cutoff(self, base: float) -> float:
        """Give a cost above which no first plan is looked for."""
        return base + 0.02 * abs(base) + 5.0 * self.step + float(np.abs(self.loose.cost).max(initial=0.0))

    def beams(self, base: float, loss: Floats) -> None:
        """Go through all units by beams in different orders, as many as there is time for."""
        pieces: list[Callable[[], tuple[Integers | None, float]]] = []
        margin, work = margins(self.loose, loss), 0.0
        for _ in range(BEAMS):
            order = surest_first(margin, BEAM_SPREAD, self.dice)
            near = pairs_for_beam(self.strict, loss, order)
            work += work_of_beam(near, BEAM_ROUNDS)
            if self.settled or work > min(MOST_IN_BEAMS, BEAM_SHARE * CORES * self.left):
                break
            search = Search(PLANS_KEPT, BEAM_ROUNDS, BEAM_STEP * mean_margin(margin))
            cutoff = min(self.cutoff(base), self.value)
            pieces.append(partial(plan_by_beam, near, self.prices, order, search, cutoff, self.together.stop))
        for worker_of, took in self.together.run(pieces, self.value, self.bound):
            self.work(took)
            if worker_of is not None:
                self.improve(worker_of)

    def push_in(self) -> None:
        """Find a plan by pushing in, at prices of hours."""
        if not self.settled:
            dear = np.where(
                self.problem.allowed, self.problem.cost + prices_of_hours(self.loose) * self.problem.hours, np.inf
            )
            [found] = self.together.run([partial(pushed_in, self.problem, dear)], self.value, self.bound)
            if found is not None:
                self.improve(found)

    def find_any(self) -> None:
        """Try everything for a plan, or prove that there is none."""
        proof = _Proof(self, self.worst + 2.0 * self.step)
        while not self.settled and self.worker_of is None:
            [work] = self.together.run([partial(proof.go_on, WORK_IN_A_ROUND)], self.value, self.bound)
            self.work(work)
            if self.conclude(proof):
                return

    def conclude(self, proof: "_Proof") -> bool:
        """Draw the conclusions of an attempt at a proof so far; say whether it is over."""
        plan = proof.plan()
        if plan is not None:
            self.improve(plan)
        if proof.done and self.loose is self.strict:
            if plan is None and proof.target > self.worst:
                self.infeasible = True
            reached = min(proof.target, self.value)
            self.lift(reached if self.whole else reached - 2.0 * self.step, TRIED)
        return proof.done

    def improve_in_rounds(self) -> None:
        """Share groups out anew, round after round; in each round an attempt at a proof goes on for a while."""
        _, loss = losses(self.loose, self.prices)
        near_flags = nearest_pairs(self.loose, loss, NEAR)
        self.margin = mean_margin(margins(self.loose, loss))
        workers, units = len(self.problem.free), len(self.problem.cost)
        size = min(max(2, round(UNITS_IN_A_GROUP * workers / max(units, 1))), workers)
        proof, share, kinds = None, WORK_IN_A_ROUND, Kinds()
        while not self.settled and self.worker_of is not None:
            now, value = self.worker_of, self.value
            near = only(self.strict, near_flags | (now[self.strict.unit] == self.strict.worker))
            if proof is None and self.loose is self.strict:
                proof = _Proof(self, self.next_target())
            beams = workers >= WORKERS_FOR_BEAMS and kinds.next(self.dice)
            pieces = self.beams_into(near, now) if beams else self.tries(near, now, size)
            # the attempt goes first: it is the longest piece
            proving = self.together.begin(partial(proof.go_on, share)) if proof else None
            shared = self.together.run(pieces, self.value, self.bound)
            before = self.spent
            next_size = self.take(now, shared, size)
            size = size if beams else next_size
            kinds.learn(beams=beams, gained=value - self.value, work=self.spent - before)
            for_proof = WORK_FOR_PROOF if workers < WORKERS_FOR_BEAMS or self.is_near else WORK_FOR_FAR_PROOF
            share = max(for_proof / (1.0 - for_proof) * (self.spent - before), LEAST_PROOF)
            if proof and proving:
                self.work(self.together.end(proving, self.value, self.bound))
                proof = None if self.conclude(proof) else proof

    def tries(self, near: Pairs, now: Integers, size: int) -> list[Piece]:
        """Give groups in which everything is to be tried."""
        return [
            partial(
                share_out, near, self.prices, now, group, (self.step, self.dice.random() < SIDEWAYS), self.together.stop
            )
            for group in groups(near, now, size, self.dice)[:GROUPS_AT_ONCE]
        ]

    def beams_into(self, near: Pairs, now: Integers) -> list[Piece]:
        """Give larger groups, for beams."""
        least, most = BEAM_SIZES
        size = int(self.dice.integers(least, most + 1))
        return [
            partial(
                beam_anew,
                near,
                self.prices,
                now,
                group,
                (self.step, self.dice.random() < SIDEWAYS),
                GROUP_STEP * self.margin,
                int(self.dice.integers(2**31)),
                self.together.stop,
            )
            for group in groups(near, now, size, self.dice)[:GROUPS_AT_ONCE]
        ]

    def next_target(self) -> float:
        """Give the cost below which the next attempt searches: just above the bound, or half-way to the plan."""
        if self.whole:
            return min(self.value, self.bound + 1.0)
        return min(self.value, self.bound + max(0.5 * (self.value - self.bound), 8.0 * self.step))

    def take(self, now: Integers, shared: list[tuple[Integers, Integers, bool, float]], size: int) -> int:
        """Put the groups' new shares together; give the size of the next round's groups."""
        plan, complete = now.copy(), 0
        for units, new, done, work in shared:
            plan[units] = new
            complete += done
            self.work(work)
        self.improve(plan)
        if complete == len(shared):
            return min(size + 1, len(self.problem.free))
        return max(size - 1, 2) if complete < 0.5 * len(shared) else size


class _Proof:
    """An attempt to find any plan that costs less than a target, or to prove that there is none."""

    def __init__(self, search: _Search, target: float) -> None:
        base, loss = losses(search.loose, search.prices)
        self.target, self._step = target, search.step
        self._pairs = only(search.strict, base + loss[0] <= target - 0.5 * search.step)
        missing = (np.diff(self._pairs.unit_start) == 0).any()
        self._trial = None if missing else new_trial(self._pairs, search.prices, target, search.together.stop)

    @property
    def done(self) -> bool:
        """Say whether everything was tried."""
        return self._trial is None or bool(self._trial.depth[0] < 0)

    def go_on(self, most_work: float) -> float:
        """Go on for a while; give the work done."""
        return 0.0 if self._trial is None else float(go_on(self._pairs, self._trial, self._step, most_work))

    def plan(self) -> Integers | None:
        """Give the worker of each unit in the best plan found."""
        if self._trial is None or self._trial.means.best.min() < 0:
            return None
        workers: Integers = self._pairs.worker[self._trial.means.best]
        return workers


def least_cost(
    problem: KnapsackProblem,
    *,
    seed: int,
    effort: float,
    threads: int = 1,
    keep_going: Callable[[float, float], bool],
    start: Integers | None = None,
) -> KnapsackAnswer:
    """Give every unit to a worker at the least total cost, as far as the effort goes.

    Parameters
    ----------
    problem
        Costs, hours and free hours.
    seed
        Of the search.
    effort
        Deterministic seconds, about those of two cores; the same seed and effort give the same answer, whatever the
        machine and the number of threads.
    threads
        How many pieces run side by side.
    keep_going
        Asked several times a second with the best cost and the bound so far; False ends the search.
    start
        A plan to begin with, if one is known.

    Returns
    -------
    KnapsackAnswer
        The best plan, with the bound proven.
    """
    with ThreadPoolExecutor(max_workers=threads) as pool:
        search = _Search(problem, seed, effort, Together(pool, keep_going))
        if not problem.allowed.any(axis=1).all():
            return KnapsackAnswer(None, np.inf, np.inf, "a unit that fits no worker", search.prices, infeasible=True)
        if len(problem.cost) == 0:
            return KnapsackAnswer(np.zeros(0, dtype=np.int64), 0.0, 0.0, PRICED, search.prices, infeasible=False)
        if start is not None:
            search.improve(start)
        search.price()
        search.begin()
        search.improve_in_rounds()
    bound = np.inf if search.infeasible else min(search.bound, search.value)
    return KnapsackAnswer(search.worker_of, search.value, bound, search.bound_by, search.prices, search.infeasible)

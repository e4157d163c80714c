"""Timefold on a problem as JSON: `python timefold_peer.py PROBLEM PLAN`, in an environment that has `timefold`.

Written as its documentation has it: a variable for each unit over the unit's own options, constraint streams, a
bendable score with a level for each of ours, and its default phases (first fit, then late acceptance).
"""

# ruff: noqa: ARG005  a stream hands every lambda all that it carries

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Annotated

from timefold.solver import SolverFactory
from timefold.solver.config import Duration, ScoreDirectorFactoryConfig, SolverConfig, TerminationConfig
from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ProblemFactCollectionProperty,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import (
    BendableScore,
    Constraint,
    ConstraintCollectors,
    ConstraintFactory,
    Joiners,
    constraint_provider,
)

URGENT, HIGH, ROUTINE, HEAVIEST, LAST = range(5)


@dataclass
class Worker:
    """Somebody who takes units: the load ratio carried already, and the fewest cases to be given."""

    id: Annotated[int, PlanningId]
    base: int
    minimum: int


@dataclass
class Key:
    """A capacity."""

    id: Annotated[int, PlanningId]
    room: int


@dataclass
class Option:
    """What one choice of people for a unit comes to."""

    id: Annotated[int, PlanningId]
    primary: Worker
    cases: int
    cost: int
    area: int


@dataclass
class Share:
    """What an option adds to a worker's load ratio."""

    id: Annotated[int, PlanningId]
    option_id: int
    worker: Worker
    added: int


@dataclass
class Count:
    """What an option takes of a capacity."""

    id: Annotated[int, PlanningId]
    option_id: int
    key: Key
    amount: int


@planning_entity
@dataclass
class Unit:
    """Cases that are placed as one, or wait."""

    id: Annotated[int, PlanningId]
    urgent: int
    high: int
    routine: int
    options: Annotated[list[Option], ValueRangeProvider]
    option: Annotated[Option | None, PlanningVariable(allows_unassigned=True)] = field(default=None)


@planning_solution
@dataclass
class Problem:
    """All of it."""

    workers: Annotated[list[Worker], ProblemFactCollectionProperty]
    keys: Annotated[list[Key], ProblemFactCollectionProperty]
    shares: Annotated[list[Share], ProblemFactCollectionProperty]
    counts: Annotated[list[Count], ProblemFactCollectionProperty]
    units: Annotated[list[Unit], PlanningEntityCollectionProperty]
    score: Annotated[BendableScore | None, PlanningScore(bendable_hard_levels_size=1, bendable_soft_levels_size=5)] = (
        field(default=None)
    )


HARD = BendableScore.of_hard(1, 5, 0, 1)


def soft(level: int) -> BendableScore:
    """Give one point at a level."""
    return BendableScore.of_soft(1, 5, level, 1)


def constraints_for(told: dict) -> object:
    """Give the constraints that this problem has, and no others."""

    @constraint_provider
    def constraints(factory: ConstraintFactory) -> list[Constraint]:
        found = []
        if told["counts"]:
            found.append(capacities(factory))
        if told["must_place"]:
            found.append(must_be_placed(factory))
        else:
            found += waiting(factory)
        if told["one_area"]:
            found.append(one_area(factory))
        if any(worker["minimum"] for worker in told["workers"]):
            found += minimum(factory)
        if told["has_cost"]:
            found.append(cost(factory))
        else:
            found.append(squares(factory))
            if not told["must_place"]:
                found.append(heaviest(factory))
        return found

    return constraints


def capacities(factory: ConstraintFactory) -> Constraint:
    """No capacity is exceeded."""
    return (
        factory.for_each(Unit)
        .join(Count, Joiners.equal(lambda unit: unit.option.id, lambda count: count.option_id))
        .group_by(lambda unit, count: count.key, ConstraintCollectors.sum(lambda unit, count: count.amount))
        .filter(lambda key, total: total > key.room)
        .penalize(HARD, lambda key, total: total - key.room)
        .as_constraint("capacities")
    )


def must_be_placed(factory: ConstraintFactory) -> Constraint:
    """Every unit has somebody."""
    return (
        factory.for_each_including_unassigned(Unit)
        .filter(lambda unit: unit.option is None)
        .penalize(HARD, lambda unit: 1000)
        .as_constraint("must be placed")
    )


def waiting(factory: ConstraintFactory) -> list[Constraint]:
    """Little waits, urgent cases first."""

    def left() -> object:
        return factory.for_each_including_unassigned(Unit).filter(lambda unit: unit.option is None)

    return [
        left().penalize(soft(URGENT), lambda unit: unit.urgent).as_constraint("urgent"),
        left().penalize(soft(HIGH), lambda unit: unit.high).as_constraint("high"),
        left().penalize(soft(ROUTINE), lambda unit: unit.routine).as_constraint("routine"),
    ]


def one_area(factory: ConstraintFactory) -> Constraint:
    """All units of a worker lie in one area."""
    return (
        factory.for_each(Unit)
        .group_by(lambda unit: unit.option.primary, ConstraintCollectors.count_distinct(lambda unit: unit.option.area))
        .filter(lambda worker, areas: areas > 1)
        .penalize(HARD, lambda worker, areas: 100 * (areas - 1))
        .as_constraint("one area")
    )


def minimum(factory: ConstraintFactory) -> list[Constraint]:
    """Everybody has as many cases as they are to have."""
    return [
        factory.for_each(Unit)
        .group_by(lambda unit: unit.option.primary, ConstraintCollectors.sum(lambda unit: unit.option.cases))
        .filter(lambda worker, cases: cases < worker.minimum)
        .penalize(HARD, lambda worker, cases: 100 * (worker.minimum - cases))
        .as_constraint("minimum"),
        factory.for_each(Worker)
        .if_not_exists(Unit, Joiners.equal(lambda worker: worker.id, lambda unit: unit.option.primary.id))
        .penalize(HARD, lambda worker: 100 * worker.minimum)
        .as_constraint("nothing at all"),
    ]


def cost(factory: ConstraintFactory) -> Constraint:
    """Pairs cost little."""
    return factory.for_each(Unit).penalize(soft(LAST), lambda unit: unit.option.cost).as_constraint("cost")


def loads(factory: ConstraintFactory) -> object:
    """Give what each worker receives."""
    return (
        factory.for_each(Unit)
        .join(Share, Joiners.equal(lambda unit: unit.option.id, lambda share: share.option_id))
        .group_by(lambda unit, share: share.worker, ConstraintCollectors.sum(lambda unit, share: share.added))
    )


def squares(factory: ConstraintFactory) -> Constraint:
    """Let the sum of squares rise little."""
    return (
        loads(factory)
        .penalize(soft(LAST), lambda worker, added: (2 * worker.base + added) * added // 1000)
        .as_constraint("squares")
    )


def heaviest(factory: ConstraintFactory) -> Constraint:
    """Let the heaviest of those who receive something carry little."""
    return (
        loads(factory)
        .group_by(ConstraintCollectors.max(lambda worker, added: worker.base + added))
        .penalize(soft(HEAVIEST), lambda most: most)
        .as_constraint("heaviest")
    )


def problem_of(told: dict) -> Problem:
    """Read the problem."""
    workers = [Worker(w, one["base"], one["minimum"]) for w, one in enumerate(told["workers"])]
    keys = [Key(k, room) for k, room in enumerate(told["keys"])]
    options = [
        Option(o, workers[one["primary"]], one["cases"], one["cost"], one["area"])
        for o, one in enumerate(told["options"])
    ]
    shares = [Share(s, o, workers[w], added) for s, (o, w, added) in enumerate(told["shares"])]
    counts = [Count(c, o, keys[k], amount) for c, (o, k, amount) in enumerate(told["counts"])]
    units = [Unit(u, *one["weights"], [options[o] for o in one["options"]]) for u, one in enumerate(told["units"])]
    return Problem(workers, keys, shares, counts, units)


def main() -> None:
    """Read, search, write."""
    asked, answered = map(Path, sys.argv[1:])
    told = json.loads(asked.read_text("utf-8"))
    config = SolverConfig(
        solution_class=Problem,
        entity_class_list=[Unit],
        random_seed=told["seed"],
        score_director_factory_config=ScoreDirectorFactoryConfig(constraint_provider_function=constraints_for(told)),
        termination_config=TerminationConfig(spent_limit=Duration(milliseconds=int(told["seconds"] * 1000))),
    )
    solver = SolverFactory.create(config).build_solver()
    problem = problem_of(told)
    began = perf_counter()
    found = solver.solve(problem)
    seconds = perf_counter() - began
    chosen = [None if unit.option is None else unit.option.id for unit in sorted(found.units, key=lambda unit: unit.id)]
    answered.write_text(json.dumps({"chosen": chosen, "seconds": seconds, "score": str(found.score)}), "utf-8")


if __name__ == "__main__":
    main()

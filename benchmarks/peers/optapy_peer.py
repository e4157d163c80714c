"""OptaPy on a problem as JSON: `python optapy_peer.py PROBLEM PLAN`, in an environment that has `optapy`.

The same model as Timefold's, in OptaPy's own words: its documented defaults, first fit and then late acceptance.
"""

# ruff: noqa: A002, ANN001, ANN201, ANN202, ARG005, D102  OptaPy reads signatures, and a stream hands a lambda all it carries

import json
import sys
from pathlib import Path
from time import perf_counter

import optapy.types as optapy_types
from jpype import JInt
from optapy import (
    constraint_provider,
    planning_entity,
    planning_entity_collection_property,
    planning_id,
    planning_score,
    planning_solution,
    planning_variable,
    problem_fact,
    problem_fact_collection_property,
    solver_factory_create,
    value_range_provider,
)
from optapy.constraint import ConstraintCollectors, Joiners
from org.optaplanner.core.api.score.buildin.bendablelong import BendableLongScore

URGENT, HIGH, ROUTINE, HEAVIEST, LAST = range(5)


@problem_fact
class Worker:
    """Somebody who takes units: the load ratio carried already."""

    def __init__(self, id: int, base: int) -> None:
        self.id = id
        self.base = base

    @planning_id
    def get_id(self) -> int:
        return self.id


@problem_fact
class Key:
    """A capacity."""

    def __init__(self, id: int, room: int) -> None:
        self.id = id
        self.room = room

    @planning_id
    def get_id(self) -> int:
        return self.id


@problem_fact
class Option:
    """What one choice of people for a unit comes to; or that it waits, since OptaPy does not read what is null."""

    def __init__(self, id: int, waits: int) -> None:
        self.id = id
        self.waits = waits

    @planning_id
    def get_id(self) -> int:
        return self.id


@problem_fact
class Share:
    """What an option adds to a worker's load ratio."""

    def __init__(self, id: int, option_id: int, worker: Worker, added: int) -> None:
        self.id = id
        self.option_id = option_id
        self.worker = worker
        self.added = added

    @planning_id
    def get_id(self) -> int:
        return self.id


@problem_fact
class Count:
    """What an option takes of a capacity."""

    def __init__(self, id: int, option_id: int, key: Key, amount: int) -> None:
        self.id = id
        self.option_id = option_id
        self.key = key
        self.amount = amount

    @planning_id
    def get_id(self) -> int:
        return self.id


@planning_entity
class Unit:
    """Cases that are placed as one, or wait."""

    def __init__(self, id: int, urgent: int, high: int, routine: int, options: list, option: Option = None) -> None:
        self.id = id
        self.urgent = urgent
        self.high = high
        self.routine = routine
        self.options = options
        self.option = option

    @planning_id
    def get_id(self) -> int:
        return self.id

    @value_range_provider("options", value_range_type=Option)
    def get_options(self) -> list:
        return self.options

    @planning_variable(Option, ["options"])
    def get_option(self) -> Option:
        return self.option

    def set_option(self, option: Option) -> None:
        self.option = option


@planning_solution
class Problem:
    """All of it."""

    def __init__(
        self, workers: list, keys: list, shares: list, counts: list, units: list, score: object = None
    ) -> None:
        self.workers = workers
        self.keys = keys
        self.shares = shares
        self.counts = counts
        self.units = units
        self.score = score

    @problem_fact_collection_property(Worker)
    def get_workers(self) -> list:
        return self.workers

    @problem_fact_collection_property(Key)
    def get_keys(self) -> list:
        return self.keys

    @problem_fact_collection_property(Share)
    def get_shares(self) -> list:
        return self.shares

    @problem_fact_collection_property(Count)
    def get_counts(self) -> list:
        return self.counts

    @planning_entity_collection_property(Unit)
    def get_units(self) -> list:
        return self.units

    @planning_score(BendableLongScore, bendable_hard_levels_size=JInt(1), bendable_soft_levels_size=JInt(5))
    def get_score(self) -> BendableLongScore:
        return self.score

    def set_score(self, score: BendableLongScore) -> None:
        self.score = score


HARD = BendableLongScore.ofHard(1, 5, 0, 1)


def soft(level: int) -> BendableLongScore:
    """Give one point at a level."""
    return BendableLongScore.ofSoft(1, 5, level, 1)


@constraint_provider
def constraints(factory):
    """State what must hold and what is better, for generated services."""

    def loads():
        return (
            factory.for_each(Unit)
            .join(Share, Joiners.equal(lambda unit: unit.option.id, lambda share: share.option_id))
            .group_by(lambda unit, share: share.worker, ConstraintCollectors.sum(lambda unit, share: share.added))
        )

    def left():
        return factory.for_each(Unit).filter(lambda unit: unit.option.waits == 1)

    return [
        factory.for_each(Unit)
        .join(Count, Joiners.equal(lambda unit: unit.option.id, lambda count: count.option_id))
        .group_by(lambda unit, count: count.key, ConstraintCollectors.sum(lambda unit, count: count.amount))
        .filter(lambda key, total: total > key.room)
        .penalize("capacities", HARD, lambda key, total: total - key.room),
        left().penalize("urgent", soft(URGENT), lambda unit: unit.urgent),
        left().penalize("high", soft(HIGH), lambda unit: unit.high),
        left().penalize("routine", soft(ROUTINE), lambda unit: unit.routine),
        loads()
        .group_by(ConstraintCollectors.max(lambda worker, added: worker.base + added))
        .penalize("heaviest", soft(HEAVIEST), lambda most: most),
        loads().penalize("squares", soft(LAST), lambda worker, added: (2 * worker.base + added) * added // 10_000),
    ]


def problem_of(told: dict) -> Problem:
    """Read the problem."""
    workers = [Worker(w, one["base"]) for w, one in enumerate(told["workers"])]
    keys = [Key(k, room) for k, room in enumerate(told["keys"])]
    options = [Option(o, 0) for o in range(len(told["options"]))]
    shares = [Share(s, o, workers[w], added) for s, (o, w, added) in enumerate(told["shares"])]
    counts = [Count(c, o, keys[k], amount) for c, (o, k, amount) in enumerate(told["counts"])]
    units = []
    for u, one in enumerate(told["units"]):
        waiting = Option(len(options) + u, 1)
        units.append(Unit(u, *one["weights"], [*(options[o] for o in one["options"]), waiting]))
    return Problem(workers, keys, shares, counts, units)


def main() -> None:
    """Read, search, write."""
    asked, answered = map(Path, sys.argv[1:])
    told = json.loads(asked.read_text("utf-8"))
    config = (
        optapy_types.SolverConfig()
        .withSolutionClass(Problem)
        .withEntityClasses(Unit)
        .withConstraintProviderClass(constraints)
        .withRandomSeed(told["seed"])
        .withTerminationSpentLimit(optapy_types.Duration.ofMillis(int(told["seconds"] * 1000)))
    )
    solver = solver_factory_create(config).buildSolver()
    problem = problem_of(told)
    began = perf_counter()
    found = solver.solve(problem)
    seconds = perf_counter() - began
    units = sorted(found.units, key=lambda unit: unit.id)
    chosen = [None if unit.option is None or unit.option.waits else unit.option.id for unit in units]
    answered.write_text(json.dumps({"chosen": chosen, "seconds": seconds, "score": str(found.get_score())}), "utf-8")


if __name__ == "__main__":
    main()

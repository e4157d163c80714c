"""A sheet as a CP-SAT model of pairs at a fixed ceiling, to ask whether all can be placed so that nobody comes past it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from ortools.sat.python import cp_model

from allocation_engine.optimiser.caseloads.arrays import Floats, Ints
from allocation_engine.optimiser.caseloads.choose import solver_of
from allocation_engine.optimiser.caseloads.relaxed import Relaxation, under_ceiling
from allocation_engine.optimiser.cp_sat import run
from domain.allocation.rules.caseloads import SHARE_TOLERANCE

STEPS = 10**7
"""Integer steps in 1 of a load ratio or of an hour; amounts are rounded down and rooms too, which keeps every plan."""


class PairModel:
    """The rules on all rows of a sheet, with one literal for each item that a worker may have under the ceiling.

    Where the sheet is a part to whose workers other rows may come besides, it is to be loosened first (`covering.py`): these
    make up a larger caseload, of which a harm type is a smaller share.
    """

    def __init__(self, relaxation: Relaxation, ceiling: float) -> None:
        self.sheet = sheet = relaxation.sheet
        self.model = cp_model.CpModel()
        self.kept = np.flatnonzero(under_ceiling(sheet, ceiling))
        self.literal = {int(item): self.model.new_bool_var("") for item in self.kept}
        self._each_row_once()
        self._caps(relaxation)
        self._loads(ceiling)
        self._mixed()

    def _each_row_once(self) -> None:
        by_row: dict[int, list[cp_model.IntVar]] = {row: [] for row in range(len(self.sheet.rows))}
        for item, row in zip(self.kept.tolist(), self.sheet.items["row"][self.kept].tolist(), strict=True):
            by_row[row].append(self.literal[item])
        for literals in by_row.values():
            self.model.add_exactly_one(literals)

    def _caps(self, relaxation: Relaxation) -> None:
        caps = relaxation.caps.tocsr()
        for line in range(caps.shape[0]):
            span = slice(caps.indptr[line], caps.indptr[line + 1])
            self._at_most(caps.indices[span], caps.data[span], relaxation.limits[line])

    def _at_most(self, items: Ints, amounts: Floats, room: float) -> None:
        terms = [
            (self.literal[i], a) for i, a in zip(items.tolist(), amounts.tolist(), strict=True) if i in self.literal
        ]
        if sum(amount for _, amount in terms) <= room:
            return
        whole = room == int(room) and all(amount == int(amount) for _, amount in terms)
        scale = 1 if whole else STEPS
        model_terms = sum(int(amount * scale) * literal for literal, amount in terms)
        self.model.add(model_terms <= int(np.floor(room * scale)))

    def _loads(self, ceiling: float) -> None:
        sheet = self.sheet
        for worker in range(len(sheet.rooms)):
            mine = np.arange(sheet.at[worker], sheet.at[worker + 1])
            stay = sheet.items["load"][mine][sheet.items["receives"][mine] == 0].sum()
            room = max(ceiling - sheet.rooms[worker]["ratio"], stay)
            self._at_most(mine, sheet.items["load"][mine], float(room))

    def _mixed(self) -> None:
        """Keep caseloads mixed: a harm type newly received makes up no more than its share of the whole."""
        sheet = self.sheet
        for worker in range(len(sheet.rooms)):
            mine = [i for i in range(sheet.at[worker], sheet.at[worker + 1]) if i in self.literal]
            if mine:
                self._mixed_for(worker, mine)

    def _mixed_for(self, worker: int, mine: list[int]) -> None:
        sheet, room = self.sheet, self.sheet.rooms[worker]
        sizes = [int(sheet.rows[sheet.items[i]["row"]]["cases"]) for i in mine]
        most = min(sum(sizes), int(room["cases"]))
        allowed = [
            int(np.floor(sheet.share * max(room["caseload"] + placed, sheet.share_from) + SHARE_TOLERANCE))
            for placed in range(most + 1)
        ]
        placed = None
        for harm in range(sheet.row_harm.shape[1]):
            counts = [int(sheet.row_harm[sheet.items[i]["row"], harm]) for i in mine]
            could = int(sheet.held_harm[worker, harm]) + sum(counts)
            if could <= allowed[0]:
                continue
            if placed is None:
                placed = self.model.new_int_var(0, most, "")
                self.model.add(placed == sum(s * self.literal[i] for s, i in zip(sizes, mine, strict=True)))
            limit = self.model.new_int_var(min(allowed), max(allowed), "")
            self.model.add_element(placed, allowed, limit)
            total = int(sheet.held_harm[worker, harm]) + sum(
                n * self.literal[i] for n, i in zip(counts, mine, strict=True)
            )
            for n, i in zip(counts, mine, strict=True):
                if n and sheet.items[i]["new"]:
                    self.model.add(total <= limit).only_enforce_if(self.literal[i])

    def hint(self, items: Ints) -> None:
        """Begin a search from a plan, given by its items."""
        now = set(items.tolist())
        for item, literal in self.literal.items():
            self.model.add_hint(literal, item in now)

    def solve(self, effort: float, seed: int, seconds: float | None) -> "Answer":
        """Look for a plan."""
        solver = solver_of(effort, seed, seconds)
        status = run(solver, self.model)
        item_of = np.full(len(self.sheet.rows), -1, np.int64)
        if status in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
            for item, literal in self.literal.items():
                if solver.value(literal):
                    item_of[self.sheet.items[item]["row"]] = item
        return Answer(status, item_of, solver.response_proto.deterministic_time)


class Answer(NamedTuple):
    """The solver's status, the item of each row (below zero: not in the model), and the deterministic seconds it took."""

    status: cp_model.CpSolverStatus
    item_of: Ints
    effort: float


class WaysModel(PairModel):
    """The same with several ways to deal with each unit: place all its rows or others in their stead, and let some wait.

    Attributes
    ----------
    ways
        A literal for each way; one way of each unit is taken.
    weighed
        The unit and what waits, of each way.
    waiting
        What waits by the ways taken [weight].
    """

    def __init__(
        self,
        relaxation: Relaxation,
        ways: Sequence[tuple[int, float]],
        way_of_row: Ints,
        ceiling: float,
        *,
        whole: bool,
    ) -> None:
        """State the rules.

        Parameters
        ----------
        ways
            The unit and what waits, of each way.
        way_of_row
            The way by which each row is to be placed.
        whole
            If nothing else can come to these workers, so that caseloads must be mixed as they are.
        """
        self.weighed, self._way_of_row, self._whole = ways, way_of_row, whole
        super().__init__(relaxation, ceiling)

    def _each_row_once(self) -> None:
        self.ways = [self.model.new_bool_var("") for _ in self.weighed]
        of_unit: dict[int, list[cp_model.IntVar]] = {}
        for (unit, _), way in zip(self.weighed, self.ways, strict=True):
            of_unit.setdefault(unit, []).append(way)
        for literals in of_unit.values():
            self.model.add_exactly_one(literals)
        self.waiting = cp_model.LinearExpr.weighted_sum(self.ways, [round(weight) for _, weight in self.weighed])
        by_row = [[self.ways[way].negated()] for way in self._way_of_row.tolist()]
        for item, row in zip(self.kept.tolist(), self.sheet.items["row"][self.kept].tolist(), strict=True):
            by_row[row].append(self.literal[item])
        for literals in by_row:
            self.model.add_exactly_one(literals)

    def _mixed(self) -> None:
        if self._whole:
            super()._mixed()


class WaitingModel(WaysModel):
    """The same with leave to let each row wait, as long as it is weighed.

    Attributes
    ----------
    waits
        A literal for each row.
    """

    def __init__(self, relaxation: Relaxation, weights: Floats, ceiling: float, *, whole: bool) -> None:
        """State the rules; each row weighs so much."""
        ways = [(row, weight) for row, waits in enumerate(weights.tolist()) for weight in (0.0, waits)]
        super().__init__(relaxation, ways, 2 * np.arange(len(weights)), ceiling, whole=whole)
        self.waits = self.ways[1::2]

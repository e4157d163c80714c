"""The problem as arrays: rows to be taken once, items that could take them, and what each worker may hold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from allocation_engine.optimiser.caseloads.arrays import (
    ITEMS,
    NO_AREA,
    NO_CAP,
    ROOMS,
    ROWS,
    SEVERAL_AREAS,
    UNTIL_SETTLED,
    Floats,
    Ints,
    Sheet,
)
from allocation_engine.optimiser.caseloads.eligibility import open_pairs
from allocation_engine.optimiser.caseloads.fits import fits_alone
from allocation_engine.optimiser.caseloads.part import part_of
from domain.allocation import AllocationProblem, CaseNeed, Factors, Figures, Plan
from domain.allocation.rules.caseloads import RATIO_TOLERANCE, hours_to_fill, movable_of, room, with_harm
from domain.allocation.rules.plans import grouped
from domain.allocation.score import discontinuity_points, mismatch_points, waiting_weight
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import AssignmentRole, HarmType, Priority


@dataclass(frozen=True)
class Table:
    """A problem as arrays.

    Attributes
    ----------
    units
        The cases of each unit, by their places; row u is unit u.
    co_cases
        The case of each co-worker's place, by its place; row ``len(units) + k`` is co_cases[k].
    hopeless
        Cases, by their places, that no worker could take whatever else is planned, so they wait in every plan.
    given_up
        Cases, by their places, that wait though somebody could take them: there is no room for all, or not with their
        siblings.
    """

    problem: AllocationProblem
    units: tuple[tuple[int, ...], ...]
    co_cases: tuple[int, ...]
    hopeless: tuple[int, ...]
    given_up: tuple[int, ...]
    sheet: Sheet

    @property
    def unit_of_row(self) -> Ints:
        """The unit to which each row belongs."""
        cases = self.problem.cases
        of_co = [unit for unit, members in enumerate(self.units) for c in members if cases[c].needs_co_worker]
        return np.array([*range(len(self.units)), *of_co], np.int64)

    def plan(self, item_of: Ints) -> Plan:
        """Write down what an assignment of items to rows (below zero for none) means as a plan."""
        primary: dict[CaseId, WorkerId] = {}
        co_worker: dict[CaseId, WorkerId] = {}
        for row, item in enumerate(item_of.tolist()):
            if item < 0:
                continue
            worker_id = self.problem.workers[self.sheet.items[item]["worker"]].worker_id
            if row < len(self.units):
                primary.update((self.problem.cases[case].case_id, worker_id) for case in self.units[row])
            else:
                co_worker[self.problem.cases[self.co_cases[row - len(self.units)]].case_id] = worker_id
        return Plan(primary=dict(sorted(primary.items())), co_worker=dict(sorted(co_worker.items())))

    def item_of(self, plan: Plan) -> Ints:
        """Give the item of each row under a plan, below zero where it has none; the reverse of `plan`."""
        items = self.sheet.items
        where = {
            (int(row), int(worker)): item
            for item, (row, worker) in enumerate(zip(items["row"], items["worker"], strict=True))
        }
        chosen = [plan.primary.get(self.problem.cases[cases[0]].case_id) for cases in self.units]
        chosen += [plan.co_worker.get(self.problem.cases[case].case_id) for case in self.co_cases]
        index = self.problem.worker_index
        return np.array(
            [-1 if who is None else where.get((row, index[who]), -1) for row, who in enumerate(chosen)], np.int64
        )


def without(table: Table, item_of: Ints) -> tuple[Table, Ints]:
    """Leave out the units that wait under a plan, or whose co-worker's place does; give the rest, and the plan on it."""
    unit_of_row = table.unit_of_row
    waiting = set(unit_of_row[item_of < 0].tolist())
    rows = np.flatnonzero(~np.isin(unit_of_row, list(waiting)))
    part = part_of(table.sheet, np.arange(len(table.sheet.rooms)), rows)
    units = tuple(cases for unit, cases in enumerate(table.units) if unit not in waiting)
    kept = {case for cases in units for case in cases}
    given_up = sorted({*table.given_up, *(case for unit in waiting for case in table.units[unit])})
    new = np.full(len(table.sheet.items), -1, np.int64)
    new[part.items] = np.arange(len(part.items))
    smaller = replace(
        table,
        units=units,
        co_cases=tuple(case for case in table.co_cases if case in kept),
        given_up=tuple(given_up),
        sheet=part.sheet,
    )
    return smaller, new[item_of[rows]]


def make_table(problem: AllocationProblem) -> Table:
    """Lay a problem out.

    Siblings are one unit, which a plan places whole; where nobody could take all of them, as many as one worker can.
    A case that nobody could take by itself is hopeless; one that is left out because its siblings go without it is
    `given_up`.
    """
    pairs = pairs_of(problem, range(len(problem.cases)))
    units, given_up = _units(problem), set[int]()
    while True:
        table = laid_out(problem, units, pairs)
        stuck = _stuck(table)
        if not stuck:
            break
        smaller = {unit: _smaller(table, unit, pairs) for unit in stuck}
        given_up |= {case for unit in stuck for case in set(units[unit]) - set(smaller[unit])}
        units = [smaller.get(unit, cases) for unit, cases in enumerate(units)]
        units = [cases for cases in units if cases]
    _count_points(problem, units, table.sheet)
    alone = laid_out(problem, [(case,) for case in sorted(given_up)], pairs)
    hopeless = tuple(alone.units[unit][0] for unit in _stuck(alone))
    return replace(table, hopeless=hopeless, given_up=tuple(sorted(given_up - set(hopeless))))


def leaving(table: Table, cases: set[int]) -> Table:
    """Lay a problem out anew with these cases given up, each by itself: siblings of theirs stay."""
    units = [tuple(case for case in unit if case not in cases) for unit in table.units]
    units = [unit for unit in units if unit]
    left = laid_out(table.problem, units, pairs_of(table.problem, range(len(table.problem.cases))))
    _count_points(table.problem, units, left.sheet)
    return replace(left, hopeless=table.hopeless, given_up=tuple(sorted({*table.given_up, *cases})))


class Pairs(NamedTuple):
    """Pairs that no rule blocks, (case, worker) by their places: as primary worker, and as co-worker."""

    primary: tuple[Ints, Ints]
    co_worker: tuple[Ints, Ints]


def pairs_of(problem: AllocationProblem, cases: Sequence[int]) -> Pairs:
    """Give the pairs of these cases, by their places."""
    need_co_worker = (c for c in cases if problem.cases[c].needs_co_worker)
    return Pairs(
        open_pairs(problem, cases, AssignmentRole.PRIMARY),
        open_pairs(problem, need_co_worker, AssignmentRole.CO_WORKER),
    )


def laid_out(problem: AllocationProblem, units: list[tuple[int, ...]], pairs: Pairs) -> Table:
    """Lay units out as they are, without the points for what does not match."""
    co_cases = [c for cases in units for c in cases if problem.cases[c].needs_co_worker]
    co_row = np.arange(len(units), len(units) + len(co_cases))
    as_co = np.stack(_open_to(co_row, np.array(co_cases, np.int64), pairs.co_worker, problem), axis=1)
    rows, rooms = _rows(problem, units, co_cases), _rooms(problem)
    pairs_of_rows = np.concatenate([_pairs_of_units(problem, units, pairs.primary), as_co])
    sheet = Sheet(**rows, **rooms, **_items(problem, units, co_cases, pairs_of_rows))
    alone = fits_alone(sheet)
    if not alone.all():
        left = np.stack([sheet.items["row"], sheet.items["worker"]], axis=1)[alone]
        sheet = Sheet(**rows, **rooms, **_items(problem, units, co_cases, left))
    return Table(problem, tuple(units), tuple(co_cases), (), (), sheet)


def _stuck(table: Table) -> list[int]:
    """Give the units that nobody could take, or for a case of which there is no co-worker."""
    empty = np.flatnonzero(np.diff(table.sheet.row_at) == 0)
    return sorted(set(table.unit_of_row[empty].tolist()))


def _smaller(table: Table, unit: int, pairs: Pairs) -> tuple[int, ...]:
    """Give the heaviest part of a unit that one worker may be given by the rules of pairs; () for a single case."""
    members, problem = table.units[unit], table.problem
    if len(members) == 1:
        return ()
    by_worker: dict[int, list[int]] = {}
    for case in members:
        for worker in pairs.primary[1][pairs.primary[0] == case].tolist():
            by_worker.setdefault(worker, []).append(case)
    most = len(members) - 1
    parts = [
        tuple(sorted(sorted(cases, key=lambda c: (-weight_of(problem.cases[c]), c))[:most]))
        for cases in by_worker.values()
    ]
    return max(parts, key=lambda part: (sum(weight_of(problem.cases[c]) for c in part), part), default=())


def _units(problem: AllocationProblem) -> list[tuple[int, ...]]:
    groups = grouped(problem.cases, "sibling_group")
    index, seen, units = problem.case_index, set(), []
    for c, case in enumerate(problem.cases):
        if case.sibling_group in groups:
            if case.sibling_group not in seen:
                seen.add(case.sibling_group)
                units.append(tuple(index[one.case_id] for one in groups[case.sibling_group]))
        else:
            units.append((c,))
    return units


def _pairs_of_units(problem: AllocationProblem, units: list[tuple[int, ...]], open_to: tuple[Ints, Ints]) -> Ints:
    """Give (unit, worker) where no rule blocks any case of the unit, and no pin goes elsewhere."""
    sizes = np.array([len(members) for members in units], np.int64)
    unit, case = np.repeat(np.arange(len(units)), sizes), np.array([c for members in units for c in members], np.int64)
    width = max(len(problem.workers), 1)
    owner, taker = _open_to(unit, case, open_to, problem)
    keys, counts = np.unique(owner * width + taker, return_counts=True)
    keys = keys[counts == sizes[keys // width]] if len(keys) else keys
    pairs = np.stack([keys // width, keys % width], axis=1).astype(np.int64)
    for case_id, worker_id in sorted(problem.pinned):
        pinned, w = unit[case == problem.case_index[case_id]], problem.worker_index[worker_id]
        pairs = pairs[~np.isin(pairs[:, 0], pinned) | (pairs[:, 1] == w)]
    return pairs


def _open_to(owner: Ints, case: Ints, open_to: tuple[Ints, Ints], problem: AllocationProblem) -> tuple[Ints, Ints]:
    """Give (owner, worker) for every worker who may take a case of an owner, by case."""
    order = np.argsort(open_to[0], kind="stable")
    workers, at = open_to[1][order], np.searchsorted(open_to[0][order], np.arange(len(problem.cases) + 1))
    takers = at[case + 1] - at[case]
    within = np.arange(takers.sum()) - np.repeat(np.cumsum(takers) - takers, takers)
    return np.repeat(owner, takers), workers[np.repeat(at[case], takers) + within]


def _rows(problem: AllocationProblem, units: Sequence[tuple[int, ...]], co_cases: Sequence[int]) -> dict[str, Any]:
    """Lay out the rows: units first, then the co-workers' places."""
    members = [[problem.cases[c] for c in unit] for unit in units]
    areas = {area: place for place, area in enumerate(sorted(_areas(problem)))}
    weights = [sum(weight_of(case) for case in cases) for cases in members]
    of_case = {c: u for u, unit in enumerate(units) for c in unit}
    rows = np.zeros(len(units) + len(co_cases), ROWS)
    harm = np.zeros((len(rows), len(HarmType)), np.int64)
    for u, cases in enumerate(members):
        high = sum(case.is_high_risk for case in cases)
        rows[u] = (len(cases), high, _area(cases, areas), weights[u])
        harm[u] = [with_harm(cases, one) for one in HarmType]
    for k, case in enumerate(co_cases):
        rows[len(units) + k] = (0, 0, NO_AREA, weights[of_case[case]])
    clashes = _clashes(problem, units, co_cases)
    return {
        "rows": rows,
        "row_harm": harm,
        "clash_at": np.cumsum([0, *(len(one) for one in clashes)], dtype=np.int64),
        "clashes": np.array([one for row in clashes for one in row], np.int64),
    }


def _clashes(problem: AllocationProblem, units: Sequence[tuple[int, ...]], co_cases: Sequence[int]) -> list[list[int]]:
    peer = {group: place for place, group in enumerate(grouped(problem.cases, "peer_group"))}
    twice = {case: len(peer) + k for k, case in enumerate(co_cases)}
    of_units = [
        [peer[group] for c in unit if (group := problem.cases[c].peer_group) is not None and group in peer]
        + [twice[c] for c in unit if c in twice]
        for unit in units
    ]
    return of_units + [[twice[c]] for c in co_cases]


def weight_of(case: CaseNeed) -> float:
    """Weigh a case left waiting so that one of a higher priority outweighs all of the lower ones in any service."""
    if case.current_worker_id is not None:
        return 1e15
    return waiting_weight(case) * (1e10, 1e5, 1.0)[list(Priority).index(case.priority)]


def _areas(problem: AllocationProblem) -> set[str]:
    return {case.area for case in problem.cases if case.area is not None} | {
        area for worker in problem.workers for area in worker.areas_held
    }


def _area(cases: Sequence[CaseNeed], places: dict[str, int]) -> int:
    return _one_of({case.area for case in cases if case.area is not None}, places)


def _one_of(areas: set[str] | frozenset[str], places: dict[str, int]) -> int:
    if not areas:
        return NO_AREA
    return places[next(iter(areas))] if len(areas) == 1 else SEVERAL_AREAS


def _items(
    problem: AllocationProblem, units: Sequence[tuple[int, ...]], co_cases: Sequence[int], pairs: Ints
) -> dict[str, Any]:
    """Lay out every (row, worker), sorted by worker and row, with what it adds to the worker."""
    pairs = pairs[np.lexsort((pairs[:, 0], pairs[:, 1]))]
    row, worker = np.ascontiguousarray(pairs[:, 0]), np.ascontiguousarray(pairs[:, 1])
    sizes = np.array([*(len(unit) for unit in units), *(1 for _ in co_cases)], np.int64)
    case_at = np.concatenate([[0], np.cumsum(sizes)])
    cases = np.array([*(c for unit in units for c in unit), *co_cases], np.int64)
    repeats = sizes[row]
    item = np.repeat(np.arange(len(row)), repeats)
    within = np.arange(len(item)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    case = cases[case_at[row[item]] + within]
    who = worker[item]
    as_primary = row[item] < len(units)

    def summed(values: NDArray[Any]) -> Floats:
        return np.bincount(item, weights=values, minlength=len(row)).astype(np.float64)

    capacity = np.array([one.capacity or np.inf for one in problem.workers])[who]
    load = np.where(as_primary, _figures(problem.added_load, case, who), _figures(problem.added_load_co, case, who))
    variance = np.zeros(len(item))
    if problem.looks_at_variance and problem.added_variance is not None and problem.added_variance_co is not None:
        of_pair = np.where(
            as_primary, _figures(problem.added_variance, case, who), _figures(problem.added_variance_co, case, who)
        )
        variance = problem.caps.deviations_above**2 * of_pair / capacity**2
    own = np.array([one.hours for one in problem.cases])[case] if problem.hours is None else None
    hours = own if own is not None else _figures(problem.hours or (), case, who)
    current = np.array([problem.worker_index.get(one.current_worker_id or WorkerId(""), -1) for one in problem.cases])
    held = np.array([one.current_worker_id is not None for one in problem.cases])
    new = as_primary & (current[case] != who)
    items = np.zeros(len(row), ITEMS)
    items["row"], items["worker"] = row, worker
    items["load"] = summed(load / capacity)
    items["hours"] = summed(hours * np.where(as_primary, 1.0, problem.caps.co_worker_hours_share))
    items["variance"] = summed(variance)
    items["new"] = summed(new)
    items["receives"] = summed(new | ~as_primary) > 0
    items["moved"] = summed(new & held[case])
    if problem.cost is not None:
        items["cost"] = summed(as_primary * _figures(problem.cost, case, who))
    return {
        "items": items,
        "at": np.searchsorted(worker, np.arange(len(problem.workers) + 1)).astype(np.int64),
        "row_at": np.searchsorted(np.sort(row), np.arange(len(sizes) + 1)).astype(np.int64),
        "by_row": np.argsort(row, kind="stable").astype(np.int64),
    }


def _count_points(problem: AllocationProblem, units: Sequence[tuple[int, ...]], sheet: Sheet) -> None:
    """Count what does not match and who does not know the case, for each unit taken by each worker."""
    mismatch, discontinuity = np.zeros(len(sheet.items), np.int64), np.zeros(len(sheet.items), np.int64)
    pairs = zip(sheet.items["row"].tolist(), sheet.items["worker"].tolist(), strict=True)
    for place, (row, w) in enumerate(pairs):
        if row < len(units):
            worker = problem.workers[w]
            for c in units[row]:
                mismatch[place] += mismatch_points(worker, problem.cases[c])
                discontinuity[place] += discontinuity_points(problem, worker, problem.cases[c])
    sheet.items["mismatch"], sheet.items["discontinuity"] = mismatch, discontinuity


def _figures(figures: Figures, case: Ints, who: Ints) -> Floats:
    if isinstance(figures, Factors):
        by_case, by_worker = np.array(figures.by_case, float), np.array(figures.by_worker, float)
        found = np.zeros(len(case))
        for k in range(by_case.shape[1] if by_case.ndim == 2 else 0):  # noqa: PLR2004  a table has two axes
            found += by_case[case, k] * by_worker[who, k]
        return found
    return np.array(figures, float)[case, who] if len(case) else np.zeros(0)


def _rooms(problem: AllocationProblem) -> dict[str, Any]:
    caps = problem.caps
    areas = {area: place for place, area in enumerate(sorted(_areas(problem)))}
    rooms = np.zeros(len(problem.workers), ROOMS)
    may, holds = (np.zeros((len(rooms), len(HarmType)), np.int64) for _ in range(2))
    for w, one in enumerate(problem.workers):
        theirs = movable_of(problem, one)
        capacity = one.capacity or np.inf
        rooms[w] = (
            room(one.caseload_cap, one.caseload, len(theirs)),
            NO_CAP if one.new_cases_cap is None else one.new_cases_cap,
            room(one.high_risk_cap, one.high_risk, sum(case.is_high_risk for case in theirs)),
            _one_of(one.areas_held, areas),
            one.caseload,
            one.predicted_load / capacity,
            (one.predicted_variance or 0.0) * caps.deviations_above**2 / capacity**2,
            hours_to_fill(one),
            capacity,
        )
        holds[w] = [one.by_harm.get(harm, 0) for harm in HarmType]
        may[w] = [
            room(one.harm_type_cap, held, with_harm(theirs, harm))
            for harm, held in zip(HarmType, holds[w], strict=True)
        ]
    return {
        "rooms": rooms,
        "room_harm": may,
        "held_harm": holds,
        "limit": UNTIL_SETTLED if caps.load_limit is None else caps.load_limit + RATIO_TOLERANCE / 2,
        "share": caps.harm_type_share,
        "share_from": caps.harm_type_share_from,
        "one_area": caps.one_area,
    }

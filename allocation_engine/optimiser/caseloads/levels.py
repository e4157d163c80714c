"""One level after another over caseloads: place, lower the heaviest, even out, and say what proves how much."""

from dataclasses import dataclass, replace

import numpy as np

from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.caseloads.arrays import UNTIL_SETTLED, Ints, Sheet, least_for_each
from allocation_engine.optimiser.caseloads.even import even_out
from allocation_engine.optimiser.caseloads.even_by_parts import even_by_parts
from allocation_engine.optimiser.caseloads.groups import CLOSE
from allocation_engine.optimiser.caseloads.heaviest import anneal_first, lowest_ceiling
from allocation_engine.optimiser.caseloads.heaviest_by_parts import lowest_by_parts
from allocation_engine.optimiser.caseloads.in_part import placed_in_part
from allocation_engine.optimiser.caseloads.later import Settled, settle_later
from allocation_engine.optimiser.caseloads.means import Means, for_a_share, keeping
from allocation_engine.optimiser.caseloads.place import place_waiting
from allocation_engine.optimiser.caseloads.relaxed import relaxation
from allocation_engine.optimiser.caseloads.scarce import Scarcity
from allocation_engine.optimiser.caseloads.squeeze import squeezed_in
from allocation_engine.optimiser.caseloads.standing import standing_of, unload_one_sided
from allocation_engine.optimiser.caseloads.table import Table, make_table, without
from allocation_engine.optimiser.request import Outcome, Request
from allocation_engine.optimiser.result import Level
from domain.allocation import Score, score
from domain.allocation.score import waiting_weight
from domain.vocabulary import Priority

METHOD = "caseload by caseload: placed, annealed, priced"

HEAVIEST_SHARE, SQUEEZE_SHARE = 0.5, 0.3
"""Share of the seconds left that the heaviest load ratio may take, and that making room for those who wait may."""

WITH_BOUND_SHARE = 0.97
"""Share of the seconds left that evening out may take where a bound for other choices of who waits comes after it."""

CLOSING_SECONDS_A_CASE = 7e-5
"""What reading the plan off, scoring it and the levels after the squares take [s]: kept back, so that the end is in time."""

ALONE_AND_NOT_WAITING = "one case that cannot wait, whoever takes it"
PRICED_WITH_WAITING = "prices for the cases, and for leaving others waiting instead (Lagrangian relaxation)"

WHOLE_UP_TO = 20_000
"""Items up to which linear programmes take all workers together; above, part by part."""


@dataclass(frozen=True)
class Found:
    """A plan's items with what the levels so far are held at."""

    item_of: Ints
    ceiling: float
    levels: tuple[Level, ...]


def solve_by_caseloads(request: Request) -> Outcome | None:
    """Settle the levels of a large problem; None where it has a form that this method does not know.

    It knows the aims of a proposal with squares, no minimum caseloads, and problems whose held and pinned cases can be
    placed. Where some case has to wait that somebody could take, other choices of who waits might do better on every
    level that follows: bounds then allow for that, or are given as nothing.
    """
    if request.aims[:3] != (Aim.PLACED, Aim.HEAVIEST, Aim.SQUARES):
        return None
    if any(worker.is_below_minimum for worker in request.problem.workers):
        return None
    table = make_table(request.problem)
    if len(table.sheet.rows) == 0:
        return None
    must = {request.problem.case_index[case] for case, _ in request.problem.pinned}
    must |= {c for c, case in enumerate(request.problem.cases) if case.current_worker_id is not None}
    if must & {*table.hopeless, *table.given_up} or request.problem.caps.moves_allowed < could_move(table):
        return None
    scarcity, found = _placed(table, request)
    if must & set(scarcity.placed.given_up) or len(scarcity.placed.sheet.rows) == 0:
        return None
    return _evened(scarcity, request, _lowered(scarcity, request, found))


def _means(request: Request, level: str, share: float = 1.0) -> Means:
    """Give what a level may use: of the seconds that are left by now a share."""
    watch = request.watch
    whole = Means(
        request.effort,
        request.seed + 3,
        request.threads,
        going=lambda value, bound: watch.going(level, value, bound),
        seconds_left=lambda: watch.seconds_left,
    )
    return for_a_share(whole, share)


def _or_nothing(scarcity: Scarcity, level: Level) -> Level:
    """Give a level without its bound where other cases might wait instead: what was proven is of these cases only."""
    if not scarcity.placed.given_up:
        return level
    return replace(level, bound=min(level.value, 0.0), proved_by="nothing: other cases might wait instead")


def could_move(table: Table) -> int:
    """Count the held cases that some item would move."""
    items = table.sheet.items
    return int(sum(table.sheet.rows["cases"][row] for row in set(items["row"][items["moved"] > 0].tolist())))


def _placed(whole: Table, request: Request) -> tuple[Scarcity, Found]:
    """Place what can be placed; give the table with and without what cannot, and the plan."""
    table, sheet = whole, whole.sheet
    begin = np.full(len(sheet.rows), -1, np.int64)
    if request.start is not None:
        begin = table.item_of(request.start)
        begin = begin if (begin >= 0).all() else np.full(len(sheet.rows), -1, np.int64)
    standing = standing_of(sheet, begin, UNTIL_SETTLED, request.seed + 1)
    while True:
        sheet = table.sheet
        best = np.full(len(sheet.rows), -1, np.int64)
        place_waiting(sheet, standing, np.ones(len(sheet.rows)), 20 * len(sheet.rows) + 10_000, best)
        left = _means(request, "unallocated", SQUEEZE_SHARE).seconds_left  # what placing took is not counted
        best = squeezed_in(sheet, best, request.seed, lambda left=left: left() != 0.0)  # type: ignore[misc]
        if (best >= 0).all():
            break
        # A caseload may have been mixed only by what is now left out with its co-worker's place: it is placed again.
        table, best = without(table, best)
        standing = standing_of(table.sheet, best, UNTIL_SETTLED, request.seed + 1)
        if unload_one_sided(table.sheet, standing) == 0:
            break
    left = _means(request, "unallocated", SQUEEZE_SHARE).seconds_left
    scarcity, best = placed_in_part(Scarcity(whole, table, request.seed), best, lambda: left() != 0.0)
    levels = _waiting_levels(scarcity)
    for level in levels:
        request.on_level(level)
        request.watch.going(level.name, level.value, level.bound)
    return scarcity, Found(best, UNTIL_SETTLED, levels)


def _waiting_levels(scarcity: Scarcity) -> tuple[Level, ...]:
    """Say what waits: certainly what nobody may take, and what there was no room for."""
    table, found = scarcity.placed, []
    least = scarcity.least_waiting() if table.given_up and scarcity.known else 0.0
    for priority in Priority:
        sure, perhaps = (
            sum(waiting_weight(table.problem.cases[c]) for c in places if table.problem.cases[c].priority is priority)
            for places in (table.hopeless, table.given_up)
        )
        proof = "nobody may take those who wait" if sure else "every case is placed"
        if perhaps:
            proof = "those whom nobody may take; whether there is room for more is not proven"
        bound = sure + (least if perhaps and priority is Priority.ROUTINE else 0)
        if bound == sure + perhaps and perhaps:
            proof = "what those could take who could take any of those who wait"
        found.append(Level(f"unallocated, {priority.value}", sure + perhaps, bound, proof))
    return tuple(found)


def _lowered(scarcity: Scarcity, request: Request, found: Found) -> Found:
    """Lower the heaviest load ratio: of all together, or part by part where a sheet is large."""
    table, name = scarcity.placed, "heaviest load ratio"
    sheet = table.sheet
    rules, means = relaxation(sheet, table.unit_of_row), _means(request, name, HEAVIEST_SHARE)
    certain = scarcity.certain if table.given_up else None
    if len(sheet.items) <= WHOLE_UP_TO:
        standing = standing_of(sheet, found.item_of, UNTIL_SETTLED, request.seed + 2)
        anneal_first(sheet, standing, means)
        ceiling = lowest_ceiling(rules, standing, means, certain=certain)
    else:
        ceiling = lowest_by_parts(rules, found.item_of, means, certain)
    level = Level(name, ceiling.value, ceiling.bound, ceiling.proved_by)
    if table.given_up and certain is None:
        least = scarcity.least_alone() if scarcity.known else 0.0
        level = replace(level, bound=min(ceiling.value, least), proved_by=ALONE_AND_NOT_WAITING)
    request.on_level(level)
    request.watch.going(level.name, level.value, level.bound)
    return Found(ceiling.item_of, ceiling.value + CLOSE, (*found.levels, level))


def _evened(scarcity: Scarcity, request: Request, found: Found) -> Outcome:
    """Lower the squares under the ceiling, raise the bound under them, and read off the levels that follow."""
    table, name = scarcity.placed, "sum of squared load ratios"
    closing = CLOSING_SECONDS_A_CASE * len(request.problem.cases)
    means = keeping(_means(request, name, WITH_BOUND_SHARE if table.given_up else 1.0), closing)
    rules = relaxation(table.sheet, table.unit_of_row)
    even = even_out if len(table.sheet.items) <= WHOLE_UP_TO else even_by_parts
    evened = even(rules, found.item_of, found.ceiling, means)
    if means.seconds_left() == 0.0:
        request.watch.time_is_up()
    settled: Settled = {}
    if evened.complete is not None and means.going(evened.value, evened.bound):
        item_of, settled = settle_later(evened.complete, evened, request.aims[3:], means)
        evened = replace(evened, item_of=item_of)
    plan = table.plan(evened.item_of)
    worth = score(request.problem, plan)
    value = worth.squares
    level = Level(name, value, value if evened.bound >= evened.value else min(evened.bound, value), evened.proved_by)
    if table.given_up:
        least = scarcity.bound(evened.row_prices, found.ceiling, request.threads) if scarcity.known else 0.0
        level = Level(name, value, min(value, max(least, 0.0)), PRICED_WITH_WAITING)
    request.on_level(level)
    rest = _later_levels(scarcity, request, worth, settled)
    *placed, heaviest = found.levels
    # Where the ceiling was not the lowest possible, evening out may have come below it on its way.
    reached = max(worth.ratios, default=0.0)
    lower = replace(heaviest, value=reached, bound=min(heaviest.bound, reached))
    return Outcome(plan, (*placed, lower, level, *rest), METHOD, complete=request.watch.stopped is None)


def _later_levels(scarcity: Scarcity, request: Request, worth: Score, settled: Settled) -> tuple[Level, ...]:
    """Read off the levels after the squares, each with what its cases cost at least whoever takes them."""
    sheet, items, units = scarcity.placed.sheet, scarcity.placed.sheet.items, len(scarcity.placed.units)
    proof = "each case by itself"
    values: dict[Aim, tuple[str, float, float]] = {
        Aim.HARM_TYPES: ("harm types balanced", worth.harm_balance, _least_exposures(sheet)),
        Aim.MATCH: ("area and language", worth.mismatch, _least(sheet, items["mismatch"], units)),
        Aim.CONTINUITY: ("continuity", worth.discontinuity, _least(sheet, items["discontinuity"], units)),
        Aim.COST: ("cost", worth.cost, _least(sheet, items["cost"], units)),
    }
    levels = []
    for aim in request.aims[3:]:
        name, value, least = values[aim]
        bound, why = max((least, proof), settled.get(aim, (least, proof)))
        # Within the rounding of the solver's steps a bound met is met.
        level = Level(name, value, value if bound >= value - 1e-3 else bound, why)
        levels.append(_or_nothing(scarcity, level))
        request.on_level(levels[-1])
    return tuple(levels)


def _least_exposures(sheet: Sheet) -> float:
    """Add up, over harm types, the exposure [case per full-time capacity] to which some row brings whoever takes it, at least."""
    items, total = sheet.items, 0.0
    worker, row = items["worker"], items["row"]
    # Who holds some of a unit already may receive nothing of a harm type.
    receives = items["new"] == sheet.rows["cases"][row]
    for harm in range(sheet.row_harm.shape[1]):
        cases = sheet.row_harm[row, harm]
        exposure = (sheet.held_harm[worker, harm] + cases) * 100.0 / sheet.rooms["capacity"][worker]
        least = least_for_each(sheet, np.where(receives & (cases > 0), exposure, 0.0))
        total += float(least[np.isfinite(least)].max(initial=0.0))
    return total


def _least(sheet: Sheet, points: Ints, units: int) -> float:
    """Add up what the units cost at least, each by itself."""
    least = least_for_each(sheet, points)[:units]
    return float(least[np.isfinite(least)].sum())

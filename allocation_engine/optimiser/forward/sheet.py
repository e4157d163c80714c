"""A week's problem as the arrays that `caseloads` works on: what `caseloads.table` lays out, from a run's own arrays."""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.caseloads.arrays import ITEMS, NO_AREA, ROOMS, ROWS, Sheet
from allocation_engine.optimiser.compiled import compiled
from allocation_engine.optimiser.forward.arrays import HARMS, NO_ONE, Chances, Flags, Ints, Records, Service
from allocation_engine.optimiser.forward.load import Loads
from allocation_engine.optimiser.forward.standing_cases import Standing, waits
from domain.allocation.rules.caseloads import HOURS_TOLERANCE
from domain.allocation.score import MOST_WEEKS

WEIGHTS = (1e10, 1e5, 1.0)
"""What a week of waiting weighs by priority, as in `caseloads.table.weight_of`: the higher outweighs all of the lower."""


class Holdings(NamedTuple):
    """What every worker holds at a moment.

    `rooms` and `harms` are laid out as in `Sheet`; `harm_room` is what each may still be given of each harm type, and
    `peers` says by worker and peer group whether they hold a case of it.
    """

    rooms: Records
    harms: Ints
    harm_room: Ints
    peers: Flags


class Units(NamedTuple):
    """Units that wait: the cases of unit u are ``cases[at[u]:at[u + 1]]``; siblings who wait are one unit."""

    cases: Ints
    at: Ints


@compiled
def holdings_of(
    service: Service, chances: Chances, standing: Standing, loads: Loads, week: int, groups: int
) -> Holdings:
    """Add up what everybody holds, and lay out what they may still be given."""
    workers = service.weeks.shape[1]
    rooms, harms = np.zeros(workers, ROOMS), np.zeros((workers, HARMS), np.int64)
    peers, hours = np.zeros((workers, groups + 1), np.uint8), np.zeros(workers)
    held, high, mean = np.zeros(workers, np.int64), np.zeros(workers, np.int64), np.zeros((workers, 2))
    for case in range(len(standing.holder)):
        if standing.closed[case]:
            continue
        one, worker = chances.cases[case], standing.holder[case]
        if worker != NO_ONE:
            held[worker] += 1
            high[worker] += one["high"]
            hours[worker] += one["hours"]
            mean[worker, 0] += one["mean_acute"]
            mean[worker, 1] += one["mean_cumulative"]
            peers[worker, one["peers"]] = 1
            for harm in range(HARMS):
                harms[worker, harm] += one["harms"] >> harm & 1
        for place in range(standing.co_workers.shape[1]):
            beside = standing.co_workers[case, place]
            if beside != NO_ONE:
                hours[beside] += service.co_worker_hours * one["hours"]
                mean[beside, 0] += service.co_worker_share * one["mean_acute"]
                mean[beside, 1] += service.co_worker_share * one["mean_cumulative"]
    harm_room = np.zeros((workers, HARMS), np.int64)
    for worker in range(workers):
        now = service.weeks[week, worker]
        capacity = now["capacity"] if now["capacity"] > 0.0 else np.inf
        predicted = (
            now["state_acute"] * loads.load[worker, 0]
            + now["given_acute"] * mean[worker, 0]
            + now["state_cumulative"] * loads.load[worker, 1]
            + now["given_cumulative"] * mean[worker, 1]
        )
        rooms[worker]["cases"] = max(now["cases"] - held[worker], 0)
        rooms[worker]["new"] = now["new"]
        rooms[worker]["high"] = max(now["high"] - high[worker], 0)
        rooms[worker]["area"] = NO_AREA
        rooms[worker]["caseload"] = held[worker]
        rooms[worker]["ratio"] = predicted / capacity
        rooms[worker]["hours"] = now["hours"] - hours[worker] + HOURS_TOLERANCE / 2
        rooms[worker]["capacity"] = capacity
        for harm in range(HARMS):
            harm_room[worker, harm] = max(now["harm"] - harms[worker, harm], 0)
    return Holdings(rooms, harms, harm_room, peers)


@compiled
def may_hold(
    service: Service, chances: Chances, standing: Standing, held: Holdings, week: int, case: int, worker: int
) -> bool:
    """Say whether no rule of pairs keeps a worker from being a case's primary worker (`domain.allocation.rules.pairs`)."""
    now, one = service.weeks[week, worker], chances.cases[case]
    if one["needs"] & ~now["skills"] or (one["peers"] != NO_ONE and held.peers[worker, one["peers"]] > 0):
        return False
    return bool(now["primary"] > 0 and may_be_asked(service, chances, standing, week, case, worker))


@compiled
def is_there(service: Service, week: int, worker: int) -> bool:
    """Say whether a worker is at work, with known hours and some day of them within the horizon."""
    return bool(service.weeks[week, worker]["capacity"] > 0.0 and service.weeks[week, worker]["away"] == 0)


@compiled
def may_be_asked(service: Service, chances: Chances, standing: Standing, week: int, case: int, worker: int) -> bool:
    """Say whether a worker who is there has no conflict, is not on the case yet, and is of a team that takes it."""
    if not is_there(service, week, worker) or chances.barred[case, worker] > 0:
        return False
    area = chances.cases[case]["area"]
    if area != NO_ONE and service.team_of_area[week, area] not in (NO_ONE, service.weeks[week, worker]["team"]):
        return False
    return not (standing.co_workers[case] == worker).any()


@compiled
def units_waiting(chances: Chances, standing: Standing, at: float) -> Units:
    """Put the waiting cases into units."""
    number, cases = 0, np.empty(len(standing.holder), np.int64)
    for case in range(len(standing.holder)):
        if waits(chances, standing, case, at):
            cases[number] = case
            number += 1
    ordered, starts, units, placed = np.empty(number, np.int64), np.zeros(number + 1, np.int64), 0, 0
    seen = np.zeros(number, np.uint8)
    for first in range(number):
        if seen[first]:
            continue
        group = chances.cases[cases[first]]["siblings"]
        for other in range(first, number):
            if other == first or (group != NO_ONE and chances.cases[cases[other]]["siblings"] == group):
                seen[other] = 1
                ordered[placed] = cases[other]
                placed += 1
        units += 1
        starts[units] = placed
    return Units(ordered, starts[: units + 1].copy())


@compiled
def needs_beside(chances: Chances, standing: Standing, case: int) -> bool:
    """Say whether a case needs a co-worker and has none."""
    return bool(chances.cases[case]["co_needed"] > 0 and (standing.co_workers[case] == NO_ONE).all())


@compiled
def rows_of(
    chances: Chances, standing: Standing, units: Units, beside: Ints, at: float
) -> tuple[Records, Ints, Ints, Ints]:
    """Lay out the rows: units, then co-workers' places; and for each the groups of which a worker takes one row at most."""
    number = len(units.at) - 1
    rows, harm = np.zeros(number + len(beside), ROWS), np.zeros((number + len(beside), HARMS), np.int64)
    clash_at = np.zeros(number + len(beside) + 1, np.int64)
    clashes, found = np.empty(2 * len(units.cases) + len(beside), np.int64), 0
    groups = 1 + len(chances.cases)  # places of peer groups lie below: a group has a case
    for unit in range(number):
        rows[unit]["area"] = NO_AREA
        for place in range(units.at[unit], units.at[unit + 1]):
            one = chances.cases[units.cases[place]]
            weeks = min(int(max(at - standing.waits_since[units.cases[place]], 0.0) // 7), MOST_WEEKS)
            rows[unit]["cases"] += 1
            rows[unit]["high"] += one["high"]
            rows[unit]["weight"] += (1 + weeks) * WEIGHTS[one["priority"]]
            for kind in range(HARMS):
                harm[unit, kind] += one["harms"] >> kind & 1
            if one["peers"] != NO_ONE:
                clashes[found] = one["peers"]
                found += 1
            for k in range(len(beside)):
                if beside[k] == units.cases[place]:
                    clashes[found] = groups + k
                    found += 1
                    rows[number + k]["weight"] = -1.0 - unit
        clash_at[unit + 1] = found
    for k in range(len(beside)):
        unit = int(-1.0 - rows[number + k]["weight"])
        rows[number + k]["area"] = NO_AREA
        rows[number + k]["weight"] = rows[unit]["weight"]
        clashes[found] = groups + k
        found += 1
        clash_at[number + k + 1] = found
    return rows, harm, clash_at, clashes[:found].copy()


@compiled
def fits_by_itself(
    held: Holdings, row: Records, harms: Ints, worker: int, hours: float, ratio: float, limit: float
) -> bool:
    """Say whether a worker could take a row if nothing else came to them (`caseloads.fits.fits_alone`)."""
    room = held.rooms[worker]
    if row["cases"] > room["cases"] or row["cases"] > room["new"] or row["high"] > room["high"]:
        return False
    if hours > room["hours"] or room["ratio"] + ratio > limit:
        return False
    return bool((harms <= held.harm_room[worker]).all())


@compiled
def items_of(
    service: Service,
    chances: Chances,
    standing: Standing,
    held: Holdings,
    units: Units,
    beside: Ints,
    laid: tuple[Records, Ints, Ints, Ints],
    week: int,
) -> Records:
    """Lay out, by worker and row, every pair that no rule blocks and that could be taken alone, with what it adds."""
    workers, number = service.weeks.shape[1], len(units.at) - 1
    rows, harms, clash_at, clashes = laid
    items, found = np.empty(workers * len(rows), ITEMS), 0
    for worker in range(workers):
        now, room = service.weeks[week, worker], held.rooms[worker]
        # Most workers are full in most weeks: who has no room for any case is not asked about each.
        primary = now["primary"] > 0 and room["cases"] > 0 and room["new"] > 0
        if not is_there(service, week, worker) or room["hours"] <= 0.0 or not (primary or now["co_worker"] > 0):
            continue
        for row in range(0 if primary else number, len(rows)):
            load, hours, may = 0.0, 0.0, not _clash_within(clash_at, clashes, row)
            if row < number:
                for place in range(units.at[row], units.at[row + 1]):
                    case = units.cases[place]
                    one = chances.cases[case]
                    hours += one["hours"]
                    may = may and hours <= room["hours"]
                    may = may and may_hold(service, chances, standing, held, week, case, worker)
                    load += now["given_acute"] * one["mean_acute"] + now["given_cumulative"] * one["mean_cumulative"]
            else:
                case = beside[row - number]
                may = now["co_worker"] > 0 and may_be_asked(service, chances, standing, week, case, worker)
                one = chances.cases[case]
                mean = now["given_acute"] * one["mean_acute"] + now["given_cumulative"] * one["mean_cumulative"]
                load, hours = service.co_worker_share * mean, service.co_worker_hours * one["hours"]
            ratio = load / room["capacity"]
            if may and fits_by_itself(held, rows[row], harms[row], worker, hours, ratio, service.load_limit):
                _lay_item(items[found], row, worker, rows[row]["cases"], ratio, hours)
                found += 1
    return items[:found].copy()


@compiled
def _clash_within(clash_at: Ints, clashes: Ints, row: int) -> bool:
    """Say whether a unit holds two cases that one worker may not take: siblings of one peer group."""
    for i in range(clash_at[row], clash_at[row + 1]):
        for j in range(clash_at[row], i):
            if clashes[i] == clashes[j]:
                return True
    return False


@compiled
def _lay_item(item: Records, row: int, worker: int, new: int, ratio: float, hours: float) -> None:
    item["row"], item["worker"], item["new"], item["receives"] = row, worker, new, 1
    item["moved"], item["mismatch"], item["discontinuity"] = 0, 0, 0
    item["load"], item["hours"], item["variance"], item["cost"] = ratio, hours, 0.0, 0.0


@compiled
def sheet_of(
    service: Service,
    held: Holdings,
    laid: tuple[Records, Ints, Ints, Ints],
    items: Records,
) -> Sheet:
    """Put the parts of a sheet together, with the items of each row listed."""
    rows, harm, clash_at, clashes = laid
    at = np.zeros(len(held.rooms) + 1, np.int64)
    row_at, by_row = np.zeros(len(rows) + 1, np.int64), np.empty(len(items), np.int64)
    for item in range(len(items)):
        at[items[item]["worker"] + 1] += 1
        row_at[items[item]["row"] + 1] += 1
    for worker in range(len(held.rooms)):
        at[worker + 1] += at[worker]
    for row in range(len(rows)):
        row_at[row + 1] += row_at[row]
    filled = row_at[:-1].copy()
    for item in range(len(items)):
        row = items[item]["row"]
        by_row[filled[row]] = item
        filled[row] += 1
    limit: float = service.load_limit
    return Sheet(
        rows,
        items,
        held.rooms,
        at,
        row_at,
        by_row,
        harm,
        held.harm_room,
        held.harms,
        clash_at,
        clashes,
        limit,
        service.harm_share,
        service.harm_share_from,
        False,  # noqa: FBT003  compiled code takes no keywords here
    )


@compiled
def lay_out(service: Service, chances: Chances, standing: Standing, held: Holdings, units: Units, week: int) -> Sheet:
    """Lay out the units that wait as a sheet; items that could not be taken even alone are left out."""
    at = 7.0 * week
    beside = beside_of(chances, standing, units)
    laid = rows_of(chances, standing, units, beside, at)
    return sheet_of(service, held, laid, items_of(service, chances, standing, held, units, beside, laid, week))


@compiled
def beside_of(chances: Chances, standing: Standing, units: Units) -> Ints:
    """List the cases of the units that need a co-worker beside the primary worker."""
    found, number = np.empty(len(units.cases), np.int64), 0
    for case in units.cases:
        if needs_beside(chances, standing, case):
            found[number] = case
            number += 1
    return found[:number].copy()


@compiled
def narrowed(units: Units, keep: Flags) -> Units:
    """Drop the units that are not to be kept; of siblings whom nobody could take together the first is left."""
    number, placed = 0, 0
    cases, starts = np.empty(len(units.cases), np.int64), np.zeros(len(units.at), np.int64)
    for unit in range(len(units.at) - 1):
        first, end = units.at[unit], units.at[unit + 1]
        if not keep[unit]:
            end = first + 1 if end - first > 1 else first
        for place in range(first, end):
            cases[placed] = units.cases[place]
            placed += 1
        if end > first:
            number += 1
            starts[number] = placed
    return Units(cases[:placed].copy(), starts[: number + 1].copy())

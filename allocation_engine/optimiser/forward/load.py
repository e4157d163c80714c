"""A week of every worker's load, exactly: the steps of `domain.load.affine`, taken from one event to the next."""

from typing import NamedTuple

import numpy as np

from allocation_engine.optimiser.compiled import compiled
from allocation_engine.optimiser.forward.arrays import IMPULSE, NO_ONE, SESSION, Chances, Floats, Ints, Service
from allocation_engine.optimiser.forward.standing_cases import Standing

CLOSING, INCIDENT = 2, 3
"""Events of the week beside `IMPULSE` and `SESSION`: a held case closes, and its rate is taken off; an incident of one."""


class Loads(NamedTuple):
    """Every worker's load as it runs: both compartments by worker (acute, cumulative).

    `load` [lp] and what held cases add, `rate` [lp/day], at the worker's own time `at` [day]; `eased` is the relief still
    at work [1] since `eased_at`; `piece` the piece of time that the worker is in. `next_planned` and `next_incident`
    (one place each) say how far what comes has been read.
    """

    load: Floats
    rate: Floats
    at: Floats
    eased: Floats
    eased_at: Floats
    piece: Ints
    next_planned: Ints
    next_incident: Ints


class Events(NamedTuple):
    """Events of a week as they are gathered; the first `number[0]` places are filled.

    An incident reaches somebody who is away if its `mark`, from 0 to 1, lies below the share that reaches them then.
    """

    number: Ints
    worker: Ints
    kind: Ints
    at: Floats
    acute: Floats
    cumulative: Floats
    mark: Floats


@compiled
def first_loads(service: Service) -> Loads:
    """Lay out everybody's load at the beginning."""
    workers = len(service.starts)
    load, eased, since = np.zeros((workers, 2)), np.zeros((workers, 2)), np.zeros(workers)
    for worker in range(workers):
        start = service.starts[worker]
        load[worker, 0], load[worker, 1] = start["acute"], start["cumulative"]
        eased[worker, 0], eased[worker, 1] = start["eased_acute"], start["eased_cumulative"]
        since[worker] = start["eased_at"]
    one = np.zeros(1, np.int64)
    pieces = service.pieces_at[:-1].copy()
    return Loads(load, np.zeros((workers, 2)), np.zeros(workers), eased, since, pieces, one, one.copy())


@compiled
def pass_time(service: Service, loads: Loads, worker: int, to: float) -> None:
    """Let time pass for one worker: ``dL_k/dt = h·r_k - m·L_k/τ_k``, piece by piece."""
    at = loads.at[worker]
    while at < to:
        piece = service.pieces[loads.piece[worker]]
        until = min(piece["end"], to)
        length = until - at
        for k in range(2):
            x = piece["speed"] * length / service.taus[k]
            gained = loads.rate[worker, k] * piece["share"] * service.taus[k] / piece["speed"] * -np.expm1(-x)
            loads.load[worker, k] = loads.load[worker, k] * np.exp(-x) + gained
        at = until
        if until >= piece["end"]:
            loads.piece[worker] += 1
    loads.at[worker] = at


@compiled
def share_that_reaches(service: Service, loads: Loads, worker: int) -> float:
    """Give the share [1] of what comes that reaches a worker at their own time: less than 1 while they are away."""
    return float(service.pieces[min(loads.piece[worker], service.pieces_at[worker + 1] - 1)]["share"])


@compiled
def ease(service: Service, loads: Loads, worker: int, acute: float, cumulative: float) -> None:
    """Let a session ease a worker's load (`domain.load.recovery.ease`): sessions close together add little."""
    faded = np.exp(-(loads.at[worker] - loads.eased_at[worker]) / service.eased_for)
    at_work_acute, at_work_cumulative = loads.eased[worker, 0] * faded, loads.eased[worker, 1] * faded
    gained_acute, gained_cumulative = max(0.0, acute - at_work_acute), max(0.0, cumulative - at_work_cumulative)
    if gained_acute == 0.0 and gained_cumulative == 0.0:
        return
    loads.load[worker, 0] *= np.exp(-gained_acute)
    loads.load[worker, 1] *= np.exp(-gained_cumulative)
    loads.eased[worker, 0], loads.eased[worker, 1] = (
        at_work_acute + gained_acute,
        at_work_cumulative + gained_cumulative,
    )
    loads.eased_at[worker] = loads.at[worker]


@compiled
def add_rates(service: Service, chances: Chances, standing: Standing, loads: Loads) -> None:
    """Add up what everybody's held cases come to a day."""
    loads.rate[:] = 0.0
    for case in range(len(standing.holder)):
        if standing.closed[case]:
            continue
        acute, cumulative = chances.cases[case]["rate_acute"], chances.cases[case]["rate_cumulative"]
        worker = standing.holder[case]
        if worker != NO_ONE:
            loads.rate[worker, 0] += acute
            loads.rate[worker, 1] += cumulative
        for place in range(standing.co_workers.shape[1]):
            beside = standing.co_workers[case, place]
            if beside != NO_ONE:
                loads.rate[beside, 0] += service.co_worker_share * acute
                loads.rate[beside, 1] += service.co_worker_share * cumulative


@compiled
def _gather(events: Events, worker: int, kind: int, at: float, acute: float, cumulative: float, mark: float) -> None:
    place = events.number[0]
    if place >= len(events.worker):
        raise ValueError("more events in a week than room was made for")
    events.number[0] += 1
    events.worker[place], events.kind[place], events.at[place] = worker, kind, at
    events.acute[place], events.cumulative[place], events.mark[place] = acute, cumulative, mark


@compiled
def _closings(service: Service, chances: Chances, standing: Standing, events: Events, week: int, at: float) -> Floats:
    """Close the cases whose work is done in this week; a case goes on only while its worker is there. Give when each ends."""
    ends = np.full(len(standing.holder), np.inf)
    for case in range(len(standing.holder)):
        worker = standing.holder[case]
        if standing.closed[case] or worker == NO_ONE or service.weeks[week, worker]["away"] > 0:
            continue
        standing.left[case] -= 7.0
        if standing.left[case] >= 0.0:
            continue
        end = at + 7.0 + standing.left[case]
        ends[case] = end
        standing.closed[case] = 1
        acute, cumulative = chances.cases[case]["rate_acute"], chances.cases[case]["rate_cumulative"]
        _gather(events, worker, CLOSING, end, acute, cumulative, 0.0)
        for place in range(standing.co_workers.shape[1]):
            beside = standing.co_workers[case, place]
            if beside != NO_ONE:
                share = service.co_worker_share
                _gather(events, beside, CLOSING, end, share * acute, share * cumulative, 0.0)
    return ends


@compiled
def _happenings(
    service: Service, chances: Chances, standing: Standing, loads: Loads, events: Events, ends: Floats, until: float
) -> None:
    """Gather what is planned and the incidents of held cases up to a moment; of a co-worker's a share reaches them."""
    place = loads.next_planned[0]
    while place < len(service.planned) and service.planned[place]["at"] < until:
        one = service.planned[place]
        _gather(events, one["worker"], one["kind"], one["at"], one["acute"], one["cumulative"], 0.0)
        place += 1
    loads.next_planned[0] = place
    place = loads.next_incident[0]
    while place < len(chances.incident_at) and chances.incident_at[place] < until:
        case, at, points = chances.incident_case[place], chances.incident_at[place], chances.incident_points[place]
        to_co_worker, to_absent = chances.incident_marks[place, 0], chances.incident_marks[place, 1]
        place += 1
        if at >= ends[case] or (standing.closed[case] and ends[case] == np.inf):
            continue
        acute = points * service.incident_acute
        if standing.holder[case] != NO_ONE:
            _gather(events, standing.holder[case], INCIDENT, at, acute, points - acute, to_absent)
        for column in range(standing.co_workers.shape[1]):
            beside = standing.co_workers[case, column]
            if beside != NO_ONE and to_co_worker < service.co_worker_share:
                _gather(events, beside, INCIDENT, at, acute, points - acute, to_absent)
    loads.next_incident[0] = place


@compiled
def run_week(service: Service, chances: Chances, standing: Standing, loads: Loads, week: int) -> int:
    """Let a week pass for everybody; give how many cases closed."""
    at, until = 7.0 * week, 7.0 * (week + 1)
    add_rates(service, chances, standing, loads)
    # Room for every closing and incident with all co-workers, and for what is planned.
    room = (len(standing.holder) + len(chances.incident_at)) * (1 + standing.co_workers.shape[1]) + len(service.planned)
    events = Events(
        np.zeros(1, np.int64),
        np.empty(room, np.int64),
        np.empty(room, np.int64),
        np.empty(room),
        np.empty(room),
        np.empty(room),
        np.empty(room),
    )
    ends = _closings(service, chances, standing, events, week, at)
    _happenings(service, chances, standing, loads, events, ends, until)
    number = events.number[0]
    for place in np.argsort(events.at[:number], kind="mergesort"):
        _take(service, loads, events, place)
    for worker in range(len(loads.at)):
        pass_time(service, loads, worker, until)
    closed = 0
    for case in range(len(ends)):
        if ends[case] < np.inf:
            closed += 1
            standing.holder[case] = NO_ONE
            standing.co_workers[case, :] = NO_ONE
    return closed


@compiled
def _take(service: Service, loads: Loads, events: Events, place: int) -> None:
    """Take one event in at its time."""
    worker, kind = events.worker[place], events.kind[place]
    pass_time(service, loads, worker, events.at[place])
    acute, cumulative = events.acute[place], events.cumulative[place]
    if kind == SESSION:
        ease(service, loads, worker, acute, cumulative)
    elif kind == CLOSING:
        loads.rate[worker, 0] -= acute
        loads.rate[worker, 1] -= cumulative
    elif kind == IMPULSE or events.mark[place] < share_that_reaches(service, loads, worker):
        loads.load[worker, 0] += acute
        loads.load[worker, 1] += cumulative

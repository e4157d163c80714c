"""Finds the shape of a service whose history has about so many events."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from math import sqrt

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.generator.shape import MAX_WEEKS, ServiceShape
from allocation_engine.interfaces.generator.simulate import generate

FEWEST_EVENTS = 100
MARGIN = 0.05
MARGIN_OF_FEW = 3.5
MARGIN_OF_FEW_WORKERS = 0.35
"""The aim is a little above what is asked for, so that a caller can take exactly the first so many: by a twentieth, and
by more where chance weighs more: for few events and for few workers (these over the square root of their number)."""

TRIAL_WORKERS = 48
TRIAL_WEEKS = 104
TRIED_WORKERS = 150
WEEKS_FROM, WEEKS_TO = 26, 520
EVENTS_OF_HALF_A_YEAR = 2_000
WAITING_PER_WORKER = 0.8
MOST_WAITING = 60


def shape_for_events(events: int, *, workers: int | None = None, ends_at: datetime) -> ServiceShape:
    """Give a service whose history has about `events` events: that many or up to a sixth more.

    With `workers` given the history is made long enough; without, a larger history is both longer and of more workers.
    The size is found by a short trial run, so it stays right when the generator changes. Below some 5,000 events
    chance weighs more, most of all with few workers: the history may then be a fifth off either way.

    Raises
    ------
    SettingsError
        So few events are no service, or the history would have to be centuries long.
    """
    if events < FEWEST_EVENTS:
        raise SettingsError("events", f"ask for at least {FEWEST_EVENTS}: fewer make no service")
    if workers is not None:
        shape = ServiceShape(workers=workers, waiting=_waiting(workers), weeks=1, ends_at=ends_at)
        return _lengthened(shape, _aim(events, workers))
    weeks = round(min(WEEKS_TO, max(WEEKS_FROM, WEEKS_FROM * (events / EVENTS_OF_HALF_A_YEAR) ** (1 / 3))))
    trial = ServiceShape(workers=TRIAL_WORKERS, waiting=0, weeks=TRIAL_WEEKS, ends_at=ends_at)
    per_worker = _at_week(_events_by_week(trial, seed=1), weeks) / TRIAL_WORKERS + WAITING_PER_WORKER
    fitting = max(1, round(events * (1 + MARGIN) / per_worker))
    return _lengthened(replace(trial, workers=fitting, waiting=_waiting(fitting)), _aim(events, fitting))


def _aim(events: int, workers: int) -> float:
    return events * (1 + max(MARGIN, MARGIN_OF_FEW / sqrt(events), MARGIN_OF_FEW_WORKERS / sqrt(workers)))


def _waiting(workers: int) -> int:
    return min(MOST_WAITING, round(WAITING_PER_WORKER * workers))


def _lengthened(shape: ServiceShape, wanted: float) -> ServiceShape:
    """Give the shape with as many weeks as bring the wanted number of events.

    The trial has the same workers, or fewer and is scaled up; where they are few it is repeated and averaged.
    """
    workers = min(shape.workers, TRIAL_WORKERS)
    trial = replace(shape, workers=workers, waiting=0, weeks=TRIAL_WEEKS)
    runs = [_events_by_week(trial, seed=seed) for seed in range(1, 2 + TRIED_WORKERS // workers)]
    scale = shape.workers / workers / len(runs)
    by_week = [sum(week) * scale for week in zip(*runs, strict=True)]
    for weeks in count(1):
        if _at_week(by_week, weeks) + shape.waiting >= wanted:
            return replace(shape, weeks=weeks)
        if weeks == MAX_WEEKS:
            break
    raise SettingsError("workers", f"{shape.workers} would need more than {MAX_WEEKS // 52} years: give more workers")


def _events_by_week(trial: ServiceShape, *, seed: int) -> list[int]:
    """Count the events that a trial has recorded by the end of each of its weeks."""
    by_week = [0] * trial.weeks
    first = None
    for record in generate(trial, seed=seed):
        first = first or record.envelope.recorded_at
        by_week[min(trial.weeks - 1, (record.envelope.recorded_at - first).days // 7)] += 1
    total = 0
    for week, events in enumerate(by_week):
        total += events
        by_week[week] = total
    return by_week


def _at_week(by_week: Sequence[float], weeks: int) -> float:
    """Read the count at a week, going on past the end at the pace of the second half."""
    if weeks <= len(by_week):
        return by_week[weeks - 1]
    half = len(by_week) // 2
    pace = (by_week[-1] - by_week[half - 1]) / (len(by_week) - half)
    return by_week[-1] + pace * (weeks - len(by_week))

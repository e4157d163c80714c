"""Ask a what-if of a store. Nothing is stored: a scenario becomes a proposal only through the ordinary decision."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta

from allocation_engine.errors import SettingsError
from allocation_engine.persistence.store import Store
from allocation_engine.planning.policy_in_force import policy_in_force
from allocation_engine.planning.what_if.draws import Dice
from allocation_engine.planning.what_if.outcome import Outcome, Told
from allocation_engine.planning.what_if.prepare import Future, prepare
from allocation_engine.planning.what_if.record import ServiceRecord, read_record
from allocation_engine.planning.what_if.run import Courses, run_all
from allocation_engine.planning.what_if.scenario import WhatIf
from domain.policy.policy_set import PolicySet

FEWEST_STRIP = 1.0
"""Referrals a week in one strip of chances where the baseline has none."""


def ask(
    store: Store,
    example: PolicySet,
    asked: WhatIf,
    now: datetime,
    *,
    processes: int | None = None,
    keep_going: Callable[[int, int], bool] | None = None,
) -> Outcome:
    """Run a what-if over a store.

    Parameters
    ----------
    example
        The shipped set, in force until somebody adopted one.
    now
        The present: what is on record after it is not looked at.
    processes
        How many to use; unset, one for each core. The answer is the same with any number.
    keep_going
        Told how many runs are done and of how many; False stops, and the answer says so.

    Raises
    ------
    SettingsError
        The what-if names somebody who is not there, or the record does not tell what it needs.
    InvalidPolicySet
        It has a policy number that there is not, or that a policy set may not hold.
    """
    begins = asked.starts or next_monday(now)
    record = read_record(store, policy_in_force(store.log, begins, example).policy, begins, now, asked.assumptions)
    return run_record(record, asked, processes=processes, keep_going=keep_going)


def run_record(
    record: ServiceRecord,
    asked: WhatIf,
    *,
    processes: int | None = None,
    keep_going: Callable[[int, int], bool] | None = None,
) -> Outcome:
    """Run a what-if over a service that was read before."""
    futures = lay_out(record, asked)
    many = min(processes or available_cores(), asked.runs)
    courses, done = run_all(futures, dice_of(record, asked), asked.runs, many, keep_going or (lambda _done, _of: True))
    return told_of(record, asked, futures, courses, done)


def lay_out(record: ServiceRecord, asked: WhatIf) -> tuple[Future, ...]:
    """Lay out the baseline and each scenario, ready to be run."""
    if not record.situation.workers:
        raise SettingsError("the store", "nobody is registered here: there is nobody to look ahead for")
    baseline = prepare(record, asked, "baseline", "As things stand", ())
    return baseline, *(prepare(record, asked, one.id, one.title, one.changes) for one in asked.scenarios)


def told_of(
    record: ServiceRecord, asked: WhatIf, futures: Sequence[Future], courses: Sequence[Courses], done: int
) -> Outcome:
    """Put the runs that were done into an answer."""
    if done == 0:
        raise SettingsError("runs", "stopped before the first run was done: there is nothing to show")
    told = [Told(future, course) for future, course in zip(futures, courses, strict=True)]
    return Outcome(asked, record, told[0], tuple(told[1:]), done, stopped=done < asked.runs)


def dice_of(record: ServiceRecord, asked: WhatIf) -> Dice:
    """Say how chances are thrown: alike for the baseline and every scenario."""
    strip = record.referrals_per_week or FEWEST_STRIP
    return Dice(asked.seed, strip, record.days_worked, asked.assumptions.incidents)


def available_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def next_monday(now: datetime) -> datetime:
    """Give the Monday on which the next whole week begins; a Monday's own, up to that moment."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    monday = midnight + timedelta(days=-midnight.weekday() % 7)
    return monday if monday >= now.astimezone(UTC) else monday + timedelta(weeks=1)

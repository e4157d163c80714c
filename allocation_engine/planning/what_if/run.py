"""Runs of a what-if, in this process or in several: the same seed gives the same answer in any number of them."""

import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, fields
from multiprocessing import get_context

import numpy as np

from allocation_engine.optimiser.forward import Course, new_course
from allocation_engine.optimiser.forward.arrays import Floats, Ints, Records
from allocation_engine.planning.what_if.draws import Dice, draw
from allocation_engine.planning.what_if.prepare import Future as Scenario

KeepGoing = Callable[[int, int], bool]
"""Told how many runs are done, and of how many; False stops with those that are."""

AHEAD = 2
"""Runs handed out to each process at once: enough that none waits, few enough that a stop is heard soon."""


@dataclass(frozen=True)
class Courses:
    """All runs of one scenario: weeks as a whole by run and week; load [lp] and cases by run, week and worker."""

    weeks: Records
    acute: Floats
    cumulative: Floats
    cases: Ints

    @property
    def load(self) -> Floats:
        """Both compartments together [lp]: what is set against capacity."""
        return self.acute + self.cumulative


def run_all(
    scenarios: Sequence[Scenario], dice: Dice, runs: int, processes: int, keep_going: KeepGoing
) -> tuple[tuple[Courses, ...], int]:
    """Run every scenario so often, each run of all of them with the same chances; give the courses, and how many runs.

    A run counts only when all scenarios have had it, and only the first ones without a gap: so what a stop leaves is what
    fewer runs would have given.
    """
    found: dict[int, tuple[Course, ...]] = {}
    last: int | None = None
    source = _here(scenarios, dice, runs) if processes == 1 else _in_processes(scenarios, dice, runs, processes)
    with source as results:
        for run, courses in results:
            found[run] = courses
            if last is None and not keep_going(len(found), runs):
                last = max(found)
            # Runs before the last that is done are under way: they are worth waiting for, else a stop would lose the rest.
            if last is not None and all(earlier in found for earlier in range(last)):
                break
    done = 0
    while done in found and (last is None or done <= last):
        done += 1
    return tuple(together([found[run][place] for run in range(done)], one) for place, one in enumerate(scenarios)), done


def one_run(scenarios: Sequence[Scenario], dice: Dice, run: int) -> tuple[Course, ...]:
    """Run every scenario once."""
    from allocation_engine.optimiser.forward.run import run_weeks  # noqa: PLC0415  compiled code takes a while to load

    courses = []
    for one in scenarios:
        course = new_course(len(one.rate), len(one.workers))
        run_weeks(one.service, draw(one, dice, run), course)
        courses.append(course)
    return tuple(courses)


Results = Iterator[tuple[int, tuple[Course, ...]]]


@contextmanager
def _here(scenarios: Sequence[Scenario], dice: Dice, runs: int) -> Iterator[Results]:
    yield ((run, one_run(scenarios, dice, run)) for run in range(runs))


@contextmanager
def _in_processes(scenarios: Sequence[Scenario], dice: Dice, runs: int, processes: int) -> Iterator[Results]:
    """Hand runs out to processes of their own. They are begun anew, not forked: threads and open stores stay here."""
    pool = ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_take_in, initargs=(tuple(scenarios), dice)
    )
    try:
        yield _handed_out(pool, runs, AHEAD * processes)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _handed_out(pool: ProcessPoolExecutor, runs: int, ahead: int) -> Results:
    out: dict[Future[tuple[Course, ...]], int] = {}
    coming = iter(range(runs))
    for run in (run for _, run in zip(range(ahead), coming, strict=False)):
        out[pool.submit(_run, run)] = run
    while out:
        done, _ = wait(out, return_when=FIRST_COMPLETED)
        for one in sorted(done, key=out.__getitem__):
            run = out.pop(one)
            following = next(coming, None)
            if following is not None:
                out[pool.submit(_run, following)] = following
            yield run, one.result()


_TAKEN_IN: list[tuple[tuple[Scenario, ...], Dice]] = []
"""What a process of the pool runs, given once when it begins: too large to be handed over with every run."""


def _take_in(scenarios: tuple[Scenario, ...], dice: Dice) -> None:
    import signal  # noqa: PLC0415  in the pool's processes only

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is heard by whoever asked, who then stops the pool
    _TAKEN_IN[:] = [(scenarios, dice)]


def _run(run: int) -> tuple[Course, ...]:
    scenarios, dice = _TAKEN_IN[0]
    return one_run(scenarios, dice, run)


def together(courses: Sequence[Course], one: Scenario) -> Courses:
    """Put the runs of one scenario together, in their order."""
    empty = new_course(len(one.rate), len(one.workers))
    stacked = (
        [np.stack(parts) for parts in zip(*courses, strict=True)] if courses else [part[None][:0] for part in empty]
    )
    return Courses(*stacked)


def to_bytes(courses: Sequence[Courses]) -> bytes:
    """Write the courses of every scenario down, to the last bit."""
    held = io.BytesIO()
    arrays = {
        f"{place}-{one.name}": getattr(of, one.name) for place, of in enumerate(courses) for one in fields(Courses)
    }
    np.savez_compressed(held, allow_pickle=False, **arrays)
    return held.getvalue()


def joined(parts: Sequence[bytes], scenarios: Sequence[Scenario]) -> tuple[Courses, ...]:
    """Read courses back that were written down part by part, and join them in that order."""
    if not parts:
        return tuple(together([], one) for one in scenarios)
    read = [np.load(io.BytesIO(part), allow_pickle=False) for part in parts]
    return tuple(
        Courses(*(np.concatenate([part[f"{place}-{one.name}"] for part in read]) for one in fields(Courses)))
        for place in range(len(scenarios))
    )

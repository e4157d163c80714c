"""From a child's lines to the course of the case: care from the episodes, if there are any, and workers one after another.

By the collection's rules one social worker follows another. So where two overlap, the earlier is taken to have handed
over on the day the later began. Without episodes nobody can tell a child who waits for a worker from one who has left
care: the case is taken to have ended with the last worker.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from allocation_engine.interfaces.importers.casework import Course, Run, Stint
from allocation_engine.interfaces.importers.casework.course import earlier, later, overlap
from allocation_engine.interfaces.importers.pseudonyms import Pseudonyms
from allocation_engine.interfaces.importers.ssda903.rows import REASONS, CareRow, WorkerRow
from domain.identifiers import CaseId
from domain.vocabulary import PlanType

Span = tuple[date, date | None]
CARE = "care"
"""The part of the return that facts come from where episodes were given."""


@dataclass(frozen=True, slots=True)
class ChildRows:
    """All lines of one child. `care` is None where no episodes file was given; `care_told` if an earlier return had it."""

    workers: tuple[WorkerRow, ...]
    care: tuple[CareRow, ...] | None
    care_told: bool = False


def course_of(case_id: CaseId, rows: ChildRows, pseudonyms: Pseudonyms, noticed: Counter[str]) -> Course:
    """Put a child's lines together; what they leave open, or say oddly, is counted in `noticed`."""
    stints = _one_after_another(
        [Stint(pseudonyms.worker(row.worker), row.start, row.end, REASONS.get(row.reason)) for row in rows.workers],
        noticed,
    )
    if rows.care is None:
        runs = _without_episodes(stints, rows, noticed)
    else:
        care = _joined((row.start, row.end) for row in rows.care if not row.short_break)
        runs = _with_episodes(care, stints, noticed)
    held = tuple(part for stint in stints for run in runs if (part := overlap(stint, run)) is not None)
    return Course(case_id, runs, held)


def _one_after_another(stints: Sequence[Stint], noticed: Counter[str]) -> tuple[Stint, ...]:
    """Let each worker hand over when the next begins; of two who begin on one day, who stays longer stands."""
    ordered = sorted(
        set(stints),
        key=lambda one: (one.start, one.end is None, one.end or one.start, one.worker_id, one.reason or ""),
    )
    cut: list[Stint] = []
    for stint, following in zip_longest(ordered, ordered[1:]):
        end = stint.end if following is None else earlier(stint.end, following.start)
        if end != stint.end:
            noticed["overlapping" if stint.end is not None else "end_missing"] += 1
        if end is None or end > stint.start:
            cut.append(replace(stint, end=end))
    return tuple(cut)


def _without_episodes(stints: Sequence[Stint], rows: ChildRows, noticed: Counter[str]) -> tuple[Run, ...]:
    """Let the case end with its last worker, unless an earlier return told of care: then that is left as it was told."""
    if not stints:
        return ()
    end = None if rows.care_told else stints[-1].end
    noticed["no_episodes"] += end is not None
    return (Run("", stints[0].start, end, PlanType.LOOKED_AFTER),)


def _with_episodes(care: Sequence[Span], stints: Sequence[Stint], noticed: Counter[str]) -> tuple[Run, ...]:
    """Open the case while the child is in care, and while a worker is on it outside of care by dates that are given."""
    worked: list[Span] = []
    for stint in stints:
        end = stint.end
        ceased = max((last for first, last in care if last is not None and stint.start < last), default=None)
        in_care = any(last is None or stint.start < last for _, last in care)
        if end is None and in_care:
            # The child is in care still, or the worker's end was left out when care ceased.
            end = ceased if all(last is not None for _, last in care) else None
            noticed["open_after_care"] += end is not None
        worked.append((stint.start, end))
    runs = []
    for start, end in _joined([*care, *worked]):
        in_care = any(first < (end or date.max) and start < (last or date.max) for first, last in care)
        runs.append(Run(CARE, start, end, PlanType.LOOKED_AFTER if in_care else None))
    return tuple(runs)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Put together spans that touch or overlap."""
    joined: list[Span] = []
    for start, end in sorted(spans, key=lambda span: (span[0], span[1] is None, span[1] or span[0])):
        if joined and (joined[-1][1] is None or start <= joined[-1][1]):
            joined[-1] = (joined[-1][0], later(joined[-1][1], end))
        else:
            joined.append((start, end))
    return tuple(joined)

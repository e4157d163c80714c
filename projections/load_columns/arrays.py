"""Arrays in order of subject: who is first, who comes when, and what belongs together."""

from collections.abc import Iterator
from dataclasses import Field, fields, replace
from typing import ClassVar, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
SmallInts = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NEVER = int(np.iinfo(np.int64).max)
"""A moment that does not come [µs]."""


def bounds(subject: Ints | SmallInts, subjects: int) -> Ints:
    """Give where each subject's entries begin, and at last where all end; `subject` is sorted."""
    return np.searchsorted(subject, np.arange(subjects + 1)).astype(np.int64)


def runs(first: Ints, count: Ints) -> Ints:
    """Give `count` successive places from each `first` on, one run after the other."""
    begins = np.cumsum(count) - count
    return np.repeat(first - begins, count) + np.arange(count.sum())


def by_depth(subject: Ints) -> Iterator[Ints]:
    """Give the places of the first entry of every subject, then of every second entry, and so on.

    What depends on the entry before is so worked out for all subjects together. `subject` is sorted.
    """
    if not len(subject):
        return
    is_first = np.ones(len(subject), np.bool_)
    is_first[1:] = subject[1:] != subject[:-1]
    begins = np.flatnonzero(is_first)
    depth = np.arange(len(subject)) - np.repeat(begins, np.diff(begins, append=len(subject)))
    order = np.argsort(depth, kind="stable")
    yield from np.split(order, np.cumsum(np.bincount(depth))[:-1])


def last_so_far(marked: Flags) -> Ints:
    """Give for each place the last marked place up to it; -1 where there is none."""
    return np.maximum.accumulate(np.where(marked, np.arange(len(marked)), -1)) if len(marked) else np.empty(0, np.int64)


class OfWorkers(Protocol):
    """A frozen dataclass of columns, in order of the worker that each entry is about."""

    __dataclass_fields__: ClassVar[dict[str, Field[object]]]

    @property
    def worker(self) -> Ints | SmallInts:
        """The number of the worker."""


C = TypeVar("C", bound=OfWorkers)


def of_workers(columns: C, first: int, last: int) -> C:
    """Give the entries of the workers from `first` to before `last`; nothing is copied."""
    begin, end = np.searchsorted(columns.worker, [first, last])
    return replace(columns, **{one.name: getattr(columns, one.name)[begin:end] for one in fields(columns)})


def where(columns: C, wanted: Flags) -> C:
    """Give the entries that are marked."""
    return replace(columns, **{one.name: getattr(columns, one.name)[wanted] for one in fields(columns)})

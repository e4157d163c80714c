"""Rows of read models as they were last read: what has not changed since is neither read nor parsed again.

An unchanged row stays one and the same object, so what is worked out from it can be kept with it and goes when it goes
(`projections/worked_out.py`). ADR 13 says when rows are forgotten.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from allocation_engine.persistence.ports import Progress

MOST_BYTES = 128 * 1024 * 1024
"""So much of rows as they are stored is remembered at most [byte]; in memory they take several times as much."""


@dataclass
class RememberedView:
    """One view's rows, and how far they had come; `progress` is None while nothing is remembered."""

    progress: Progress | None = None
    rows: dict[str, Any] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    size: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, progress: Progress, asked: Sequence[str], rows: Mapping[str, Any], sizes: Mapping[str, int]) -> None:
        """Take in what was read of the rows asked for: those that are not there are gone."""
        for key in asked:
            self.rows.pop(key, None)
            self.size -= self.sizes.pop(key, 0)
        self.rows.update(rows)
        self.sizes.update(sizes)
        self.size += sum(sizes.values())
        self.progress = progress

    def forget(self) -> None:
        """Let go of all rows."""
        self.progress, self.rows, self.sizes, self.size = None, {}, {}, 0


class RowMemory:
    """Remembers the views that were asked for last, up to a size. Safe for many threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._views: dict[str, RememberedView] = {}
        self._epoch: int | None = None

    @contextmanager
    def view(self, name: str, epoch: int, *, wait: bool) -> Iterator[RememberedView | None]:
        """Give a view to one thread at a time; None where another has it and this one is not to wait.

        `epoch` is the number of the key of rows. Another one says that somebody was erased: every view is forgotten,
        also those that nobody asks for again.
        """
        with self._lock:
            if epoch != self._epoch:
                self._views, self._epoch = {}, epoch
            view = self._views.pop(name, None) or RememberedView()
            self._views[name] = view  # the one asked for last stands last
        if not view.lock.acquire(blocking=wait):
            yield None
            return
        try:
            yield view
        finally:
            view.lock.release()
        self._hold_to_size()

    def _hold_to_size(self) -> None:
        """Forget what was asked for longest ago; a view that is larger than all there is room for is not remembered."""
        with self._lock:
            total = sum(view.size for view in self._views.values())
            for name, view in list(self._views.items()):
                if total <= self._most_bytes:
                    return
                total -= view.size
                del self._views[name]

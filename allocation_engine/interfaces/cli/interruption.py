"""Ctrl-C as a wish: the first one asks a search to stop with the best plan so far, the second ends the command."""

import signal
from collections.abc import Callable
from threading import current_thread, main_thread
from types import FrameType, TracebackType
from typing import Any, Self

Hearer = Callable[[int, FrameType | None], Any] | int | None
"""Who hears a signal, as `signal.signal` takes it."""


class Interruption:
    """Hears Ctrl-C while it is used as a context; `asked` says whether there was one."""

    def __init__(self) -> None:
        self.asked = False
        self._before = signal.getsignal(signal.SIGINT)

    def listen(self) -> None:
        """Hear the first Ctrl-C from here on, also where something else has come to hear it since.

        CP-SAT does, unless it is told not to: it hears Ctrl-C itself in every search, and leaves nobody to hear it after.
        """
        if not self.asked:
            _let_hear(self._heard)

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        # Compiled code hears nothing until it is done: only the system's own way ends it at once.
        _let_hear(signal.SIG_DFL)

    def __enter__(self) -> Self:
        self.listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _let_hear(self._before)


def _let_hear(who: Hearer) -> None:
    if current_thread() is main_thread():  # no other may say who hears
        signal.signal(signal.SIGINT, who)

"""Single events that come in side by side are stored in one transaction.

A transaction waits for the disk, some milliseconds each, and only one can write at a time: one for each request would allow
a few hundred a second on a good disk. So all that came in during one transaction go
into the next together. Nobody is answered before the transaction that holds their event, and their receipt, is committed.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from threading import Lock

from fastapi_problem.error import Problem

from allocation_engine.errors import StoreUnavailable
from allocation_engine.interfaces.api.once import Once, Reply, replies_before
from allocation_engine.persistence.documents import DocumentChanged, Write
from allocation_engine.persistence.event_log import EventLog
from allocation_engine.persistence.ports import Appended
from domain.errors import AllocationError
from domain.events import EventRecord

MOST_AT_ONCE = 200

PACE_SECONDS = 0.015
"""A group begins so long after one of several, so that more share what a group costs. Whoever sends one event after the
other, with nobody beside, waits for nothing."""

Respond = Callable[[Appended], Reply]
Check = Callable[[EventLog, Sequence[EventRecord]], Sequence[Exception | None]]
"""Says of each record what stands against it, if anything."""


@dataclass(eq=False)
class Waiting:
    """One event on its way into the log, with the request that brought it; `told` is to be called when it is over.

    `context` is the request's: a group is stored in that of its first, whose correlation and trace it then has.
    """

    once: Once
    record: EventRecord
    respond: Respond
    told: "asyncio.Future[None] | None" = None
    reply: Reply | None = None
    error: BaseException | None = None
    context: Context = field(default_factory=copy_context)

    @property
    def over(self) -> bool:
        """Say whether it is known what became of it."""
        return self.reply is not None or self.error is not None

    def outcome(self) -> Reply:
        """Give the reply, or raise what stood against it."""
        if self.error is not None:
            raise self.error
        assert self.reply is not None  # noqa: S101  it is over, and without an error
        return self.reply


class Together:
    """Stores events of many requests at once, a group at a time. Safe for many threads and event loops."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._waiting: list[Waiting] = []
        self._working = False
        self._next = 0.0
        self._list_lock = Lock()
        self._way = Lock()
        # One thread stores for all: a thread for each request would spend more on waking up than on storing.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="together")

    def take(self, once: Once, record: EventRecord, respond: Respond) -> Reply:
        """Store an event with its receipt, once, and give the reply."""
        one = Waiting(once, record, respond)
        with self._way:
            self._store(self._next_group(one))
        return one.outcome()

    async def take_soon(self, once: Once, record: EventRecord, respond: Respond) -> Reply:
        """Do as `take` does, together with whatever else comes in meanwhile."""
        told = asyncio.get_running_loop().create_future()
        one = Waiting(once, record, respond, told)
        with self._list_lock:
            self._waiting.append(one)
            idle, self._working = not self._working, True
        if idle:
            self._thread.submit(self._work)
        await told
        return one.outcome()

    def _work(self) -> None:
        """Store group after group until nothing waits."""
        while True:
            if (early := self._next - time.monotonic()) > 0:
                time.sleep(early)
            began = time.monotonic()
            with self._way:
                group = self._next_group()
                if not group:
                    return
                self._next = began + PACE_SECONDS if len(group) > 1 else 0.0
                with suppress(Exception):  # whom it concerns is told; the next group may fare better
                    self._store(group)
            _tell(group)

    def _next_group(self, *first: Waiting) -> list[Waiting]:
        """Take out those that go well together, `first` among them; of two about the same event one waits."""
        with self._list_lock:
            group: list[Waiting] = []
            taken: set[str] = set()
            for one in (*first, *(() if first else self._waiting)):
                marks = {one.record.envelope.source_tag, *([one.once.place] if one.once.key is not None else ())}
                if len(group) < MOST_AT_ONCE and not marks & taken:
                    group.append(one)
                    taken |= marks
            chosen = set(map(id, group))
            self._waiting[:] = [one for one in self._waiting if id(one) not in chosen]
            self._working = self._working and bool(first or group)
        return group

    def _store(self, group: Sequence[Waiting]) -> None:
        try:
            self._settle(group)
        except BaseException as error:
            _fail((one for one in group if not one.over), error)
            raise

    def _settle(self, group: Sequence[Waiting]) -> None:
        """Store all as new ones, which most are; otherwise see what each is first.

        What is asked first takes longer than the storing, above all where each question is a round trip.
        """
        try:
            _append_all_new(group)
        except StoreUnavailable as error:
            _fail(group, error)
        except Exception:  # noqa: BLE001  what is in the way is found out, and told to whom it concerns
            self._settle_one_by_one(group)

    def _settle_one_by_one(self, group: Sequence[Waiting]) -> None:
        """Answer what was answered before, turn down what cannot be, and store the rest."""
        try:
            for one, before in zip(group, replies_before([one.once for one in group]), strict=True):
                _note(one, before)
            open_ = [one for one in group if not one.over]
            log = group[0].once.engine.store.log
            for one, against in zip(open_, self._check(log, [one.record for one in open_]), strict=True):
                _note(one, against)
        except AllocationError as error:
            _fail((one for one in group if not one.over), error)
        _append([one for one in group if not one.over])


class _NotAllNewError(Exception):
    """One of them is on record already; nothing was stored."""


def _append_all_new(group: Sequence[Waiting]) -> None:
    """Store all in one transaction, or nothing if one is known or was answered before."""

    def hold_new(done: Appended) -> None:
        if any(one.record.envelope.source_tag not in done.positions for one in group):
            raise _NotAllNewError

    _ingest(group, hold_new)


def _append(group: Sequence[Waiting]) -> None:
    """Store all in one transaction; what does not go together is tried one by one, so that none fails for another."""
    if not group:
        return
    try:
        _ingest(group, lambda _: None)
    except StoreUnavailable as error:
        _fail(group, error)
    except Exception as error:  # noqa: BLE001  it is raised to whom it concerns
        if len(group) > 1:
            for one in group:
                _append([one])
        else:
            _stands_alone(group[0], error)


def _ingest(group: Sequence[Waiting], before_commit: Callable[[Appended], None]) -> None:
    replies: list[Reply] = []

    def alongside(done: Appended) -> list[Write]:
        before_commit(done)
        replies[:] = [one.respond(done) for one in group]
        return [write for one, reply in zip(group, replies, strict=True) for write in one.once.receipt(reply)]

    engine = group[0].once.engine.with_documents(alongside)
    records = [one.record for one in group]
    group[0].context.run(engine.store.log.ingest, records, batch_size=MOST_AT_ONCE)
    for one, reply in zip(group, replies, strict=True):
        one.reply = reply


def _stands_alone(one: Waiting, error: Exception) -> None:
    """Note why one event was not stored, or the reply of the same request that another process was first with."""
    one.error = error
    if isinstance(error, DocumentChanged):
        try:
            one.reply, one.error = one.once.told_by_rival(error), None
        except (AllocationError, Problem) as told:
            one.error = told


def _note(one: Waiting, found: Reply | Exception | None) -> None:
    if isinstance(found, Reply):
        one.reply = found
    elif found is not None:
        one.error = found


def _fail(group: Iterable[Waiting], error: BaseException) -> None:
    for one in group:
        one.error = error


def _tell(group: Sequence[Waiting]) -> None:
    """Wake the requests of a group, all of one event loop by one call."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for one in group:
        if one.told is not None:
            by_loop.setdefault(one.told.get_loop(), []).append(one.told)
    for loop, told in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed, and nobody waits in it
            loop.call_soon_threadsafe(_wake, told)


def _wake(told: Sequence["asyncio.Future[None]"]) -> None:
    for one in told:
        if not one.done():  # the caller may have hung up
            one.set_result(None)

"""Single events that come in side by side are stored in one transaction.

A transaction waits for the disk, some milliseconds each, and only one can write at a time: one for each request would allow
a few hundred a second on a good disk. So whoever finds the way free takes along all who wait. Nobody is answered before
the transaction that holds their event, and their receipt, is committed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock

from fastapi_problem.error import Problem

from allocation_engine.interfaces.api.once import Once, Reply, replies_before
from allocation_engine.persistence.documents import DocumentChanged, Write
from allocation_engine.persistence.event_log import EventLog
from allocation_engine.persistence.ports import Appended
from domain.errors import AllocationError
from domain.events import EventRecord

MOST_AT_ONCE = 200

Respond = Callable[[Appended], Reply]
Check = Callable[[EventLog, Sequence[EventRecord]], Sequence[Exception | None]]
"""Says of each record what stands against it, if anything."""


@dataclass(eq=False)
class Waiting:
    """One event on its way into the log, with the request that brought it."""

    once: Once
    record: EventRecord
    respond: Respond
    reply: Reply | None = None
    error: BaseException | None = None

    @property
    def over(self) -> bool:
        """Say whether it is known what became of it."""
        return self.reply is not None or self.error is not None


@dataclass(frozen=True)
class Together:
    """Stores events of many requests at once. Safe for many threads; each waits for its own."""

    check: Check
    _waiting: list[Waiting] = field(default_factory=list)
    _list_lock: Lock = field(default_factory=Lock)
    _way: Lock = field(default_factory=Lock)

    def take(self, once: Once, record: EventRecord, respond: Respond) -> Reply:
        """Store an event with its receipt, once, and give the reply."""
        one = Waiting(once, record, respond)
        with self._list_lock:
            self._waiting.append(one)
        with self._way:
            while not one.over:
                self._store(self._next_group(one))
        if one.error is not None:
            raise one.error
        assert one.reply is not None  # noqa: S101  it is over, and without an error
        return one.reply

    def _next_group(self, first: Waiting) -> list[Waiting]:
        """Take out those that go well together, `first` among them; of two about the same event one waits."""
        with self._list_lock:
            group: list[Waiting] = []
            taken: set[str] = set()
            for one in (first, *(other for other in self._waiting if other is not first)):
                marks = {one.record.envelope.source_tag, *([one.once.place] if one.once.key is not None else ())}
                if len(group) < MOST_AT_ONCE and not marks & taken:
                    group.append(one)
                    taken |= marks
            chosen = set(map(id, group))
            self._waiting[:] = [one for one in self._waiting if id(one) not in chosen]
        return group

    def _store(self, group: Sequence[Waiting]) -> None:
        try:
            self._settle(group)
        except BaseException as error:
            _fail((one for one in group if not one.over), error)
            raise

    def _settle(self, group: Sequence[Waiting]) -> None:
        """Answer what was answered before, turn down what cannot be, and store the rest."""
        try:
            for one, before in zip(group, replies_before([one.once for one in group]), strict=True):
                _note(one, before)
            open_ = [one for one in group if not one.over]
            log = group[0].once.engine.store.log
            for one, against in zip(open_, self.check(log, [one.record for one in open_]), strict=True):
                _note(one, against)
        except AllocationError as error:
            _fail((one for one in group if not one.over), error)
        _append([one for one in group if not one.over])


def _append(group: Sequence[Waiting]) -> None:
    """Store all in one transaction; what does not go together is tried one by one, so that none fails for another."""
    if not group:
        return
    replies: list[Reply] = []

    def alongside(done: Appended) -> list[Write]:
        replies[:] = [one.respond(done) for one in group]
        return [write for one, reply in zip(group, replies, strict=True) for write in one.once.receipt(reply)]

    try:
        engine = group[0].once.engine.with_documents(alongside)
        engine.store.log.ingest([one.record for one in group], batch_size=MOST_AT_ONCE)
    except Exception as error:  # noqa: BLE001  it is raised to whom it concerns
        if len(group) > 1:
            for one in group:
                _append([one])
        else:
            _stands_alone(group[0], error)
        return
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

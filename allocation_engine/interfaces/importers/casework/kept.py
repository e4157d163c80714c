"""Where the statements of a child are kept: in one document of the store, sealed under the child's own key.

It is written in the transaction that records what follows from it, and only if nobody else wrote it since it was read: of
two deliveries that are taken in at once, one is taken in after the other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from allocation_engine.engine import Engine
from allocation_engine.errors import ConcurrentWrite
from allocation_engine.interfaces.importers.casework.on_record import Already, already_in, nothing_yet
from allocation_engine.interfaces.importers.casework.statements import Said, Statement
from allocation_engine.persistence.documents import DocumentChanged, Write
from allocation_engine.persistence.event_log import Ingested
from allocation_engine.persistence.keys.document_seal import DocumentSeal
from allocation_engine.persistence.store import Store
from domain.events import EventRecord

STATEMENTS = "statement"

_AS_JSON = TypeAdapter(tuple[Statement, ...])


@dataclass(frozen=True, slots=True)
class Kept:
    """The statements of one child that are kept, and the version of the document they are in; 0 where there is none."""

    statements: tuple[Statement, ...] = ()
    version: int = 0


class KeptStatements:
    """Reads the statements that a store keeps, and says how they are to be written."""

    def __init__(self, store: Store) -> None:
        self._documents = store.documents
        self._seal = DocumentSeal(store.keyring)

    def of(self, system: str, case_id: str) -> Kept:
        """Give what is kept of a child."""
        place = f"{system}/{case_id}"
        found = self._documents.get(STATEMENTS, place)
        if found is None:
            return Kept()
        opened = self._seal.open(f"case:{case_id}", place, found.body)
        return Kept(() if opened is None else _AS_JSON.validate_json(opened), found.version)

    def write(self, said: Said) -> Write:
        """Say how the statements of a child are to be kept from now on."""
        place = f"{said.system}/{said.case_id}"
        body = self._seal.seal(f"case:{said.case_id}", place, _AS_JSON.dump_json(said.statements))
        return Write(STATEMENTS, place, body, seen=said.seen)


@dataclass(frozen=True)
class Past:
    """What came before a delivery: what is on record under a tag, and what earlier deliveries said."""

    already: Already = nothing_yet
    statements: KeptStatements | None = None


NO_PAST = Past()
"""Nothing came before, or nobody knows: then the delivery is set against nothing."""


def past_in(store: Store) -> Past:
    """Look the past up in a store."""
    return Past(already_in(store.log), KeptStatements(store))


def keep(
    engine: Engine,
    records: Sequence[EventRecord],
    said: Sequence[Said],
    on_progress: Callable[[int], None] | None = None,
) -> Ingested:
    """Store what a delivery led to, and with the last of it the statements that it made.

    Raises
    ------
    ConcurrentWrite
        Another delivery of the same child was taken in since this one was read: read it again.
    """
    kept = KeptStatements(engine.store)
    writes = [kept.write(one) for one in said]
    log = engine.with_documents(lambda _: writes).store.log if writes else engine.store.log
    try:
        return log.ingest(records, on_progress=on_progress)
    except DocumentChanged as changed:
        if changed.collection != STATEMENTS:
            raise
        raise ConcurrentWrite(engine.store.log.head()) from None

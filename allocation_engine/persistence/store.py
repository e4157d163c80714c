"""Opens a store by its URL: `sqlite:///service.sqlite`, `postgresql://…`, `memory://`."""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from types import TracebackType
from typing import Self

from eventsourcing.dcb.application import DCBApplication
from eventsourcing.dcb.popo import InMemoryDCBRecorder
from eventsourcing.dcb.postgres_tt import PostgresDCBRecorderTT
from eventsourcing.utils import Environment, EnvType

from allocation_engine.errors import StoreUnavailable
from allocation_engine.persistence.append_context import LogWithin, WithinAppend
from allocation_engine.persistence.documents import Documents
from allocation_engine.persistence.event_log import EventLog
from allocation_engine.persistence.keys.keyring import Keyring
from allocation_engine.persistence.keys.row_seal import RowSeals
from allocation_engine.persistence.keys.sealing import Sealing
from allocation_engine.persistence.mapper import RecordMapper
from allocation_engine.persistence.memory import MemoryDocuments, MemoryInspection, MemoryLog, MemoryRows
from allocation_engine.persistence.ports import Alongside, Backend, Inspection
from allocation_engine.persistence.postgres_documents import PostgresDocuments
from allocation_engine.persistence.postgres_factory import CONNINFO
from allocation_engine.persistence.postgres_log import PostgresLog
from allocation_engine.persistence.postgres_rows import PostgresInspection, PostgresRows
from allocation_engine.persistence.read_models import ReadModels
from allocation_engine.persistence.shown_url import hide_password
from allocation_engine.persistence.sqlite_documents import SQLiteDocuments
from allocation_engine.persistence.sqlite_recorder import SQLiteDCBRecorder
from allocation_engine.persistence.sqlite_rows import SQLiteInspection, SQLiteRows
from allocation_engine.persistence.vendor_errors import store_errors
from domain.events import REGISTRY, EventRegistry

FORMS = "sqlite:///path/to/file.sqlite, postgresql://user@host/database or memory://"


class AllocationApplication(DCBApplication):
    """The library's application, configured by the URL alone: stray environment variables do not reach it."""

    name = "allocation"

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Take the given settings and none of the process's."""
        return Environment(name, env)


class Store:
    """A log with its read models. Close it, or use it as a context."""

    def __init__(self, url: str, backend: Backend, mapper: RecordMapper) -> None:
        self.url = url
        self.log = EventLog(backend.log, mapper, self.shown_url)
        self.keyring = None if mapper.sealing is None else mapper.sealing.keyring
        self.read_models = ReadModels(backend.rows, self.log, mapper, self.shown_url, RowSeals(self.keyring))
        self.documents = Documents(backend.documents, self.shown_url)
        self.mapper = mapper
        self._backend = backend

    @property
    def shown_url(self) -> str:
        """The URL as it may be shown and logged."""
        return hide_password(self.url)

    @property
    def backend(self) -> Backend:
        """The store's parts, for what works below the level of events."""
        return self._backend

    @property
    def inspection(self) -> Inspection:
        """What the database can tell about its own soundness; `check_store` asks it."""
        return self._backend.inspection

    def with_documents(self, alongside: Alongside) -> "Store":
        """Give this store as one whose appends also write documents, in the same transaction. Close the first one only."""
        other = copy(self)
        other.log = self.log.with_documents(alongside)
        return other

    def close(self) -> None:
        """Close every connection; a second call does nothing."""
        self._backend.close()
        if self.keyring is not None:
            self.keyring.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Store({self.shown_url!r})"


def open_store(
    url: str,
    *,
    registry: EventRegistry = REGISTRY,
    keyring: Callable[[], Keyring] | None = None,
    within_append: WithinAppend | None = None,
) -> Store:
    """Open the store that a URL names, making it where there is none yet.

    `sqlite:///relative/path` and `sqlite:////absolute/path`, as SQLAlchemy writes them; `postgresql://…` as libpq
    reads it, also for a socket (`?host=/directory`); `memory://` is gone when it is closed.

    With keys, what is said of persons is sealed (`keys/`). They are opened after the store and closed with it.
    Each append happens within what `within_append` gives, where it is given.

    Raises
    ------
    StoreUnavailable
        The URL makes no sense, or what it names cannot be opened or is no store of ours.
    """
    shown = hide_password(url)
    settings = _settings_of(url, shown)
    with store_errors(shown):
        application = AllocationApplication(settings)
    try:
        sealing = None if keyring is None else Sealing(keyring())
    except BaseException:
        application.close()
        raise
    backend = _backend(application)
    if within_append is not None:
        backend = replace(backend, log=LogWithin(backend.log, within_append))
    return Store(url, backend, RecordMapper(registry, sealing))


def _settings_of(url: str, shown: str) -> Mapping[str, str]:
    """Give the application's settings for a URL."""
    scheme, separator, rest = url.partition("://")
    here = "allocation_engine.persistence"
    if separator and scheme == "memory" and not rest:
        return {"PERSISTENCE_MODULE": "eventsourcing.dcb.popo"}
    if separator and scheme == "sqlite":
        return {"PERSISTENCE_MODULE": f"{here}.sqlite_recorder", "SQLITE_DBNAME": _sqlite_path(rest, shown)}
    if separator and scheme in {"postgresql", "postgres"}:
        return {"PERSISTENCE_MODULE": f"{here}.postgres_factory:PostgresFactory", CONNINFO: url}
    raise StoreUnavailable(shown, f"its URL must read {FORMS}")


def _sqlite_path(rest: str, shown: str) -> str:
    path = rest.removeprefix("/")
    if path == rest or path in {"", ":memory:"}:
        raise StoreUnavailable(shown, "a file's URL has three slashes and a path: sqlite:///service.sqlite")
    if "?" in path or "#" in path or "\0" in path:
        raise StoreUnavailable(shown, "a file's URL takes no options, and its path no '?' or '#'")
    return path


def _backend(application: AllocationApplication) -> Backend:
    """Put our parts around the recorder that the application made."""
    match application.recorder:
        case SQLiteDCBRecorder() as recorder:
            database = recorder.database
            return Backend(
                recorder,
                SQLiteRows(database),
                SQLiteDocuments(database),
                SQLiteInspection(database),
                application.close,
            )
        case PostgresDCBRecorderTT() as recorder:
            datastore = recorder.datastore
            return Backend(
                PostgresLog(recorder),
                PostgresRows(datastore),
                PostgresDocuments(datastore),
                PostgresInspection(recorder),
                application.close,
            )
        case InMemoryDCBRecorder() as recorder:
            documents = MemoryDocuments()
            log = MemoryLog(recorder, documents)
            return Backend(log, MemoryRows(), documents, MemoryInspection(log), application.close)
        case other:
            msg = f"no store is built on {type(other).__name__}"
            raise TypeError(msg)

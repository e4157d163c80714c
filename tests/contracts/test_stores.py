"""The contract, kept by each of the three stores."""

import pytest
from eventsourcing.dcb.popo import InMemoryDCBRecorder

from allocation_engine.persistence import Store
from allocation_engine.persistence.memory import MemoryLog
from allocation_engine.persistence.postgres_log import PostgresLog
from allocation_engine.persistence.sqlite_recorder import SQLiteDCBRecorder
from tests.contracts.document_contract import DocumentContract
from tests.contracts.log_contract import LogContract
from tests.contracts.read_model_contract import ReadModelContract


class TestMemoryLog(LogContract):
    kind = "memory"

    def damage(self, store: Store, position: int, data: bytes) -> None:
        log = store._backend.log
        assert isinstance(log, MemoryLog)
        assert isinstance(log._recorder, InMemoryDCBRecorder)
        log._recorder.events[position - 1].event.data = data


class TestSQLiteLog(LogContract):
    kind = "sqlite"

    def damage(self, store: Store, position: int, data: bytes) -> None:
        recorder = store._backend.log
        assert isinstance(recorder, SQLiteDCBRecorder)
        with recorder.database.writing() as connection:
            connection.execute("UPDATE event SET data = ? WHERE position = ?", (data, position))


@pytest.mark.postgres
class TestPostgreSQLLog(LogContract):
    kind = "postgresql"

    def damage(self, store: Store, position: int, data: bytes) -> None:
        log = store._backend.log
        assert isinstance(log, PostgresLog)
        with log._datastore.cursor() as cursor:
            cursor.execute("UPDATE allocation_events_tt_main SET data = %s WHERE id = %s", (data, position))


class TestMemoryReadModels(ReadModelContract):
    kind = "memory"


class TestSQLiteReadModels(ReadModelContract):
    kind = "sqlite"


@pytest.mark.postgres
class TestPostgreSQLReadModels(ReadModelContract):
    kind = "postgresql"


class TestMemoryDocuments(DocumentContract):
    kind = "memory"


class TestSQLiteDocuments(DocumentContract):
    kind = "sqlite"


@pytest.mark.postgres
class TestPostgreSQLDocuments(DocumentContract):
    kind = "postgresql"

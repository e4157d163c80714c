"""Opens a PostgreSQL store: the library's factory, with every connection setting kept and the tables made once."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from eventsourcing.dcb.postgres_tt import PostgresDCBRecorderTT, PostgresTTDCBFactory
from eventsourcing.persistence import OperationalError
from eventsourcing.utils import Environment, EnvType
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from allocation_engine.persistence.vendor_errors import first_line

CONNINFO = "ALLOCATION_CONNINFO"
"""Setting of the factory: the whole connection URL."""

SCHEMA_VERSION = 3
CONNECT_TIMEOUT_SECONDS = 10
LOCK_TIMEOUT_SECONDS = 30
MIGRATION_LOCK = 0x45464857
"""Key of the advisory lock under which tables are made: two processes at once fail with "tuple concurrently updated"."""

SCHEMA = (
    # The rule "no source twice" is the database's own, so it holds for every writer there will ever be.
    "CREATE UNIQUE INDEX IF NOT EXISTS allocation_source ON public.{tags} (tag) WHERE tag LIKE 'source:%'",
    """CREATE TABLE IF NOT EXISTS public.allocation_read_model (
        name text PRIMARY KEY,
        version bigint NOT NULL,
        position bigint NOT NULL
    )""",
    "ALTER TABLE public.allocation_read_model ADD COLUMN IF NOT EXISTS built bigint NOT NULL DEFAULT 0",
    """CREATE TABLE IF NOT EXISTS public.allocation_read_model_row (
        name text NOT NULL,
        key text NOT NULL,
        state bytea NOT NULL,
        PRIMARY KEY (name, key)
    )""",
    """CREATE TABLE IF NOT EXISTS public.allocation_document (
        collection text COLLATE "C" NOT NULL,
        key text COLLATE "C" NOT NULL,
        version bigint NOT NULL,
        body bytea NOT NULL,
        PRIMARY KEY (collection, key)
    )""",
    "CREATE TABLE IF NOT EXISTS public.allocation_schema (version bigint NOT NULL)",
    "DELETE FROM public.allocation_schema",
)


class PostgresFactory(PostgresTTDCBFactory):
    """Makes the library's recorder for a connection URL, and with it what our read models need."""

    def __init__(self, env: Environment | EnvType | None) -> None:
        given = env or {}
        self._conninfo = given[CONNINFO]
        settings = _settings_of(self._conninfo)
        super().__init__(Environment(getattr(env, "name", ""), {**given, **_library_settings(settings)}))
        # The library passes on five settings only, and must be given a value for each. The pool gets what the URL says
        # and no more: other settings (TLS above all) are not lost, and libpq's own defaults stand.
        self.datastore.pool.kwargs = {"row_factory": dict_row, **settings}

    def dcb_recorder(self) -> PostgresDCBRecorderTT:
        """Make the recorder, and the tables if they are not there."""
        try:
            return self._recorder_with_tables()
        except BaseException:
            self.close()
            raise

    def _recorder_with_tables(self) -> PostgresDCBRecorderTT:
        with _probe(self._conninfo) as connection:
            if _schema_version(connection) != SCHEMA_VERSION:
                connection.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
                try:
                    recorder = self._migrated(connection)
                finally:
                    connection.execute("SELECT pg_advisory_unlock(%s)", (MIGRATION_LOCK,))
                return recorder
        return self._recorder()

    def _migrated(self, connection: psycopg.Connection[tuple[object, ...]]) -> PostgresDCBRecorderTT:
        recorder = self._recorder()
        if _schema_version(connection) != SCHEMA_VERSION:
            recorder.create_table()
            with connection.transaction():
                for statement in SCHEMA:
                    connection.execute(statement.format(tags=recorder.tags_table_name).encode())
                connection.execute("INSERT INTO public.allocation_schema (version) VALUES (%s)", (SCHEMA_VERSION,))
        return recorder

    def _recorder(self) -> PostgresDCBRecorderTT:
        return PostgresDCBRecorderTT(self.datastore, events_table_name=f"{self.env.name.lower()}_events")


def _settings_of(conninfo: str) -> dict[str, str]:
    """Read a connection URL as libpq does."""
    try:
        settings = conninfo_to_dict(conninfo)
    except psycopg.Error:
        # Its message quotes the URL, with the password, so it goes no further.
        msg = "its URL cannot be read; write postgresql://user@host:port/database?option=value"
        raise OperationalError(msg) from None
    return {name: str(value) for name, value in settings.items() if value is not None}


def _library_settings(settings: dict[str, str]) -> dict[str, str]:
    """Name the settings as the library does; it insists on a host, a user and a password, even empty."""
    return {
        "POSTGRES_DBNAME": settings.get("dbname", settings.get("user", "postgres")),
        "POSTGRES_HOST": settings.get("host", ""),
        "POSTGRES_PORT": settings.get("port", "5432"),
        "POSTGRES_USER": settings.get("user", "postgres"),
        "POSTGRES_PASSWORD": settings.get("password", ""),
        "POSTGRES_CONNECT_TIMEOUT": str(CONNECT_TIMEOUT_SECONDS),
        "POSTGRES_LOCK_TIMEOUT": str(LOCK_TIMEOUT_SECONDS),
        "POSTGRES_PRE_PING": "yes",  # a connection that died with the server is replaced, not handed out
        "POSTGRES_POOL_SIZE": "1",
        "POSTGRES_MAX_OVERFLOW": "9",
    }


@contextmanager
def _probe(conninfo: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Connect once outside the pool, which would retry for half a minute and then not say why it failed."""
    try:
        with psycopg.connect(conninfo, autocommit=True, connect_timeout=CONNECT_TIMEOUT_SECONDS) as connection:
            yield connection
    except psycopg.Error as error:
        raise OperationalError(first_line(error)) from error


def _schema_version(connection: psycopg.Connection[tuple[object, ...]]) -> int | None:
    """Give the version of our tables, None where there are none; refuse a newer one."""
    row = connection.execute("SELECT to_regclass('public.allocation_schema') IS NOT NULL").fetchone()
    if row is None or row[0] is not True:
        return None
    row = connection.execute("SELECT version FROM public.allocation_schema").fetchone()
    version = int(str(row[0])) if row else 0
    if version > SCHEMA_VERSION:
        msg = f"its schema is version {version} and this program knows {SCHEMA_VERSION}; update the program"
        raise OperationalError(msg)
    return version

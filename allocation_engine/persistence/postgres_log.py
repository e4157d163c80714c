"""The log in PostgreSQL: the library's recorder, with its gaps closed."""

from collections.abc import Collection, Iterator, Sequence

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBSequencedEvent
from eventsourcing.dcb.postgres_tt import (
    DB_FUNCTION_NAME_DCB_CONDITIONAL_APPEND_TT,
    PostgresDCBRecorderTT,
    PostgresDCBSubscription,
)
from eventsourcing.persistence import IntegrityError
from psycopg import Cursor
from psycopg.rows import DictRow
from psycopg.sql import SQL, Identifier

from allocation_engine.persistence.ports import Alongside, Appended, appended, columns_of, nothing_alongside
from allocation_engine.persistence.postgres_documents import write_documents
from projections.column_fold import LogColumns

SELECT_KNOWN_SOURCES = SQL("SELECT tag FROM public.{tags} WHERE tag = ANY(%s)")
SELECT_COLUMNS = SQL(
    "SELECT id, type, data FROM public.{events} WHERE id > %s AND id <= %s AND type <> ALL(%s::text[]) ORDER BY id"
)


class PostgresLog:
    """Every append is conditional or holds the table's lock, so positions are in the order of commits.

    An unconditional append of the library can commit after a higher position was read, and be missed for ever.
    """

    def __init__(self, recorder: PostgresDCBRecorderTT) -> None:
        self._recorder = recorder
        self._datastore = recorder.datastore
        self._select_known = SELECT_KNOWN_SOURCES.format(tags=Identifier(recorder.tags_table_name))
        self._select_columns = SELECT_COLUMNS.format(events=Identifier(recorder.events_table_name))

    @property
    def recorder(self) -> PostgresDCBRecorderTT:
        """The library's recorder, for what works below the level of appends."""
        return self._recorder

    def append(
        self, events: Sequence[DCBEvent], condition: DCBAppendCondition, alongside: Alongside = nothing_alongside
    ) -> int:
        """Append all or none, in one round trip if alone; `IntegrityError` if the condition or the source rule fails."""
        if alongside is nothing_alongside:
            return self._recorder.append(events, condition)
        with self._datastore.transaction(commit=True) as cursor:
            head = self._append_on_condition(cursor, events, condition)
            write_documents(cursor, alongside(appended(events, head)))
        return head

    def _append_on_condition(
        self, cursor: Cursor[DictRow], events: Sequence[DCBEvent], condition: DCBAppendCondition
    ) -> int:
        """Do what the library's recorder does in a transaction of its own."""
        recorder = self._recorder
        given = {
            "query_items": recorder.construct_psycopg_query_items(condition.fail_if_events_match.items),
            "after": condition.after,
            "events": recorder.construct_psycopg_dcb_events(events),
        }
        row = cursor.execute(recorder.sql_conditional_append, given).fetchone()
        if row is None:
            raise IntegrityError(condition)
        return int(row[DB_FUNCTION_NAME_DCB_CONDITIONAL_APPEND_TT])

    def append_unknown(
        self, sourced: Sequence[tuple[str, DCBEvent]], alongside: Alongside = nothing_alongside
    ) -> Appended:
        """Append in one transaction the events whose source tag is not filed yet."""
        with self._datastore.transaction(commit=True) as cursor:
            cursor.execute(self._recorder.sql_set_local_lock_timeout)
            cursor.execute(self._recorder.sql_lock_table)
            cursor.execute(self._select_known, ([source for source, _ in sourced],))
            known = {row["tag"] for row in cursor.fetchall()}
            new = [event for source, event in sourced if source not in known]
            if new:
                rows = self._recorder.construct_psycopg_dcb_events(new)
                head = self._recorder._unconditional_append(cursor, rows)  # noqa: SLF001
            else:
                cursor.execute(self._recorder.sql_select_max_id)
                head = _head(cursor.fetchone())
            done = appended(new, head)
            write_documents(cursor, alongside(done))
        return done

    def page(self, query: DCBQuery | None, after: int, limit: int | None) -> tuple[list[DCBSequencedEvent], int]:
        """Read matching events in order, with a head below which none is missing.

        The head is read first. The library counts an event once for each item it matches before it cuts at the limit,
        so a page can come out short; then it is filled.
        """
        head = self.head()
        events: list[DCBSequencedEvent] = []
        while True:
            wanted = None if limit is None else limit - len(events)
            more = list(self._recorder.read(query, after=after, limit=wanted)) if wanted != 0 else []
            events += more
            if not more or wanted is None or query is None or len(query.items) == 1:
                break
            after = more[-1].position
        return events, max(head, events[-1].position if events else 0)

    def column_pages(self, upto: int, size: int, skipped: Collection[str]) -> Iterator[LogColumns]:
        """Read the log in columns, with neither the tags nor what is skipped."""
        for after in range(0, upto, size):
            with self._datastore.cursor() as cursor:
                cursor.execute(self._select_columns, (after, min(after + size, upto), sorted(skipped)))
                rows = cursor.fetchall()
            yield columns_of([(row["id"], row["type"], bytes(row["data"])) for row in rows])

    def head(self) -> int:
        """Give the last position, 0 when empty."""
        with self._datastore.cursor() as cursor:
            cursor.execute(self._recorder.sql_select_max_id)
            return _head(cursor.fetchone())

    def follow(self, after: int) -> "ListeningSubscription":
        """Follow the log from a position."""
        return ListeningSubscription(self._recorder, after=after)


class ListeningSubscription(PostgresDCBSubscription):
    """The library's subscription, complete.

    The library begins to read before it begins to listen, so that an append between the two waits for the next one. Here
    a read follows the start of listening and, for good measure, every interval without news.
    """

    WAIT_SECONDS = 0.25

    def _listen(self) -> None:
        try:
            with self._recorder.datastore.get_connection() as connection:
                connection.execute(SQL("LISTEN {}").format(Identifier(self._recorder.channel_name)))
                try:
                    while not self._has_been_stopped and self._thread_error is None:
                        self._has_been_notified.set()
                        for _ in connection.notifies(timeout=self.WAIT_SECONDS, stop_after=1):
                            pass
                finally:
                    # The connection goes back to the pool; it would gather notifications nobody reads.
                    connection.execute("UNLISTEN *")
        except BaseException as error:  # noqa: BLE001  it is raised to whoever iterates
            self._thread_error = self._thread_error or error
            self.stop()


def _head(row: dict[str, int | None] | None) -> int:
    return (row or {}).get("max") or 0

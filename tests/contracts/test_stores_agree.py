"""Memory and SQLite side by side: whatever is done to both, both answer the same."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from allocation_engine.errors import ConcurrentWrite
from allocation_engine.persistence import Criterion, Query, Store, open_store
from allocation_engine.persistence.check import check_store
from domain.events import EventRecord
from domain.events.case import CaseAssigned, CaseReferred, CaseUnassigned
from tests.contracts.examples import assigned, held_cases, referred, unassigned

Answer = TypeVar("Answer")

CASES = st.sampled_from(["c1", "c2", "c3"])
WORKERS = st.sampled_from(["w1", "w2"])
NUMBERS = st.integers(1, 60)
DELIVERIES = st.one_of(
    st.builds(assigned, NUMBERS, CASES, WORKERS, event_id=st.integers(1, 60)),
    st.builds(unassigned, NUMBERS, CASES, WORKERS),
    st.builds(referred, NUMBERS, CASES),
)
TAGS = st.sampled_from(["case:c1", "case:c2", "case:c3", "worker:w1", "worker:w2", "source:case-system/7"])
CRITERIA = st.builds(
    Criterion,
    st.frozensets(TAGS, min_size=1, max_size=2),
    st.frozensets(st.sampled_from([CaseAssigned, CaseReferred, CaseUnassigned]), max_size=2),
)
QUERIES = st.lists(CRITERIA, max_size=3).map(tuple)
POSITIONS = st.integers(0, 30)
HELD = held_cases()


class MemoryAndSQLiteAgree(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._directory = tempfile.TemporaryDirectory()
        path = Path(self._directory.name) / "store.sqlite"
        self._stores = (open_store("memory://"), open_store(f"sqlite:///{path}"))

    def teardown(self) -> None:
        for store in self._stores:
            store.close()
        self._directory.cleanup()

    def both(self, ask: Callable[[Store], Answer]) -> Answer:
        memory, sqlite = (ask(store) for store in self._stores)
        assert memory == sqlite
        return memory

    @rule(records=st.lists(DELIVERIES, max_size=4), unless=QUERIES, after=POSITIONS)
    def append(self, records: list[EventRecord], unless: Query, after: int) -> None:
        def ask(store: Store) -> int | str:
            try:
                return store.log.append(records, unless=unless, after=after)
            except (ConcurrentWrite, ValueError) as error:
                return str(error)

        self.both(ask)

    @rule(records=st.lists(DELIVERIES, max_size=8), batch_size=st.integers(1, 4))
    def ingest(self, records: list[EventRecord], batch_size: int) -> None:
        done = self.both(lambda store: store.log.ingest(records, batch_size=batch_size))
        assert done.stored + done.already_known == len(records)

    @rule(query=QUERIES, after=POSITIONS, limit=st.none() | st.integers(0, 5))
    def read(self, query: Query, after: int, limit: int | None) -> None:
        page = self.both(lambda store: store.log.read(query, after=after, limit=limit))
        matching = [
            event
            for event in self._stores[0].log.read(after=after).events
            if not query
            or any(
                criterion.tags <= event.record.tags
                and (not criterion.types or type(event.record.event) in criterion.types)
                for criterion in query
            )
        ]
        assert list(page.events) == matching[:limit]

    @rule(query=QUERIES, page_size=st.integers(1, 3))
    def stream(self, query: Query, page_size: int) -> None:
        streamed = self.both(lambda store: list(store.log.stream(query, page_size=page_size)))
        assert streamed == list(self._stores[0].log.read(query).events)

    @rule(number=NUMBERS)
    def find_source(self, number: int) -> None:
        self.both(lambda store: store.log.find_source("case-system", str(number)))

    @rule()
    def catch_up(self) -> None:
        self.both(lambda store: store.read_models.catch_up(HELD))

    @rule(key=WORKERS)
    def read_rows(self, key: str) -> None:
        self.both(lambda store: (store.read_models.row(HELD, key), store.read_models.rows(HELD)))

    @rule()
    def rebuild_changes_no_row(self) -> None:
        self.both(lambda store: store.read_models.catch_up(HELD))
        before = self.both(lambda store: store.read_models.rows(HELD))
        self.both(lambda store: store.read_models.rebuild(HELD))
        assert self.both(lambda store: store.read_models.rows(HELD)) == before

    @invariant()
    def heads_agree(self) -> None:
        self.both(lambda store: store.log.head())
        self.both(lambda store: store.read_models.position(HELD))

    @rule()
    def both_are_sound(self) -> None:
        assert self.both(lambda store: check_store(store, [HELD])).faults == ()


TestMemoryAndSQLiteAgree = MemoryAndSQLiteAgree.TestCase
TestMemoryAndSQLiteAgree.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)

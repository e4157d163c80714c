"""10,000 events of a service, taken in by fits and starts: the live views equal a rebuild from zero, exactly."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

import pytest

from allocation_engine.interfaces.generator import generate, shape_for_events
from allocation_engine.persistence import open_store
from allocation_engine.persistence.check import check_store
from projections import ALL

EVENTS = 10_000
PRESENT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_live_views_equal_a_rebuild(kind: str, new_store_url: Callable[[str], str]) -> None:
    records = list(islice(generate(shape_for_events(EVENTS, ends_at=PRESENT), seed=7), EVENTS))
    slices = random.Random(1)
    with open_store(new_store_url(kind)) as store:
        done = 0
        while done < len(records):
            size = slices.randint(1, 900)
            store.log.ingest(records[done : done + size])
            done += size
            for projection in ALL:
                if slices.random() < 0.7:
                    store.read_models.catch_up(projection)
        for projection in ALL:
            assert store.read_models.catch_up(projection) == EVENTS
        live = {projection.name: store.read_models.rows(projection) for projection in ALL}
        for projection in ALL:
            store.read_models.rebuild(projection)
        assert [name for name, rows in live.items() if not rows] == ["proposals"]  # nobody proposed anything
        assert live == {projection.name: store.read_models.rows(projection) for projection in ALL}
        assert check_store(store, ALL).faults == ()

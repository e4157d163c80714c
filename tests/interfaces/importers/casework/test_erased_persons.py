"""Of somebody who was erased nothing more is recorded, whatever another system goes on to send of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from allocation_engine.engine import Engine
from allocation_engine.interfaces.importers.intake import Outcome
from domain.events.case import CaseAssigned
from domain.vocabulary import ErasureReason
from tests.interfaces.importers.dfe_daily.payloads import Daily, case_id, child, episode, worker, worker_id
from tests.interfaces.importers.ssda903.returns import held, read, workers_file
from tests.planning.given import engine_on

REASON = ErasureReason.RETENTION_PERIOD_OVER
PAYLOAD = (child("K101", episode(workers=(worker("SWE100"),))), child("K102", episode(workers=(worker("SWE200"),))))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with engine_on(f"sqlite:///{tmp_path}/s.sqlite") as engine:
        yield engine


def test_the_record_of_an_erased_child_is_refused_and_the_others_are_taken(engine: Engine) -> None:
    store = Daily(engine)
    store.send(*PAYLOAD)
    engine.erase([f"case:{case_id('K101')}"], "m-1", REASON)
    news = store.send(PAYLOAD[0], child("K102", episode(closed="2026-10-01", workers=(worker("SWE200"),))))
    assert [(one.path, one.code) for one in news.refused] == [("/0", "erased")]
    assert [item.outcome for item in news.items] == [Outcome.REFUSED, Outcome.TAKEN]


def test_an_erased_worker_is_not_registered_again(engine: Engine) -> None:
    store = Daily(engine)
    store.send(*PAYLOAD)
    engine.erase([f"worker:{worker_id('SWE100')}"], "m-1", REASON)
    assert store.send(*PAYLOAD).records == ()
    news = store.send(
        *PAYLOAD, child("K103", episode(referred="2026-01-01", workers=(worker("SWE100", "2026-01-01"),)))
    )
    assert [type(record.event) for record in news.records][1:] == [CaseAssigned]


def test_the_lines_of_an_erased_child_are_refused(engine: Engine) -> None:
    lines = workers_file(held("101", "SW1", "01/04/2026"), held("102", "SW1", "01/04/2026"))
    engine.ingest(read(lines, engine=engine).records)
    engine.erase([f"case:{case_id('101')}"], "m-1", REASON)
    again = read(lines, engine=engine)
    assert [(one.path, one.code) for one in again.refused] == [("social workers line 2", "erased")]
    assert again.records == ()

"""Of somebody who was erased nothing more is recorded, whatever another system goes on to send of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from allocation_engine.engine import Engine
from allocation_engine.errors import PersonWasErased
from allocation_engine.interfaces.importers.casework import Said, past_in
from allocation_engine.interfaces.importers.intake import Outcome
from allocation_engine.persistence.documents import Write
from domain.errors import InvalidEvent
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


def test_what_was_said_of_a_child_is_sealed_and_lost_with_the_key(engine: Engine) -> None:
    store = Daily(engine)
    store.send(*PAYLOAD)
    place = f"dfe-daily/{case_id('K101')}"
    kept = engine.store.documents.get("statement", place)
    assert kept is not None
    assert worker_id("SWE100").encode() not in kept.body
    statements = past_in(engine.store).statements
    assert statements is not None
    assert len(statements.of("dfe-daily", case_id("K101")).statements) == 1
    engine.erase([f"case:{case_id('K101')}"], "m-1", REASON)
    assert statements.of("dfe-daily", case_id("K101")).statements == ()
    with pytest.raises(PersonWasErased):
        statements.write(Said("dfe-daily", case_id("K101"), (), 1))


def test_what_was_said_and_does_not_open_is_told_as_damage(engine: Engine) -> None:
    Daily(engine).send(*PAYLOAD)
    of_another = engine.store.documents.get("statement", f"dfe-daily/{case_id('K102')}")
    assert of_another is not None
    engine.store.documents.write(Write("statement", f"dfe-daily/{case_id('K101')}", of_another.body))
    with pytest.raises(InvalidEvent, match="give the keys"):
        Daily(engine).send(*PAYLOAD)

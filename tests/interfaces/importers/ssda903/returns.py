"""Makes SSDA903 files by hand, in any dialect of CSV; every child and worker in them is made up."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from allocation_engine.engine import Engine
from allocation_engine.interfaces.importers.casework import NO_PAST, keep, past_in
from allocation_engine.interfaces.importers.intake import Intake
from allocation_engine.interfaces.importers.pseudonyms import Pseudonyms
from allocation_engine.interfaces.importers.ssda903 import read_ssda903
from domain.evolve.case import CaseState
from projections import CASELOAD
from projections.case_files import case_as_at
from tests.planning.given import engine_on

csv.register_dialect("plain", quoting=csv.QUOTE_MINIMAL)
csv.register_dialect("quoted", quoting=csv.QUOTE_ALL)

PSEUDONYMS = Pseudonyms(b"k" * 32)
TODAY = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
WORKERS_HEADER = ("CHILD", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON")
EPISODES_HEADER = (
    "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE",
)  # fmt: skip
Row = tuple[str, ...]


def held(child: str, worker: str, start: str, end: str = "", reason: str = "") -> Row:
    return (child, worker, start, end, reason)


def care(child: str, start: str, end: str = "", *, status: str = "C2", why: str = "S") -> Row:
    return (child, start, why, status, "N1", "U1", "PR1", end, "E4A" if end else "", "")


def table(
    header: Sequence[str], rows: Sequence[Row], *, quoted: bool = False, line_end: str = "\n", by: str = ","
) -> str:
    text = io.StringIO()
    dialect = "quoted" if quoted else "plain"
    writer = csv.writer(text, dialect, lineterminator=line_end, delimiter=by)
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def workers_file(*rows: Row) -> bytes:
    return table(WORKERS_HEADER, rows).encode()


def episodes_file(*rows: Row) -> bytes:
    return table(EPISODES_HEADER, rows).encode()


def read(
    workers: bytes,
    episodes: bytes | None = None,
    *,
    engine: Engine | None = None,
    at: datetime = TODAY,
    drawn_at: datetime | None = None,
) -> Intake:
    return read_ssda903(
        workers,
        episodes=episodes,
        pseudonyms=PSEUDONYMS,
        recorded_at=at,
        actor="importer",
        drawn_at=drawn_at,
        past=NO_PAST if engine is None else past_in(engine.store),
    )


def case_id(child: str) -> str:
    return PSEUDONYMS.case(child)


def worker_id(worker: str) -> str:
    return PSEUDONYMS.worker(worker)


class Returns:
    """A store that takes in one return after another."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sent = 0

    def send(self, workers: bytes, episodes: bytes | None = None, *, drawn_at: datetime | None = None) -> Intake:
        at = TODAY + timedelta(days=self.sent)
        intake = read(workers, episodes, engine=self.engine, at=at, drawn_at=drawn_at)
        self.sent += 1
        assert keep(self.engine, intake.records, intake.said).already_known == 0
        return intake

    def case(self, child: str, day: str) -> CaseState:
        """Give a case as at noon of a day, written as the return writes days."""
        self.engine.store.read_models.catch_up(CASELOAD)
        key = f"case:{case_id(child)}"
        as_at = datetime.strptime(day, "%d/%m/%Y").replace(hour=12, tzinfo=UTC)
        return case_as_at(key, self.engine.store.read_models.rows(CASELOAD)[key], as_at)

    def primary(self, child: str, day: str) -> str | None:
        holder = self.case(child, day).primary
        return None if holder is None else holder.worker_id


@contextmanager
def returns(url: str = "memory://") -> Iterator[Returns]:
    with engine_on(url) as engine:
        yield Returns(engine)


def told(intake: Intake) -> list[tuple[str, str]]:
    return [(one.event.wire_name, one.envelope.occurred_at.strftime("%d/%m/%Y")) for one in intake.records]


def noted(intake: Intake) -> dict[str, int | None]:
    return {note.code: note.count for note in intake.notes}

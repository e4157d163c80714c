"""Makes payloads of the form that the DfE's schema (version 1.0.1) asks for, by hand; every person in them is made up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from pydantic import JsonValue

from allocation_engine.engine import Engine
from allocation_engine.interfaces.importers.casework import NO_PAST, keep, past_in
from allocation_engine.interfaces.importers.dfe_daily import read_dfe_daily
from allocation_engine.interfaces.importers.intake import Intake
from allocation_engine.interfaces.importers.pseudonyms import Pseudonyms
from domain.evolve.case import CaseState
from projections import CASELOAD
from projections.case_files import case_as_at
from tests.planning.given import engine_on

Json = dict[str, JsonValue]
PSEUDONYMS = Pseudonyms(b"k" * 32)
FIRST_DAY = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


def set_only(**fields: JsonValue) -> Json:
    """Make an object of the fields that are given: the schema has no null, what is not known is not there."""
    return {name: value for name, value in fields.items() if value is not None}


def worker(worker_id: str = "SWE100", start: str | None = "2026-03-02", end: str | None = None) -> Json:
    return set_only(worker_id=worker_id, start_date=start, end_date=end)


def assessment(*factors: str, authorised: str | None = "2026-04-01", start: str = "2026-03-02") -> Json:
    return set_only(
        child_and_family_assessment_id="A1", start_date=start, authorisation_date=authorised, factors=list(factors)
    )


def plan(kind: str, start: str, end: str | None = None, *, purge: bool | None = None) -> Json:
    return {f"{kind}_id": "P1", **set_only(start_date=start, end_date=end, purge=purge)}


def episode(
    episode_id: str = "E1",
    referred: str | None = "2026-03-02",
    closed: str | None = None,
    *,
    workers: tuple[Json, ...] = (),
    **sections: JsonValue,
) -> Json:
    return {
        "social_care_episode_id": episode_id,
        **set_only(referral_date=referred, closure_date=closed),
        **({"care_worker_details": list(workers)} if workers else {}),
        **sections,
    }


def child(child_id: str = "K101", *episodes: Json, **sections: JsonValue) -> Json:
    return {"la_child_id": child_id, "social_care_episodes": list(episodes), **sections}


def case_id(child_id: str = "K101") -> str:
    return PSEUDONYMS.case(child_id)


def worker_id(original: str = "SWE100") -> str:
    return PSEUDONYMS.worker(original)


def read(
    *children: JsonValue,
    at: datetime = FIRST_DAY,
    drawn_at: datetime | None = None,
    engine: Engine | None = None,
    assume_fte: float | None = None,
) -> Intake:
    return read_dfe_daily(
        list(children),
        pseudonyms=PSEUDONYMS,
        recorded_at=at,
        actor="importer",
        drawn_at=drawn_at,
        past=NO_PAST if engine is None else past_in(engine.store),
        assume_fte=assume_fte,
    )


class Daily:
    """A store that takes in one payload a day."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.days = 0

    def send(self, *children: JsonValue, drawn_at: datetime | None = None) -> Intake:
        """Send the next day's payload; nothing that it leads to may be known already."""
        at = FIRST_DAY + timedelta(days=self.days)
        self.days += 1
        intake = read(*children, at=at, drawn_at=drawn_at, engine=self.engine)
        outcome = keep(self.engine, intake.records, intake.said)
        assert outcome.already_known == 0
        return intake

    def case(self, child_id: str = "K101", as_at: datetime | None = None) -> CaseState:
        """Give a case as it stands."""
        self.engine.store.read_models.catch_up(CASELOAD)
        key = f"case:{case_id(child_id)}"
        row = self.engine.store.read_models.rows(CASELOAD)[key]
        return case_as_at(key, row, as_at or FIRST_DAY + timedelta(days=400))

    def primary(self, child_id: str = "K101", as_at: datetime | None = None) -> str | None:
        held = self.case(child_id, as_at).primary
        return None if held is None else held.worker_id


@contextmanager
def daily(url: str = "memory://") -> Iterator[Daily]:
    with engine_on(url) as engine:
        yield Daily(engine)


def told(intake: Intake) -> list[tuple[str, str]]:
    """Give type and day of every record, in order."""
    return [(record.event.wire_name, record.envelope.occurred_at.date().isoformat()) for record in intake.records]

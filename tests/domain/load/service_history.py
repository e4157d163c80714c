"""Builds histories of a small service from events, and reads a worker's account of them as a projection would."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tomllib import load as load_toml
from uuid import UUID

from domain.events.base import DomainEvent, Envelope, EventRecord
from domain.identifiers import CaseId, WorkerId
from domain.load import LoadAccount, LoadParameters, load_account
from domain.load.facts import CaseHistory, WorkerHistory, with_facts
from domain.load.facts_from_events import case_facts, worker_facts
from domain.policy.policy_set import PolicySet

DAY_ZERO = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
POLICY_SET_FILE = Path(__file__).parents[3] / "domain/policy/policy_sets/example-england-2026-11.toml"


def shipped_policy() -> PolicySet:
    with POLICY_SET_FILE.open("rb") as file:
        return PolicySet.from_mapping(load_toml(file))


PARAMETERS: LoadParameters = shipped_policy().load
W1, W2 = WorkerId("w-1"), WorkerId("w-2")
C1, C2, C3 = CaseId("c-1"), CaseId("c-2"), CaseId("c-3")


def on_day(day: float) -> datetime:
    return DAY_ZERO + timedelta(days=day)


@dataclass(frozen=True)
class Happened:
    """An event on a day [day] after day zero."""

    day: float
    event: DomainEvent


def recorded(happenings: Iterable[Happened]) -> tuple[EventRecord, ...]:
    """Put events in envelopes; of two at one moment, the earlier listed sorts first."""
    return tuple(
        EventRecord(
            envelope=Envelope(
                event_id=UUID(int=number),
                occurred_at=on_day(happening.day),
                recorded_at=on_day(happening.day),
                actor="system",
                source_system="tests",
                source_id=str(number),
            ),
            event=happening.event,
        )
        for number, happening in enumerate(happenings, start=1)
    )


def facts_of(
    records: Iterable[EventRecord], worker_id: WorkerId = W1
) -> tuple[WorkerHistory, dict[CaseId, CaseHistory]]:
    """Collect a worker's facts and those of every case, each in time."""
    history: WorkerHistory = ()
    cases: dict[CaseId, CaseHistory] = {}
    for record in records:
        history = with_facts(history, worker_facts(record, worker_id))
        for tag in record.event.tags():
            if tag.startswith("case:"):
                case_id = CaseId(tag.removeprefix("case:"))
                cases[case_id] = with_facts(cases.get(case_id, ()), case_facts(record))
    return history, cases


def account_on(
    day: float,
    happenings: Iterable[Happened],
    worker_id: WorkerId = W1,
    parameters: LoadParameters = PARAMETERS,
) -> LoadAccount:
    """Draw up a worker's account on a day from what happened."""
    history, cases = facts_of(recorded(happenings), worker_id)
    return load_account(worker_id, history, cases, parameters, on_day(day))

"""Reading the DfE's daily payload into events and an account of every child's record. Nothing is stored here."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from pydantic import JsonValue

from allocation_engine.errors import UnreadableDelivery
from allocation_engine.interfaces.importers.casework import NO_PAST, Delivery, Past, Reach, Statement
from allocation_engine.interfaces.importers.casework.delivery import ERASED, Taken
from allocation_engine.interfaces.importers.dfe_daily.child_record import ChildRecord
from allocation_engine.interfaces.importers.dfe_daily.course_of import CourseReader
from allocation_engine.interfaces.importers.dfe_daily.record_checks import read_record
from allocation_engine.interfaces.importers.intake import Intake, Item, LookupRow, Notice, Outcome, Refused
from allocation_engine.interfaces.importers.pseudonyms import Pseudonyms

SOURCE_SYSTEM = "dfe-daily"

NOT_READ = Notice(
    "not_read",
    "The payload gives no risk, no working hours and no team. Of the rest only dates, workers, plans and the factors of "
    "assessments are read: names, birth, sex, ethnicity, disability, health, postcodes, pupil numbers and adoption are not.",
)
_NOTICED = {
    "unborn": "children who are not born yet; their cases are cases like any other",
    "purged": "records sent to be purged; what they had told is taken back, and the log still shows it: to remove a "
    "person for good, erase them",
    "episode_purged": "episodes sent to be purged; what they had told is taken back",
    "episode_undated": "episodes without any date; left out until one is given",
    "worker_without_id": "workers without an id; left out, so a case may look as if it waited",
    "worker_start_unknown": "workers without a start date; dated at the start of their episode",
    "worker_of_no_day": "workers whose stint ended on the day it began, or after the closure; left out",
}


def parse_dfe_daily(content: bytes, source: str) -> JsonValue:
    """Read the bytes of a payload as JSON.

    Raises
    ------
    UnreadableDelivery
        `not_json`: they are none.
    """
    try:
        parsed: JsonValue = json.loads(content)
    except (ValueError, RecursionError):  # a wrong encoding is a ValueError as well
        why = "this is not JSON; send the payload as the DfE's API takes it, in UTF-8"
        raise UnreadableDelivery(source, "not_json", why) from None
    return parsed


def read_dfe_daily(
    payload: JsonValue,
    *,
    pseudonyms: Pseudonyms,
    recorded_at: datetime,
    actor: str,
    drawn_at: datetime | None = None,
    past: Past = NO_PAST,
    assume_fte: float | None = None,
    source: str = "the payload",
) -> Intake:
    """Read a payload. What is on record as it stands here leads to nothing; what reads otherwise is put right.

    Parameters
    ----------
    payload
        The list of children's records, parsed.
    pseudonyms
        Makes opaque ids of the ids in it.
    recorded_at, actor
        When it is taken in (with time zone), and the opaque id of who does it.
    drawn_at
        When the system drew it up: it undoes nothing that was drawn up later, even if it comes in after. The payload
        itself does not say. None is taken as the moment at which it is taken in.
    past
        What is on record and what earlier payloads said; without it nothing told before can be put right.
    assume_fte
        Share of full time to assume for workers whose hours are not recorded; without it they have none.
    source
        What the payload is called in an error.

    Raises
    ------
    UnreadableDelivery
        `not_a_list`: the payload is not a list of records. `drawn_in_future`: `drawn_at` lies ahead.
    SettingsError
        `assume_fte`, `actor`, `recorded_at` or `drawn_at` makes no sense.
    """
    if not isinstance(payload, list):
        why = "the payload is not a list; send a list of children's records, as the DfE's schema has it"
        raise UnreadableDelivery(source, "not_a_list", why)
    delivery = Delivery(
        SOURCE_SYSTEM,
        recorded_at=recorded_at,
        actor=actor,
        drawn_at=drawn_at,
        past=past,
        assume_fte=assume_fte,
    )
    reader = CourseReader(pseudonyms, delivery.today)
    items: list[Item] = []
    refused: list[Refused] = []
    children: dict[str, str] = {}
    originals: set[tuple[str, str, str]] = set()
    for number, given in enumerate(payload):
        path = f"/{number}"
        record = _once(read_record(given, path, delivery.today), path, children)
        if not isinstance(record, ChildRecord):
            refused.extend(record)
            items.append(Item(path, Outcome.REFUSED))
            continue
        ledger = delivery.ledger(pseudonyms.case(record.la_child_id))
        if ledger.erased:
            refused.append(Refused(path, "erased", ERASED))
            items.append(Item(path, Outcome.REFUSED))
            continue
        said = Statement(delivery.drawn_at, reader.read(record), Reach(everything=record.purge))
        items.append(_item(path, record, delivery.take(said, ledger)))
        reader.noticed["purged"] += record.purge
        reader.noticed["unborn"] += _is_unborn(given)
        originals.update(_originals(record, pseudonyms))
    records = delivery.records()
    return Intake(
        records=records,
        items=tuple(items),
        refused=tuple(refused),
        notes=(NOT_READ, *_notices(reader.noticed), *delivery.notes()),
        cases=delivery.cases,
        waiting_cases=delivery.waiting_cases,
        workers=delivery.workers,
        lookup=tuple(LookupRow(*row) for row in sorted(originals)),
        said=delivery.said,
    )


def _once(
    record: ChildRecord | tuple[Refused, ...], path: str, children: dict[str, str]
) -> ChildRecord | tuple[Refused, ...]:
    """Refuse a second record of one child: which of the two is meant, nobody can tell."""
    if not isinstance(record, ChildRecord):
        return record
    child = record.la_child_id.casefold()
    if child in children:
        why = f"is the child of {children[child]} again; send one record for each child"
        return (Refused(f"{path}/la_child_id", "repeated_child", why),)
    children[child] = path
    return record


def _item(path: str, record: ChildRecord, taken: Taken) -> Item:
    if taken.older:
        return Item(path, Outcome.OLDER, taken.records)
    if record.purge:
        return Item(path, Outcome.WITHDRAWN, taken.records)
    return Item(path, Outcome.TAKEN if taken.records else Outcome.KNOWN, taken.records)


def _is_unborn(given: JsonValue) -> bool:
    details = given.get("child_details") if isinstance(given, dict) else None
    return (
        isinstance(details, dict) and bool(details.get("expected_date_of_birth")) and not details.get("date_of_birth")
    )


def _originals(record: ChildRecord, pseudonyms: Pseudonyms) -> Iterator[tuple[str, str, str]]:
    yield "case", pseudonyms.case(record.la_child_id), record.la_child_id
    for episode in record.social_care_episodes:
        for details in episode.care_worker_details:
            if details.worker_id:
                yield "worker", pseudonyms.worker(details.worker_id), details.worker_id


def _notices(noticed: Mapping[str, int]) -> Iterator[Notice]:
    return (Notice(code, why, noticed[code]) for code, why in _NOTICED.items() if noticed[code])

"""A statutory return that was sent to the desk, read into what would be recorded and an account of every row."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from allocation_engine.errors import IntakeError, SettingsError, UnreadableDelivery, UnreadableWorkbook
from allocation_engine.interfaces.importers.annex_a import check_content, known_in, read_annex_a
from allocation_engine.interfaces.importers.casework import Said, past_in
from allocation_engine.interfaces.importers.dfe_daily import parse_dfe_daily, read_dfe_daily
from allocation_engine.interfaces.importers.intake import Intake, LookupRow
from allocation_engine.interfaces.importers.pseudonyms import Pseudonyms
from allocation_engine.interfaces.importers.ssda903 import read_ssda903
from allocation_engine.interfaces.moments import drawn_up
from allocation_engine.interfaces.web.visit import Posted
from domain.events import EventRecord
from domain.events.worker import MAX_FTE

Errors = list[tuple[str, str]]

KINDS: Mapping[str, str] = {
    "annex-a": "Annex A workbook",
    "ssda903": "SSDA903 return, social worker file",
    "dfe-daily": "DfE daily payload",
}

OUTCOMES: Mapping[str, str] = {
    "imported": "taken",
    "merged": "told by another row too",
    "refused": "left out",
    "taken": "something new",
    "known": "known already",
    "older": "older than what is on record",
    "withdrawn": "withdrawn by its sender",
}
"""What becomes of a row, in a manager's words, by the importers' own."""


@dataclass(frozen=True, slots=True)
class Row:
    """What becomes of one row: where it stands in the file, and never what it says."""

    where: str
    outcome: str
    why: str
    left_out: bool
    attention: bool = False


@dataclass(frozen=True)
class Sent:
    """What somebody sent to be read: the file or files, and how.

    `digest` stands for all of it: the confirmation must come with the very same.
    """

    kind: str
    content: bytes
    episodes: bytes | None
    assume_fte: float | None
    as_at: date | None

    @property
    def digest(self) -> str:
        """A hash of the files and of how they are to be read."""
        how = f"{self.kind}|{self.assume_fte}|{self.as_at}".encode()
        parts = (how, self.content, b"-" if self.episodes is None else self.episodes)
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


@dataclass(frozen=True)
class ReadReturn:
    """What a return comes to: what would be recorded, the account of every row, and who is who."""

    told: tuple[str, ...]
    records: tuple[EventRecord, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    lookup: tuple[LookupRow, ...]
    said: tuple[Said, ...] = ()


def sent(visit: Posted) -> Sent | Errors:
    """Take what was sent; where something is missing, what to do."""
    errors: Errors = []
    kind, given_fte, given_day = visit.text("kind"), visit.text("assume_fte"), visit.text("as_at_day")
    if kind not in KINDS:
        errors.append(("kind", "Choose what kind of file it is"))
    content = _bytes(visit, "file")
    if content is None:
        errors.append(("file", "Choose the file"))
    fte = day = None
    try:
        fte = float(given_fte) if given_fte else None
    except ValueError:
        fte = -1.0
    if fte is not None and not 0 < fte <= MAX_FTE:
        errors.append(("assume_fte", f"Give a share of full time above 0 and up to {MAX_FTE:g}, such as 1, or nothing"))
    try:
        day = date.fromisoformat(given_day) if given_day else None
    except ValueError:
        errors.append(("as_at_day", "Write the day as 2026-11-01, or nothing"))
    if errors or content is None:
        return errors
    episodes = _bytes(visit, "episodes") if kind == "ssda903" else None
    return Sent(kind, content, episodes, fte, day)


def _bytes(visit: Posted, name: str) -> bytes | None:
    file = visit.file(name)
    return None if file is None else file.file.read()


def read_return(visit: Posted, given: Sent) -> ReadReturn | Errors:
    """Read it as the command line and the API do. Nothing is stored; what cannot be read is told in one error."""
    try:
        return _READERS[given.kind](visit, given)
    except (UnreadableWorkbook, UnreadableDelivery) as error:
        if error.code == "drawn_in_future":
            return [("as_at_day", "This day lies ahead. Give the day on which the other system drew it up, or nothing")]
        is_second = isinstance(error, UnreadableDelivery) and "episodes" in error.source
        return [("episodes" if is_second else "file", f"This file cannot be taken in: {error.why}")]
    except SettingsError as error:
        field = {"as_at": "as_at_day"}.get(error.setting, error.setting)
        return [
            (field if field in {"as_at_day", "assume_fte"} else "file", f"{error.fault[:1].upper()}{error.fault[1:]}")
        ]
    except IntakeError as error:
        return [("file", f"{error}")]


def _annex_a(visit: Posted, given: Sent) -> ReadReturn:
    read = read_annex_a(
        check_content("the workbook", given.content),
        pseudonyms=Pseudonyms(visit.service.pseudonym_key()),
        recorded_at=visit.now,
        actor=visit.who.actor,
        assume_fte=given.assume_fte,
        as_at=given.as_at,
        known=known_in(visit.situation),
    )
    report = read.report
    rows = tuple(
        Row(
            f"{row.sheet}, row {row.row}" + (f", {row.column}" if row.column else ""),
            OUTCOMES[row.outcome.value],
            row.why,
            left_out=row.outcome.value == "refused",
            attention=row.attention,
        )
        for row in report.rows
    )
    told = (
        f"The workbook describes {report.snapshot_date:%d %b %Y}.",
        f"Open cases: {report.cases}, of them without a worker: {report.waiting_cases}.",
        f"Social workers: {report.workers}, in teams: {report.teams}.",
    )
    notes = tuple(_noted(one.why, one.count) for one in report.warnings)
    return ReadReturn(told, read.records, rows, notes, read.lookup)


def _ssda903(visit: Posted, given: Sent) -> ReadReturn:
    intake = read_ssda903(
        given.content,
        episodes=given.episodes,
        pseudonyms=Pseudonyms(visit.service.pseudonym_key()),
        recorded_at=visit.now,
        actor=visit.who.actor,
        drawn_at=_drawn_at(visit, given),
        past=past_in(visit.engine.store),
        assume_fte=given.assume_fte,
    )
    return _of_intake(intake, "Lines", lambda path: path)


def _dfe_daily(visit: Posted, given: Sent) -> ReadReturn:
    intake = read_dfe_daily(
        parse_dfe_daily(given.content, "the payload"),
        pseudonyms=Pseudonyms(visit.service.pseudonym_key()),
        recorded_at=visit.now,
        actor=visit.who.actor,
        drawn_at=_drawn_at(visit, given),
        past=past_in(visit.engine.store),
        assume_fte=given.assume_fte,
    )
    return _of_intake(intake, "Records", _record_in_words)


def _drawn_at(visit: Posted, given: Sent) -> datetime | None:
    return drawn_up(None if given.as_at is None else given.as_at.isoformat(), "as_at", visit.now)


def _record_in_words(path: str) -> str:
    """Say where something is in a payload: `/3/child_protection_plans/0` is record 4, child protection plans 1."""
    number, *rest = path.strip("/").split("/")
    if not number.isdecimal():
        return path
    parts = [f"{int(one) + 1}" if one.isdecimal() else one.replace("_", " ") for one in rest]
    return ", ".join((f"record {int(number) + 1}", *parts))


def _of_intake(intake: Intake, items: str, where: Callable[[str], str]) -> ReadReturn:
    told = (
        f"{items}: {len(intake.items)}. Open cases: {intake.cases}, of them without a worker: {intake.waiting_cases}.",
        f"Social workers: {intake.workers}.",
    )
    notes = tuple(_noted(one.why, one.count) for one in intake.notes)
    return ReadReturn(told, intake.records, tuple(_rows(intake, where)), notes, intake.lookup, intake.said)


def _rows(intake: Intake, where: Callable[[str], str]) -> Iterator[Row]:
    for one in intake.refused:
        yield Row(where(one.path), OUTCOMES["refused"], one.why, left_out=True)
    for item in intake.items:
        if item.outcome.value != "refused":
            more = "" if item.records is None else f"{item.records} to record"
            yield Row(where(item.path), OUTCOMES[item.outcome.value], more, left_out=False)


def _noted(why: str, count: int | None) -> str:
    text = f"{why[:1].upper()}{why[1:]}"
    return text if count is None else f"{text} ({count})"


_READERS: Mapping[str, Callable[[Posted, Sent], ReadReturn]] = {
    "annex-a": _annex_a,
    "ssda903": _ssda903,
    "dfe-daily": _dfe_daily,
}

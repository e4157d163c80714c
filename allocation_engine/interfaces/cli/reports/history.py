"""The report `history`: who held a case when, of one case or of one worker; its page and its JSON document."""

from datetime import timedelta
from typing import Annotated

import typer
from pydantic import JsonValue
from rich.console import Console

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.asked import Asked
from allocation_engine.interfaces.cli.options import AsAtOption, JsonOption, KnownAtOption, StoreOption
from allocation_engine.interfaces.cli.reports.answering import WorkerOption, asked, heading, require_worker, say
from allocation_engine.interfaces.cli.terminal import Terminal, table
from allocation_engine.interfaces.words import day, words
from allocation_engine.reporting.history import CaseloadHistory, history_of_case, history_of_worker
from allocation_engine.reporting.posts import read_posts
from domain.identifiers import CaseId
from domain.vocabulary import AssignmentRole
from projections.case_stretches import Stretch

NOT_THIS = "It says who held a case and not why it changed hands; a case passed on is not a failing of whoever held it."


def history(
    case: Annotated[
        str | None, typer.Option("--case", metavar="ID", help="One case's history.", show_default=False)
    ] = None,
    worker: WorkerOption = None,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who held a case from when to when, with --case; or every case that a worker held, with --worker."""
    terminal = Terminal(as_json)
    if (case is None) == (worker is None):
        raise SettingsError("--case", "give either --case or --worker")
    with asked(store, as_at, known_at) as question:
        found = _read(question, case, worker)
    subject = case or worker or ""
    document = {
        **question.document(),
        "case_id": case,
        "worker_id": worker,
        "note": NOT_THIS,
        "stretches": [_stretch_document(one) for one in found.stretches],
    }
    terminal.answer(document, lambda console: _page(console, question, subject, found, of_case=case is not None))


def _read(question: Asked, case: str | None, worker: str | None) -> CaseloadHistory:
    if case is not None:
        found = history_of_case(question.store, CaseId(case), question.as_at, question.known_at)
        if found is None:
            raise SettingsError("--case", f"no case {case} is on record by that day; `caseload` lists who holds which")
        return found
    posts = read_posts(question.store, question.as_at, question.known_at)
    who = require_worker(worker or "", posts)
    return history_of_worker(question.store, who, question.as_at, question.known_at)


def _stretch_document(one: Stretch) -> dict[str, JsonValue]:
    return {
        "case_id": one.case_id,
        "worker_id": one.worker_id,
        "role": one.role.value,
        "since": one.since.isoformat(),
        "came": one.came.value,
        "previous_holder": one.previous_holder,
        "until": None if one.until is None else one.until.isoformat(),
        "went": None if one.went is None else one.went.value,
        "next_holder": one.next_holder,
    }


def _page(console: Console, question: Asked, subject: str, found: CaseloadHistory, *, of_case: bool) -> None:
    whose = f"Who held case {subject}" if of_case else f"Cases that {subject} held"
    heading(console, f"{whose}, up to {question.when}")
    held = sum(one.role is AssignmentRole.PRIMARY for one in found.held_now)
    say(
        console,
        f"{len(found.stretches)} {'stretch' if len(found.stretches) == 1 else 'stretches'}, of which "
        f"{len(found.held_now)} still {'runs' if len(found.held_now) == 1 else 'run'} ({held} as primary worker).",
    )
    console.print()
    rows = [
        (
            one.worker_id if of_case else one.case_id,
            "co-worker" if one.role is AssignmentRole.CO_WORKER else "primary",
            day(one.since),
            "now" if one.until is None else day(one.until),
            f"{((one.until or found.as_at) - one.since) / timedelta(days=1):.0f}",
            _how(one),
        )
        for one in found.stretches
    ]
    if rows:
        columns = ("Worker" if of_case else "Case", "Role", "From", "To", "Days", "How it came and went")
        console.print(table("Stretches, in the order in which they began", columns, rows, numbers=(4,)))
        console.print()
    say(console, NOT_THIS)


def _how(one: Stretch) -> str:
    came = f"taken over from {one.previous_holder}" if one.previous_holder else words(one.came)
    if one.went is None:
        return came
    return f"{came}; {words(one.went)}" + (f" to {one.next_holder}" if one.next_holder else "")

"""Commands that only look: load, caseload, log."""

from datetime import datetime
from textwrap import fill
from typing import Annotated

import typer
from rich.console import Console

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces import documents
from allocation_engine.interfaces.cli import pages
from allocation_engine.interfaces.cli.options import AsAtOption, JsonOption, KnownAtOption, StoreOption, existing_engine
from allocation_engine.interfaces.cli.pictures import Picture, PlotOption, SinceOption
from allocation_engine.interfaces.cli.terminal import Terminal
from allocation_engine.interfaces.moments import asked_about, beginning, moment
from allocation_engine.persistence.event_log import Criterion, Query, StoredEvent
from allocation_engine.planning import Situation
from allocation_engine.reporting.explanation import explain_load
from domain.events import REGISTRY
from domain.identifiers import WorkerId
from domain.load import LoadAccount

WIDTH = 80
INDENT = " " * 9
WorkerArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[WORKER]", help="One worker's id, such as w-0003; everybody if left out.", show_default=False
    ),
]


def load(
    worker: WorkerArgument = None,
    team: Annotated[
        str | None, typer.Option("--team", metavar="ID", help="Only this team.", show_default=False)
    ] = None,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    plot: PlotOption = None,
    since: SinceOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what each worker carries, set against capacity; with a WORKER, why.

    Load is an accounting index of exposure and recovery in load points (lp): 100 lp is what one full-time experienced
    worker can carry for long. It is not a measure of stress, and nobody is ranked by it.
    """
    terminal = Terminal(as_json)
    picture = Picture.asked_for(plot, since)
    with existing_engine(store) as engine:
        situation = engine.situation(asked_about(moment(as_at), engine.clock()), moment(known_at, option="--known-at"))
        chosen = None if worker is None else known_worker(situation, worker)
        accounts = () if chosen is not None else accounts_of(situation, team)
        begin = _since(since, situation, chosen, picture)
        explained = None if chosen is None else explain_load(engine.store, situation, chosen, begin)
        drawn = None if picture is None else picture.draw(engine.store, situation, chosen, team)
    document = (
        documents.loads_document(situation, accounts)
        if explained is None
        else documents.explained_document(situation, explained)
    )

    def page(console: Console) -> None:
        if explained is not None:
            pages.account_page(console, explained, situation.known_at)
        else:
            pages.loads_page(console, situation, accounts)
        if picture is not None:
            console.print(f"\nThe picture is in {picture.target.file}", markup=False)

    terminal.answer(document if drawn is None else {**document, "plot": drawn}, page)


def _since(text: str | None, situation: Situation, worker: WorkerId | None, picture: Picture | None) -> datetime | None:
    """Read --since; a day that nothing is asked about is a mistake, and so is one that is yet to come."""
    if text is None:
        return None
    if picture is not None:
        return picture.begins(situation.as_at)
    if worker is None:
        raise SettingsError("--since", "name a WORKER whose load changed since, or a picture with --plot FILE.svg")
    since = beginning(text, "--since")
    if since >= situation.as_at:
        raise SettingsError("--since", f"the account is of {situation.as_at:%Y-%m-%d}: name a day before")
    return since


def accounts_of(situation: Situation, team: str | None) -> tuple[LoadAccount, ...]:
    """Give everybody's account, or a team's, by id; a team with nobody in it is a mistyped one."""
    accounts = tuple(
        account
        for worker_id, account in situation.accounts.items()
        if team in {None, situation.workers[worker_id].team_id}
    )
    if team is not None and not accounts:
        raise SettingsError("--team", f"nobody is in a team {team} on that day")
    return accounts


def known_worker(situation: Situation, worker: str) -> WorkerId:
    """Find a worker who is employed on that day, or say that there is none."""
    if worker not in situation.workers:
        raise SettingsError("WORKER", f"nobody with the id {worker} works here on that day; `load` lists who does")
    return WorkerId(worker)


def caseload(
    worker: WorkerArgument = None,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who holds how many cases and which cases wait; with a WORKER, that worker's cases one by one."""
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        situation = engine.situation(asked_about(moment(as_at), engine.clock()), moment(known_at, option="--known-at"))
    shown = situation.workers if worker is None else (known_worker(situation, worker),)
    document = {
        "as_at": situation.as_at.isoformat(),
        "known_at": None if situation.known_at is None else situation.known_at.isoformat(),
        "position": situation.position,
        "workers": [
            {
                "worker_id": worker_id,
                "team_id": situation.workers[worker_id].team_id,
                "cases": [documents.held_document(one) for one in situation.caseloads.get(worker_id, ())],
            }
            for worker_id in shown
        ],
        "waiting": [documents.waiting_document(one) for one in situation.waiting] if worker is None else None,
    }

    def page(console: Console) -> None:
        if worker is None:
            pages.caseloads_page(console, situation)
        else:
            pages.caseload_page(console, WorkerId(worker), situation.caseloads.get(WorkerId(worker), ()))

    terminal.answer(document, page)


def log(
    tag: Annotated[
        list[str] | None,
        typer.Option(
            "--tag",
            metavar="TAG",
            help="Only events about this: worker:ID, case:ID, team:ID, proposal:ID, "
            "incident:ID or source:SYSTEM/ID. Given twice, only events about both.",
            show_default=False,
        ),
    ] = None,
    type_: Annotated[
        list[str] | None,
        typer.Option(
            "--type",
            metavar="NAME",
            help="Only events of this kind, such as case.assigned. May be repeated; needs a --tag.",
            show_default=False,
        ),
    ] = None,
    after: Annotated[int, typer.Option(help="Start after this position.", min=0)] = 0,
    limit: Annotated[int, typer.Option(help="Show at most so many events.", min=1)] = 50,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what is on record, oldest first: every event with its position, when it happened, and what it is about."""
    terminal = Terminal(as_json)
    query = _query(tag or [], type_ or [])
    with existing_engine(store) as engine:
        page = engine.store.log.read(query, after=after, limit=limit)
        head = engine.store.log.head()
    document = {"events": [documents.event_document(one) for one in page.events], "head": head}
    more = len(page.events) == limit and page.events[-1].position < head

    def printed(console: Console) -> None:
        for one in page.events:
            console.print(_line(one), markup=False)
        if more:
            console.print(f"\nThere may be more: --after {page.events[-1].position}")

    terminal.answer(document, printed)


def _query(tags: list[str], types: list[str]) -> Query:
    if not tags:
        if types:
            raise SettingsError("--type", "give a --tag with it, such as --tag worker:w-0003")
        return ()
    for one in tags:
        if not one.partition(":")[2]:
            raise SettingsError("--tag", f"cannot read {one!r}; write a kind and an id, such as worker:w-0003")
    by_name = {event_class.wire_name: event_class for event_class in REGISTRY.classes}
    for name in types:
        if name not in by_name:
            raise SettingsError("--type", f"no event is called {name!r}; there are {', '.join(sorted(by_name))}")
    return (Criterion(frozenset(tags), frozenset(by_name[name] for name in types)),)


def _line(stored: StoredEvent) -> str:
    """Write an event: position, when, what, by whom; below it what it is about and, for a decision, why."""
    event, envelope = stored.record.event, stored.record.envelope
    about = fill(
        " ".join(sorted(event.tags())),
        WIDTH,
        initial_indent=INDENT,
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    reason = getattr(event, "reason", None)
    why = "" if not isinstance(reason, str) else f"\n{INDENT}reason: {reason}"
    return f"{stored.position:>7}  {envelope.occurred_at:%Y-%m-%d %H:%M}  {event.wire_name}  by {envelope.actor}\n{about}{why}"

"""Commands for the HTTP service: serve it, and say who may call."""

import secrets
from datetime import datetime
from typing import Annotated

import typer
from rich.console import Console

from allocation_engine.engine import Engine
from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.api.access.keys import ID_BYTES, KeyRequest, Keys, StoredKey, lacking
from allocation_engine.interfaces.api.access.roles import Role, Scope
from allocation_engine.interfaces.cli.options import (
    ByOption,
    JsonOption,
    StoreOption,
    engine_for,
    existing_engine,
    person,
    settings_for,
)
from allocation_engine.interfaces.cli.terminal import Terminal, table
from allocation_engine.interfaces.moments import moment

keys = typer.Typer(no_args_is_help=True, help="Who may call the HTTP service: issue, list, rotate and revoke keys.")

KeyArgument = Annotated[
    str, typer.Argument(metavar="KEY_ID", help="The public part of a key; `keys list` shows it.", show_default=False)
]


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes; more than one needs PostgreSQL.", min=1)] = 1,
    store: StoreOption = None,
) -> None:
    """Serve the manager's desk and the HTTP interface that case management systems call, until Ctrl-C.

    Put a reverse proxy with TLS before it. The description is at /v1/openapi.json.
    """
    from allocation_engine.interfaces.api.serving import run_server  # noqa: PLC0415  loads what only a server needs

    settings = settings_for(store)
    with engine_for(store) as engine:
        none_yet = not any(_keys(engine).all())
    console = Console(stderr=True)
    if none_yet:
        console.print(
            "Nobody may call yet. Issue a first key:\n"
            "  allocation-engine keys issue --role administrator --actor YOUR-ID --by YOUR-ID"
            + ("" if store is None else f" --store {store}"),
            markup=False,
        )
    console.print(
        f"Serving the desk at http://{host}:{port}/desk and the interface at http://{host}:{port}/v1\n"
        "(description: /v1/openapi.json). A link into the desk: allocation-engine sign-in-link. Ctrl-C ends.",
        markup=False,
        highlight=False,
    )
    run_server(settings, host, port, workers)


def sign_in_link(
    actor: Annotated[
        str, typer.Option("--for", metavar="ID", help="The staff id of whoever it is for, such as m-0042.")
    ],
    role: Annotated[Role, typer.Option("--role", help="What they are to the service.")] = Role.MANAGER,
    worker: Annotated[
        str | None, typer.Option("--worker", metavar="ID", help="For a practitioner: their own id.", show_default=False)
    ] = None,
    team: Annotated[
        list[str] | None,
        typer.Option("--team", metavar="ID", help="For a supervisor: a team. May be repeated.", show_default=False),
    ] = None,
    address: Annotated[
        str, typer.Option("--at", metavar="URL", help="Where the desk is reached.")
    ] = "http://127.0.0.1:8000",
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a link that lets one person into the desk once, within the hour. What they do there is recorded in their name."""
    from allocation_engine.interfaces.web.signing_in import LINK_LASTS, Sessions  # noqa: PLC0415  for this command only

    terminal = Terminal(as_json)
    if role is Role.SYSTEM:
        raise SettingsError("--role", "a system has no pages at the desk: give it a key with `keys issue`")
    _require_reach(role, worker, team)
    who = KeyRequest.model_validate(
        {"actor": person(actor, "--for"), "role": role, "worker_id": worker, "team_ids": team or ()}
    )
    with engine_for(store) as engine:
        _require_kept(engine)
        secret = Sessions(engine.store.documents, engine.clock, secrets.token_bytes).link(who)
        until = engine.clock() + LINK_LASTS
    link = f"{address.rstrip('/')}/desk/sign-in/{secret}"
    terminal.answer(
        {"link": link, "until": until.isoformat(), "actor": who.actor, "role": role.value},
        lambda console: console.print(link, markup=False, highlight=False, soft_wrap=True),
    )


@keys.command("issue")
def issue(
    role: Annotated[Role, typer.Option("--role", help="What the caller is to the service.", show_default=False)],
    actor: Annotated[
        str,
        typer.Option(
            "--actor", metavar="ID", help="The id under which its acts are recorded: a person's or a system's."
        ),
    ],
    by: ByOption,
    worker: Annotated[
        str | None, typer.Option("--worker", metavar="ID", help="For a practitioner: their own id.", show_default=False)
    ] = None,
    team: Annotated[
        list[str] | None,
        typer.Option("--team", metavar="ID", help="For a supervisor: a team. May be repeated.", show_default=False),
    ] = None,
    scope: Annotated[
        list[Scope] | None,
        typer.Option("--scope", help="Hold the key to this part of the role. May be repeated.", show_default=False),
    ] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="DAY", help="The last day on which it is valid.")
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Issue a key. It is shown now and never again: only its hash is kept."""
    terminal = Terminal(as_json)
    _require_reach(role, worker, team)
    asked = KeyRequest.model_validate(
        {
            "actor": actor,
            "role": role,
            "worker_id": worker,
            "team_ids": team or (),
            "scopes": scope or tuple(Scope),
            "expires_at": moment(expires, "--expires"),
        }
    )
    with engine_for(store) as engine:
        held = _keys(engine)
        draft = held.draft(asked, secrets.token_bytes(ID_BYTES).hex(), person(by))
        text = held.issue(draft)
    terminal.answer({**_document(draft), "key": text}, lambda console: _told(console, draft, text))


@keys.command("list")
def list_keys(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List every key there is or was."""
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        found, now = _keys(engine).all(), engine.clock()
    rows = [(one.key_id, one.actor, one.role.value, _standing(one, now)) for one in found]
    terminal.answer(
        {"keys": [_document(one) for one in found]},
        lambda console: console.print(table("Keys", ("Key", "Actor", "Role", "Standing"), rows)),
    )


@keys.command("rotate")
def rotate(key_id: KeyArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Give a key a new secret; the old one stays valid for a day, so that nothing stops meanwhile."""
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        stored, text = _keys(engine).rotate(key_id)
    terminal.answer({**_document(stored), "key": text}, lambda console: _told(console, stored, text))


@keys.command("revoke")
def revoke(key_id: KeyArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """End a key at once."""
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        stored = _keys(engine).revoke(key_id)
    terminal.answer(_document(stored), lambda console: console.print(f"Key {key_id} is revoked.", markup=False))


def _require_kept(engine: Engine) -> None:
    if engine.store.url.startswith("memory:"):
        raise SettingsError("the store", "a store in memory is gone when this command ends; name a file")


def _require_reach(role: Role, worker: str | None, team: list[str] | None) -> None:
    """Refuse whoever would see nothing, in the words of this command rather than of its fields."""
    match lacking(role, worker, team):
        case "worker_id":
            raise SettingsError("--worker", "give a practitioner's own id: they see that account and no other")
        case "team_ids":
            raise SettingsError("--team", "give a supervisor's teams: they see those and no other")


def _keys(engine: Engine) -> Keys:
    _require_kept(engine)
    return Keys(engine.store.documents, engine.clock, secrets.token_bytes)


def _document(stored: StoredKey) -> dict[str, object]:
    return stored.model_dump(mode="json", exclude={"secret_hash", "old_hash"})


def _told(console: Console, stored: StoredKey, text: str) -> None:
    console.print(
        f"The key of {stored.actor}, {stored.role.value}. Keep it now: it is shown this once.\n", markup=False
    )
    console.print(f"  {text}", markup=False, highlight=False, soft_wrap=True)


def _standing(one: StoredKey, now: datetime) -> str:
    if one.revoked_at is not None:
        return f"revoked {one.revoked_at:%Y-%m-%d}"
    if one.expires_at is not None:
        return f"{'expired' if one.expires_at <= now else 'valid until'} {one.expires_at:%Y-%m-%d}"
    return "valid"

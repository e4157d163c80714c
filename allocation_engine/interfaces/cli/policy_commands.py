"""Commands about the policy set: show, check, adopt, history, compare, sensitivity."""

from datetime import datetime
from textwrap import fill

import typer
from pydantic import JsonValue
from rich.console import Console

from allocation_engine.bootstrap import example_policy, read_policy
from allocation_engine.errors import SettingsError
from allocation_engine.interfaces import policy_documents
from allocation_engine.interfaces.cli import policy_pages
from allocation_engine.interfaces.cli.options import (
    AsAtOption,
    ByOption,
    JsonOption,
    KnownAtOption,
    PolicyFileArgument,
    PolicyFileOption,
    StoreOption,
    existing_engine,
    person,
)
from allocation_engine.interfaces.cli.policy_effect_commands import compare, sensitivity
from allocation_engine.interfaces.cli.terminal import Terminal
from allocation_engine.interfaces.moments import asked_about, moment
from allocation_engine.interfaces.policy_words import counted, refusal_of, values_changed, what_became
from allocation_engine.interfaces.words import dated, day
from allocation_engine.planning.policy_adoption import adoption
from allocation_engine.planning.policy_differences import differences
from allocation_engine.planning.policy_in_force import (
    PolicyInForce,
    adoptions,
    still_standing,
)
from domain.policy.policy_set import PolicySet

policy = typer.Typer(
    no_args_is_help=True,
    help="See, check and adopt the policy set: every number that load and proposals rest on. Replay a past period under "
    "another set, and see which numbers matter.",
)


@policy.command("show")
def show(
    file: PolicyFileOption = None,
    as_at: AsAtOption = None,
    known_at: KnownAtOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show every number of the policy set in force, with its unit, kind and source; or those of a file."""
    terminal = Terminal(as_json)
    document: dict[str, JsonValue] = {"as_at": None, "known_at": None, "adopted": None}
    if file is not None:
        if as_at is not None or known_at is not None:
            raise SettingsError("--file", "a file is the same on any day: leave out --as-at and --known-at")
        shown, standing = read_policy(file), f"In {file}. What is in force: `policy show`."
    else:
        with existing_engine(store) as engine:
            at, known = asked_about(moment(as_at), engine.clock()), moment(known_at, "--known-at")
            now = engine.policy(at, known)
        shown, standing = now.policy, _standing_in_words(now, dated(at, known))
        document = {
            "as_at": at.isoformat(),
            "known_at": None if known is None else known.isoformat(),
            "adopted": now.adopted,
            "filled_in": list(now.filled_in),
        }
    terminal.answer(
        document | policy_documents.policy_document(shown),
        lambda console: policy_pages.policy_page(console, shown, standing),
    )


def _standing_in_words(now: PolicyInForce, when: str) -> str:
    if now.adopted:
        told = f"In force on {when}, adopted. `policy history` says by whom."
        if now.filled_in:
            told += f" {len(now.filled_in)} numbers it does not state are filled in from the example: {', '.join(now.filled_in)}."
        return told
    return f"In force on {when}, as the shipped example: nobody has adopted a policy set for that day."


@policy.command("check")
def check(file: PolicyFileArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Check a policy set in a TOML file: can it be adopted, and what differs from the one in force."""
    terminal = Terminal(as_json)
    checked = read_policy(file)
    with existing_engine(store) as engine:
        now = engine.policy()
        refusal = refusal_of(engine, checked)
    found = differences(now.policy, checked)
    document: dict[str, JsonValue] = {
        **policy_documents.heading_document(checked),
        "in_force": now.policy.policy_set_id,
        "in_force_adopted": now.adopted,
        "refusal": None if refusal is None else {"code": refusal.rejection.code, "message": refusal.rejection.reason},
        "differences": policy_documents.differences_document(found),
    }

    def page(console: Console) -> None:
        told = f"{file} is a complete policy set: {checked.policy_set_id}, {checked.title}."
        console.print(fill(told, policy_pages.WIDTH), markup=False)
        console.print(fill(counted(checked), policy_pages.WIDTH))
        verdict = "It can be adopted." if refusal is None else f"It cannot be adopted: {refusal}."
        console.print(fill(verdict, policy_pages.WIDTH), markup=False)
        console.print("\n" + fill(f"Beside the set in force, {policy_pages.named(now)}:", policy_pages.WIDTH))
        policy_pages.differences_page(console, found, "In force", "File")

    terminal.answer(document, page)


@policy.command("adopt")
def adopt(file: PolicyFileArgument, by: ByOption, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Adopt the policy set in a TOML file, in somebody's name. It holds from the file's effective_from on.

    The whole set goes on record, so that every figure and proposal can be
    recomputed with the numbers of its own day.
    """
    terminal = Terminal(as_json)
    adopted, who = read_policy(file), person(by)
    with existing_engine(store) as engine:
        record = engine.record(adoption(engine.store.log, adopted, who, engine.example_policy), who)
        at = record.envelope.occurred_at
        # By id alone: a set adopted long ago may lack a number of today, and adopting one that has it is the remedy.
        found = still_standing(adoptions(engine.store.log)).policy_in_force(at)
    now = example_policy().policy_set_id if found is None else found.policy_set_id
    document: dict[str, JsonValue] = {
        **policy_documents.heading_document(adopted),
        "adopted_by": who,
        "adopted_at": at.isoformat(),
        "event_id": str(record.envelope.event_id),
        "in_force_now": now,
    }
    told = f"{who} adopted {adopted.policy_set_id}. {_from_when(adopted, now, at)}"
    terminal.answer(document, lambda console: console.print(fill(told, policy_pages.WIDTH), markup=False))


def _from_when(adopted: PolicySet, now: str, at: datetime) -> str:
    since = day(adopted.effective_from)
    if adopted.effective_from > at:
        return f"It comes in force on {since}; until then {now} holds."
    if now != adopted.policy_set_id:
        return f"It holds from {since}, but not today: {now} has a later day."
    return f"It is in force, from {since}: figures as at that day and after now rest on it."


@policy.command("history")
def history(known_at: KnownAtOption = None, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Show which policy sets were adopted, when and by whom, and which of them is in force."""
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        known = moment(known_at, "--known-at")
        found = adoptions(engine.store.log, known)
        at = known or engine.clock()
        example = engine.example_policy
    standings = [what_became(one, found, at) for one in found]
    changed = list(values_changed(found, example))
    terminal.answer(
        {
            "as_at": at.isoformat(),
            "known_at": None if known is None else known.isoformat(),
            "adoptions": [
                {**policy_documents.adoption_document(one, how), "values_changed": number}
                for one, how, number in zip(found, standings, changed, strict=True)
            ],
        },
        lambda console: policy_pages.history_page(console, zip(found, standings, changed, strict=True)),
    )


policy.command("compare")(compare)
policy.command("sensitivity")(sensitivity)

"""The command `allocation-engine`. Each command is a file's function; this one joins them and turns errors into words."""

import json
import sys

import typer
from pydantic import ValidationError

from allocation_engine.interfaces.cli import (
    choice_commands,
    fill_commands,
    import_annex_a,
    import_dfe_daily,
    import_ssda903,
    keeping_commands,
    look_ahead_commands,
    policy_commands,
    proposal_commands,
    read_commands,
    reports,
    retract_command,
    serve_commands,
    store_commands,
    what_if_commands,
)
from allocation_engine.interfaces.cli.reports.alerts import answer
from allocation_engine.interfaces.cli.terminal import Terminal
from allocation_engine.interfaces.failures import StoreFaulty, told
from domain.errors import AllocationError
from domain.events.registry import faults_of

app = typer.Typer(
    name="allocation-engine",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Share the emotional load of extra-familial harm work fairly. The engine keeps each worker's load account and "
    "proposes who could take a waiting case, with reasons. A named person always decides.",
)
imports = typer.Typer(no_args_is_help=True, help="Fill the store from another system's file.")

app.add_typer(imports, name="import", rich_help_panel="Fill")
imports.command("annex-a")(import_annex_a.annex_a)
imports.command("dfe-daily")(import_dfe_daily.dfe_daily)
imports.command("ssda903")(import_ssda903.ssda903)
app.command("generate", rich_help_panel="Fill")(fill_commands.generate_service)
app.command("record", rich_help_panel="Fill")(fill_commands.record)
app.command("retract", rich_help_panel="Fill")(retract_command.retract)
app.command("load", rich_help_panel="Look")(read_commands.load)
app.command("caseload", rich_help_panel="Look")(read_commands.caseload)
app.command("log", rich_help_panel="Look")(read_commands.log)
app.add_typer(reports.app, name="report", rich_help_panel="Look")
app.command("propose", rich_help_panel="Decide")(proposal_commands.propose)
app.command("approve", rich_help_panel="Decide")(proposal_commands.approve)
app.command("amend", rich_help_panel="Decide")(proposal_commands.amend)
app.command("reject", rich_help_panel="Decide")(proposal_commands.reject)
app.command("why-not", rich_help_panel="Weigh")(choice_commands.why_not)
app.command("why-waiting", rich_help_panel="Weigh")(choice_commands.why_waiting)
app.command("alternatives", rich_help_panel="Weigh")(choice_commands.alternatives)
app.command("frontier", rich_help_panel="Weigh")(choice_commands.frontier)
app.command("rule-costs", rich_help_panel="Weigh")(choice_commands.rule_costs)
app.command("what-if", rich_help_panel="Look ahead")(what_if_commands.what_if)
app.command("absence", rich_help_panel="Look ahead")(look_ahead_commands.absence)
app.command("leaver", rich_help_panel="Look ahead")(look_ahead_commands.leaver)
app.command("recruitment", rich_help_panel="Look ahead")(look_ahead_commands.recruitment)
app.command("team-structure", rich_help_panel="Look ahead")(look_ahead_commands.structure)
app.add_typer(policy_commands.policy, name="policy", rich_help_panel="Decide")
app.command("answer-alert", rich_help_panel="Decide")(answer)
app.command("serve", rich_help_panel="Serve")(serve_commands.serve)
app.command("sign-in-link", rich_help_panel="Serve")(serve_commands.sign_in_link)
app.add_typer(serve_commands.keys, name="keys", rich_help_panel="Serve")
app.command("rebuild", rich_help_panel="Maintain")(store_commands.rebuild)
app.command("check-store", rich_help_panel="Maintain")(store_commands.check_store)
app.command("backup", rich_help_panel="Keep")(keeping_commands.backup)
app.command("restore", rich_help_panel="Keep")(keeping_commands.restore)
app.command("backup-keys", rich_help_panel="Keep")(keeping_commands.backup_keys)
app.command("restore-keys", rich_help_panel="Keep")(keeping_commands.restore_keys)
app.command("retention", rich_help_panel="Keep")(keeping_commands.retention)
app.command("erase", rich_help_panel="Keep")(keeping_commands.erase)

REFUSED, CALLED_WRONGLY, INTERRUPTED = 1, 2, 130


def main(arguments: list[str]) -> int:
    """Run a command; give its exit status: 0 only if it did what was asked."""
    terminal = Terminal(as_json="--json" in arguments)
    try:
        outcome = app(args=arguments, standalone_mode=False)
    except AllocationError as error:
        return _refuse(terminal, told(error), str(error))
    except ValidationError as error:
        faults = "; ".join(f"{field}: {fault}" for field, fault in faults_of(error))
        return _refuse(terminal, {"error": {"code": "invalid", "message": faults}}, faults)
    except typer.TyperException as error:
        message = error.format_message()
        if not message:  # called with nothing at all: the help is printed already
            return CALLED_WRONGLY
        _refuse(terminal, {"error": {"code": "usage", "message": message}}, f"{message} (--help says how)")
        return CALLED_WRONGLY
    except StoreFaulty:
        return REFUSED
    except typer.Exit as end:
        return end.exit_code
    except (typer.Abort, KeyboardInterrupt):
        outcome = INTERRUPTED
    if outcome == INTERRUPTED:  # Typer makes this of Ctrl-C
        terminal.err.print("Interrupted; nothing more was done.")
    return outcome if isinstance(outcome, int) else 0


def _refuse(terminal: Terminal, document: object, message: str) -> int:
    if terminal.as_json:
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    else:
        terminal.err.print(message, markup=False)
    return REFUSED


def run() -> None:
    """Entry point of the console script."""
    sys.exit(main(sys.argv[1:]))

"""Commands that answer a question by a look ahead: absence, leaver, recruitment, team-structure. Only leaver can make a proposal."""

from pathlib import Path
from typing import Annotated

import typer

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces import documents, look_ahead_documents
from allocation_engine.interfaces.cli import look_ahead_pages, pages
from allocation_engine.interfaces.cli.interruption import Interruption
from allocation_engine.interfaces.cli.options import JsonOption, StoreOption, existing_engine, person
from allocation_engine.interfaces.cli.terminal import Terminal
from allocation_engine.interfaces.cli.what_if_commands import ProcessesOption, run_watched
from allocation_engine.planning import Search
from allocation_engine.planning.what_if import Scenario, WhatIf, read_what_if, to_toml
from allocation_engine.planning.what_if.absence import AbsenceAsked, answer, as_what_if
from allocation_engine.planning.what_if.ask import next_monday
from allocation_engine.planning.what_if.leaver import where_would_it_go
from allocation_engine.planning.what_if.record import read_record
from allocation_engine.planning.what_if.recruitment import Recruitment, plan_recruitment
from allocation_engine.planning.what_if.teams import team_structure
from domain.identifiers import TeamId, WorkerId
from domain.vocabulary import AbsenceKind, CareerStage

WorkerArgument = Annotated[str, typer.Argument(metavar="WORKER", help="The worker's id, such as w-0007.")]
RunsOption = Annotated[int, typer.Option("--runs", min=2, max=100_000, help="How many runs.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="What the chances are drawn from.")]
SaveOption = Annotated[
    Path | None,
    typer.Option(
        "--save", metavar="FILE", help="Write it as a what-if in TOML, to change and share.", show_default=False
    ),
]


def absence(
    worker: WorkerArgument,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=52, help="For how many weeks, from next Monday.")] = 6,
    kind: Annotated[AbsenceKind, typer.Option("--kind", help="Why they are away.")] = AbsenceKind.SICKNESS,
    runs: RunsOption = 200,
    seed: SeedOption = 0,
    save: SaveOption = None,
    processes: ProcessesOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Somebody will be away from next Monday: weigh four ways of meeting it.

    Their cases stay with them; those of high risk are passed on; all are; or
    all are, and one more worker comes in for that time. Nothing is stored.
    """
    terminal = Terminal(as_json)
    asked = AbsenceAsked(WorkerId(worker), weeks, kind)
    with existing_engine(store) as engine:
        what = as_what_if(asked, engine.situation(), runs, seed)
    if save is not None:
        save.write_text(to_toml(what), encoding="utf-8")
    found = answer(asked, run_watched(terminal, what, store, processes))
    terminal.answer(
        look_ahead_documents.absence_document(found),
        lambda console: look_ahead_pages.absence_page(console, found, save),
    )


def leaver(
    worker: WorkerArgument,
    high_risk: Annotated[
        bool, typer.Option("--high-risk", help="Only the cases of high risk, as for an absence.")
    ] = False,
    propose_by: Annotated[
        str | None,
        typer.Option(
            "--propose-by",
            metavar="ID",
            help="Put it on record as a proposal, asked for by this staff id; a named person then decides.",
            show_default=False,
        ),
    ] = None,
    effort: Annotated[float, typer.Option("--effort", min=0.1, help="How much to search, as for propose.")] = 10.0,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show where the cases of somebody who leaves, or cannot keep them, would go.

    Everybody's room is shared with the cases that wait already. Nothing is
    stored, unless --propose-by makes an ordinary proposal of it.
    """
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        found = where_would_it_go(engine.situation(), WorkerId(worker), Search(effort=effort), only_high_risk=high_risk)
        if propose_by is None:
            terminal.answer(
                look_ahead_documents.leaver_document(found),
                lambda console: look_ahead_pages.leaver_page(console, found),
            )
            return
        if not found.choices:
            raise SettingsError("--propose-by", "nobody could take any of the cases: there is nothing to propose")
        proposal = engine.propose(person(propose_by), found.question, Search(effort=effort))
    terminal.answer(documents.proposal_document(proposal), lambda console: pages.proposal_page(console, proposal))


def recruitment(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A what-if whose first scenario holds throughout.", show_default=False),
    ] = None,
    weeks_over: Annotated[int, typer.Option("--weeks-over", min=0, help="More weeks over capacity are too many.")] = 4,
    at_most: Annotated[float, typer.Option("--at-most", min=0.0, max=1.0, help="The chance allowed for that.")] = 0.1,
    most: Annotated[int, typer.Option("--most", min=1, max=40, help="Try up to so many starters.")] = 6,
    fte: Annotated[
        float, typer.Option("--fte", min=0.1, max=1.5, help="Hours of each, as a share of full time.")
    ] = 1.0,
    stage: Annotated[
        list[CareerStage] | None,
        typer.Option("--stage", help="Only starters of this stage. May be repeated.", show_default=False),
    ] = None,
    weeks: Annotated[int, typer.Option("--weeks", min=4, max=104, help="How far to look ahead.")] = 26,
    runs: RunsOption = 60,
    seed: SeedOption = 0,
    processes: ProcessesOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the least posts for which hardly anybody is over capacity for long, by career stage.

    For every number of starters: the chance that anybody is over capacity in
    more than so many weeks, with the error of its runs. Nothing is stored.
    """
    terminal = Terminal(as_json)
    scenarios: tuple[Scenario, ...] = () if file is None else read_what_if(file).scenarios[:1]
    asked = WhatIf(title="How many posts would do", weeks=weeks, runs=runs, seed=seed, scenarios=scenarios)
    wanted = Recruitment(weeks_over, at_most, tuple(stage or CareerStage), most, fte)
    with existing_engine(store) as engine, terminal.progress() as progress, Interruption() as interruption:
        begins, now = next_monday(engine.clock()), engine.clock()
        record = read_record(engine.store, engine.policy(begins).policy, begins, now, asked.assumptions)
        task = progress.add_task("Running", total=runs)

        def keep_going(done: int, of: int) -> bool:
            progress.update(task, completed=done, total=of)
            return not interruption.asked

        found = plan_recruitment(record, asked, wanted, processes=processes, keep_going=keep_going)
    terminal.answer(
        look_ahead_documents.recruitment_document(found),
        lambda console: look_ahead_pages.recruitment_page(console, found),
    )


def structure(
    number: Annotated[int, typer.Argument(metavar="TEAMS", min=2, max=40, help="How many teams.")],
    team: Annotated[
        list[str] | None,
        typer.Option("--team", metavar="ID", help="Split only this team. May be repeated.", show_default=False),
    ] = None,
    effort: Annotated[float, typer.Option("--effort", min=0.1, help="How much to search, as for propose.")] = 20.0,
    save: SaveOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the best split of workers and areas into so many teams: even, and with few moves.

    With --save the split is a what-if, to be run forward beside the service as
    it is: there each team alone takes the cases of its areas. Nothing is stored.
    """
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        found = team_structure(engine.situation(), number, teams=tuple(map(TeamId, team or ())), effort=effort)
    if save is not None:
        what = WhatIf(title=f"The service in {number} teams", scenarios=(found.scenario(),))
        save.write_text(to_toml(what), encoding="utf-8")
    terminal.answer(
        look_ahead_documents.structure_document(found),
        lambda console: look_ahead_pages.structure_page(console, found, save),
    )

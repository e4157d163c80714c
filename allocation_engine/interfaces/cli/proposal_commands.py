"""Commands about proposals: propose, approve, amend, reject. The engine proposes; a named person decides."""

from dataclasses import replace
from typing import Annotated

import typer
from rich.console import Console

from allocation_engine.interfaces import documents
from allocation_engine.interfaces.cli import pages
from allocation_engine.interfaces.cli.grouped_options import with_grouped_options
from allocation_engine.interfaces.cli.options import (
    ByOption,
    JsonOption,
    Pair,
    ReasonOption,
    StoreOption,
    existing_engine,
    person,
    reason_given,
    store_repeated,
)
from allocation_engine.interfaces.cli.plan_options import PlanOptions, SearchOptions
from allocation_engine.interfaces.cli.search_watch import SearchWatch
from allocation_engine.interfaces.cli.terminal import Terminal
from domain.identifiers import CaseId, WorkerId

ProposalArgument = Annotated[str, typer.Argument(metavar="PROPOSAL", help="The proposal's id, such as p-1f2e3d4c5b.")]
PairsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--assign", metavar="CASE=WORKER", help="Give this case to this worker. May be repeated.", show_default=False
    ),
]


@with_grouped_options
def propose(
    by: ByOption = "command-line",
    pin: Annotated[
        list[str] | None,
        typer.Option("--pin", metavar="CASE=WORKER", help="Fix this pair. May be repeated.", show_default=False),
    ] = None,
    forbid: Annotated[
        list[str] | None,
        typer.Option(
            "--forbid", metavar="CASE=WORKER", help="Rule this pair out. May be repeated.", show_default=False
        ),
    ] = None,
    may_move: Annotated[
        list[str] | None,
        typer.Option(
            "--may-move",
            metavar="CASE",
            help="Let this held case change worker. By default none does.",
            show_default=False,
        ),
    ] = None,
    *,
    plan: PlanOptions,
    search: SearchOptions,
    seed: Annotated[int, typer.Option(help="Seed of the search.", min=0)] = 0,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose a worker for every waiting case, with a reason for each choice. Nothing changes until somebody approves.

    The plan keeps every rule; within them it leaves as few urgent cases waiting as possible, then keeps the heaviest
    predicted load as low as possible, then spreads kinds of harm, then matches area and language, then continuity.
    Ctrl-C stops the search with the best plan so far.
    """
    terminal = Terminal(as_json)
    question = replace(
        plan.question(),
        may_move=frozenset(CaseId(case) for case in may_move or ()),
        pinned=_pairs(pin),
        forbidden=_pairs(forbid),
    )
    with existing_engine(store) as engine, SearchWatch(terminal, search, seed) as watch:
        proposal = engine.propose(person(by), question, watch.search)

    where = store_repeated(store)

    def page(console: Console) -> None:
        pages.proposal_page(console, proposal)
        console.print("\nThis is a proposal: no caseload has changed. A named person decides:")
        console.print(f'  allocation-engine approve {proposal.proposal_id} --by YOUR-ID --reason "…"{where}')
        console.print(
            f'  allocation-engine amend {proposal.proposal_id} --assign CASE=WORKER --by YOUR-ID --reason "…"{where}'
        )
        console.print(f'  allocation-engine reject {proposal.proposal_id} --by YOUR-ID --reason "…"{where}')

    terminal.answer(documents.proposal_document(proposal), page)


def approve(
    proposal: ProposalArgument,
    by: ByOption,
    reason: ReasonOption,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Approve a proposal in your name: its assignments are recorded, all or none.

    Refused if anything it relied on has changed since it was made; you are told what changed.
    """
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        approval = engine.approve(proposal, person(by), reason_given(reason))
    made = "1 assignment is" if approval.assignments == 1 else f"{approval.assignments} assignments are"
    terminal.answer(
        {
            "proposal_id": proposal,
            "status": "approved",
            "assignments": approval.assignments,
            "position": approval.position,
        },
        lambda console: console.print(
            f"Approved: {made} on record, decided by {by}. See `allocation-engine caseload`."
        ),
    )


def amend(
    proposal: ProposalArgument,
    by: ByOption,
    reason: ReasonOption,
    assign: PairsOption = None,
    co_worker: Annotated[
        list[str] | None,
        typer.Option(
            "--co-worker",
            metavar="CASE=WORKER",
            help="Give this case this co-worker. May be repeated.",
            show_default=False,
        ),
    ] = None,
    drop: Annotated[
        list[str] | None,
        typer.Option("--drop", metavar="CASE", help="Leave this case waiting. May be repeated.", show_default=False),
    ] = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a proposal by hand. It is checked against every rule on today's facts, and stands for decision again."""
    if not (assign or co_worker or drop):
        raise typer.BadParameter("say what to change: --assign CASE=WORKER, --co-worker CASE=WORKER or --drop CASE")
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        content = engine.amend(
            proposal,
            person(by),
            reason_given(reason),
            assign={pair.case_id: pair.worker_id for pair in map(Pair.read, assign or ())},
            co_work={pair.case_id: pair.worker_id for pair in map(Pair.read, co_worker or ())},
            drop=drop or (),
        )

    def page(console: Console) -> None:
        console.print(f"[bold]Proposal {proposal}, amended by {by}[/bold]\n")
        for choice in content.choices:
            console.print(f"{choice.case_id} -> {choice.worker_id} ({choice.role.value.replace('_', '-')})")
        console.print()
        pages.before_and_after_page(console, content)
        console.print(f'\nIt waits for a decision: allocation-engine approve {proposal} --by YOUR-ID --reason "…"')

    terminal.answer(documents.content_document(proposal, content), page)


def reject(
    proposal: ProposalArgument,
    by: ByOption,
    reason: ReasonOption,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Turn a proposal down in your name. No caseload changes."""
    terminal = Terminal(as_json)
    with existing_engine(store) as engine:
        position = engine.reject(proposal, person(by), reason_given(reason))
    terminal.answer(
        {"proposal_id": proposal, "status": "rejected", "position": position},
        lambda console: console.print(f"Rejected, decided by {by}. No caseload has changed."),
    )


def _pairs(texts: list[str] | None) -> frozenset[tuple[CaseId, WorkerId]]:
    return frozenset((CaseId(pair.case_id), WorkerId(pair.worker_id)) for pair in map(Pair.read, texts or ()))

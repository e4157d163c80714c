"""Commands about other choices: why not that worker, why a case waits, other plans, what balance costs, what rules cost."""

from typing import Annotated

import typer
from rich.console import Console

from allocation_engine.errors import DecisionRefused
from allocation_engine.interfaces.cli import choice_pages
from allocation_engine.interfaces.cli.choice_documents import document_of
from allocation_engine.interfaces.cli.options import JsonOption, StoreOption, existing_engine
from allocation_engine.interfaces.cli.pictures import Target
from allocation_engine.interfaces.cli.terminal import Terminal
from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.choices import alternatives as other_plans
from allocation_engine.optimiser.choices import frontier as frontier_of
from allocation_engine.optimiser.explain import conflict_of
from allocation_engine.optimiser.explain import rule_costs as costs_of_rules
from allocation_engine.optimiser.explain import why_not as why_not_that_worker
from allocation_engine.planning import Considered, Question
from domain.events.worker import MAX_FTE
from domain.identifiers import CaseId, TeamId, WorkerId
from domain.rejection import Rejection

CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="A waiting case, such as c-000012.")]
ProposalOption = Annotated[
    str | None,
    typer.Option(
        "--proposal",
        metavar="ID",
        help="Ask about this proposal on record. Default: the best plan as things stand, which is worked out first.",
        show_default=False,
    ),
]
TeamOption = Annotated[
    str | None, typer.Option("--team", metavar="ID", help="Look at workers of this team only.", show_default=False)
]
AssumeFteOption = Annotated[
    float | None,
    typer.Option(
        "--assume-fte",
        metavar="SHARE",
        help="Plan with this share of full time for workers whose hours are not recorded.",
        min=0.05,
        max=MAX_FTE,
        show_default=False,
    ),
]
EffortOption = Annotated[
    float | None, typer.Option(help="How long to search, in the solver's own seconds.", min=0.1, show_default=False)
]


def why_not(
    case: CaseArgument,
    worker: Annotated[str, typer.Argument(metavar="WORKER", help="The worker, such as w-0003.")],
    proposal: ProposalOption = None,
    team: TeamOption = None,
    assume_fte: AssumeFteOption = None,
    effort: EffortOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why the plan does not give a case to a worker: a rule and what would have to change, or what it would cost.

    The cost is told from what is proven at least to what the best plan found costs. Nothing changes and nothing is recorded.
    """
    terminal = Terminal(as_json)
    found = _considered(store, proposal, team, assume_fte, effort)
    case_id, worker_id = _case(found, case), WorkerId(worker)
    if worker_id not in found.problem.worker_index:
        raise DecisionRefused(Rejection("unknown_worker", f"{worker} is not among the workers looked at"))
    answer = why_not_that_worker(found.problem, found.result, case_id, worker_id)
    terminal.answer(document_of(answer), lambda console: choice_pages.why_not_page(console, answer))


def why_waiting(
    case: CaseArgument,
    proposal: ProposalOption = None,
    team: TeamOption = None,
    assume_fte: AssumeFteOption = None,
    effort: EffortOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say which rules together keep a case waiting: a set from which none can be spared, proven so."""
    terminal = Terminal(as_json)
    found = _considered(store, proposal, team, assume_fte, effort)
    case_id = _case(found, case)
    if case_id in found.result.plan.primary:
        who = found.result.plan.primary[case_id]
        raise DecisionRefused(Rejection("not_waiting", f"{case} does not stay waiting: {who} would take it"))
    answer = conflict_of(found.problem, found.result.plan, case_id)
    terminal.answer(document_of(answer), lambda console: choice_pages.conflict_page(console, answer))


def alternatives(
    number: Annotated[int, typer.Option("--number", "-k", help="How many other plans to show at most.", min=1)] = 3,
    differ_in: Annotated[
        int, typer.Option(help="Cases that go to somebody else, at least, in any two of the plans.", min=1)
    ] = 2,
    cost_at_most: Annotated[
        float, typer.Option(metavar="SHARE", help="How much worse a plan may be, as a share: 0.05 is 5 %.", min=0.0)
    ] = 0.05,
    proposal: ProposalOption = None,
    team: TeamOption = None,
    assume_fte: AssumeFteOption = None,
    effort: EffortOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show other plans that are nearly as good and differ from the best and from each other.

    A plan may be worse by a share at each level up to fairness: cases left waiting, the heaviest load, the evenness of
    load. What it changes in kinds of harm, match and continuity is told.
    """
    terminal = Terminal(as_json)
    found = _considered(store, proposal, team, assume_fte, effort)
    answer = other_plans(found.problem, found.result, number, differ_in=differ_in, cost_at_most=cost_at_most)
    terminal.answer(document_of(answer), lambda console: choice_pages.alternatives_page(console, answer))


def frontier(
    heaviest: Annotated[
        bool, typer.Option("--heaviest", help="Measure balance by the heaviest load instead of the evenness of all.")
    ] = False,
    values: Annotated[int, typer.Option(help="How many values of match and of continuity to try at most.", min=2)] = 5,
    plot: Annotated[
        str | None,
        typer.Option("--plot", metavar="FILE", help="Also draw it, into FILE.svg or FILE.png.", show_default=False),
    ] = None,
    proposal: ProposalOption = None,
    team: TeamOption = None,
    assume_fte: AssumeFteOption = None,
    effort: EffortOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what balance, continuity and match cost each other: the plans of which none is better at one for nothing."""
    terminal, target = Terminal(as_json), Target.asked_for(plot)
    found = _considered(store, proposal, team, assume_fte, effort)
    balance = Aim.HEAVIEST if heaviest else Aim.SQUARES
    answer = frontier_of(found.problem, found.result, balance=balance, values=values)
    if target is not None:
        from allocation_engine.interfaces.plots import picture_of_frontier  # noqa: PLC0415  slow to load

        situation = found.situation
        target.write(picture_of_frontier(answer, situation.policy.policy_set_id, situation.as_at, target.form))

    def page(console: Console) -> None:
        choice_pages.frontier_page(console, answer, found.result.plan)
        if target is not None:
            console.print(f"\nThe picture is in {target.file}", markup=False)

    terminal.answer(document_of(answer), page)


def rule_costs(
    proposal: ProposalOption = None,
    team: TeamOption = None,
    assume_fte: AssumeFteOption = None,
    effort: EffortOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what each rule costs the team: what would get better, and by how much, if it alone were left out."""
    terminal = Terminal(as_json)
    found = _considered(store, proposal, team, assume_fte, effort)
    answer = costs_of_rules(found.problem, found.result)
    terminal.answer(document_of(answer), lambda console: choice_pages.rule_costs_page(console, answer))


def _considered(
    store: str | None, proposal: str | None, team: str | None, assume_fte: float | None, effort: float | None
) -> Considered:
    with existing_engine(store) as engine:
        if proposal is not None:
            return engine.consider_proposal(proposal)
        question = Question(team_id=None if team is None else TeamId(team), assumed_fte=assume_fte)
        return engine.consider(question, effort=effort)


def _case(found: Considered, case: str) -> CaseId:
    if CaseId(case) not in found.problem.case_index:
        raise DecisionRefused(Rejection("unknown_case", f"{case} is not waiting for a worker"))
    return CaseId(case)

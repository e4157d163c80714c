"""Commands about other choices: why not that worker, why a case waits, other plans, what balance costs, what rules cost."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import typer
from rich.console import Console

from allocation_engine.errors import DecisionRefused, SettingsError
from allocation_engine.interfaces.cli import choice_pages
from allocation_engine.interfaces.cli.choice_documents import document_of
from allocation_engine.interfaces.cli.grouped_options import with_grouped_options
from allocation_engine.interfaces.cli.options import JsonOption, StoreOption, existing_engine
from allocation_engine.interfaces.cli.pages import STOPPED
from allocation_engine.interfaces.cli.pictures import Target
from allocation_engine.interfaces.cli.plan_options import PlanOptions, SearchOptions, finite, given
from allocation_engine.interfaces.cli.search_watch import SearchWatch
from allocation_engine.interfaces.cli.terminal import Terminal
from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.choices import alternatives as other_plans
from allocation_engine.optimiser.choices import frontier as frontier_of
from allocation_engine.optimiser.explain import conflict_of
from allocation_engine.optimiser.explain import rule_costs as costs_of_rules
from allocation_engine.optimiser.explain import why_not as why_not_that_worker
from allocation_engine.planning import Considered
from domain.identifiers import CaseId, WorkerId
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


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What every command here is asked: about which plan, how to find it, and how to answer."""

    proposal: ProposalOption = None
    plan: PlanOptions
    search: SearchOptions
    store: StoreOption = None
    as_json: JsonOption = False

    @property
    def terminal(self) -> Terminal:
        """Where to answer."""
        return Terminal(self.as_json)

    @contextmanager
    def considered(self, weighing: str) -> Iterator[Considered]:
        """Give the plan asked about; while it is weighed, whoever watches is told so in these words."""
        if self.proposal is not None and (others := [*given(self.plan), *given(self.search)]):
            raise SettingsError("--proposal", f"asks about a plan as it was made; leave out {', '.join(others)}")
        question, terminal = self.plan.question(), self.terminal
        with existing_engine(self.store) as engine, SearchWatch(terminal, self.search) as watch:
            if self.proposal is not None:
                found = engine.consider_proposal(self.proposal)
            else:
                found = engine.consider(question, watch.search)
            if (stopped := found.result.stopped) is not None:
                terminal.err.print(f"{STOPPED[stopped]}: this is about the best plan found until then.")
            watch.turn_to(weighing)
            yield found


@with_grouped_options
def why_not(
    case: CaseArgument,
    worker: Annotated[str, typer.Argument(metavar="WORKER", help="The worker, such as w-0003.")],
    *,
    asked: Asked,
) -> None:
    """Say why the plan does not give a case to a worker: a rule and what would have to change, or what it would cost.

    The cost is told from what is proven at least to what the best plan found costs. Nothing changes and nothing is recorded.
    """
    with asked.considered(f"Looking at {case} with {worker}") as found:
        case_id, worker_id = _case(found, case), WorkerId(worker)
        if worker_id not in found.problem.worker_index:
            raise DecisionRefused(Rejection("unknown_worker", f"{worker} is not among the workers looked at"))
        answer = why_not_that_worker(found.problem, found.result, case_id, worker_id)
    asked.terminal.answer(document_of(answer), lambda console: choice_pages.why_not_page(console, answer))


@with_grouped_options
def why_waiting(case: CaseArgument, *, asked: Asked) -> None:
    """Say which rules together keep a case waiting: a set from which none can be spared, proven so."""
    with asked.considered(f"Looking for the rules that keep {case} waiting") as found:
        case_id = _case(found, case)
        if case_id in found.result.plan.primary:
            who = found.result.plan.primary[case_id]
            raise DecisionRefused(Rejection("not_waiting", f"{case} does not stay waiting: {who} would take it"))
        answer = conflict_of(found.problem, found.result.plan, case_id)
    asked.terminal.answer(document_of(answer), lambda console: choice_pages.conflict_page(console, answer))


@with_grouped_options
def alternatives(
    number: Annotated[int, typer.Option("--number", "-k", help="How many other plans to show at most.", min=1)] = 3,
    differ_in: Annotated[
        int, typer.Option(help="Cases that go to somebody else, at least, in any two of the plans.", min=1)
    ] = 2,
    cost_at_most: Annotated[
        float,
        typer.Option(
            metavar="SHARE", help="How much worse a plan may be, as a share: 0.05 is 5 %.", min=0.0, callback=finite
        ),
    ] = 0.05,
    *,
    asked: Asked,
) -> None:
    """Show other plans that are nearly as good and differ from the best and from each other.

    A plan may be worse by a share at each level up to fairness: cases left waiting, the heaviest load, the evenness of
    load. What it changes in kinds of harm, match and continuity is told.
    """
    with asked.considered("Looking for other plans") as found:
        answer = other_plans(found.problem, found.result, number, differ_in=differ_in, cost_at_most=cost_at_most)
    asked.terminal.answer(document_of(answer), lambda console: choice_pages.alternatives_page(console, answer))


@with_grouped_options
def frontier(
    heaviest: Annotated[
        bool, typer.Option("--heaviest", help="Measure balance by the heaviest load instead of the evenness of all.")
    ] = False,
    values: Annotated[int, typer.Option(help="How many values of match and of continuity to try at most.", min=2)] = 5,
    plot: Annotated[
        str | None,
        typer.Option("--plot", metavar="FILE", help="Also draw it, into FILE.svg or FILE.png.", show_default=False),
    ] = None,
    *,
    asked: Asked,
) -> None:
    """Show what balance, continuity and match cost each other: the plans of which none is better at one for nothing."""
    target = Target.asked_for(plot)
    with asked.considered("Looking for the plans between balance, continuity and match") as found:
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

    asked.terminal.answer(document_of(answer), page)


@with_grouped_options
def rule_costs(*, asked: Asked) -> None:
    """Show what each rule costs the team: what would get better, and by how much, if it alone were left out."""
    with asked.considered("Looking at what each rule costs") as found:
        answer = costs_of_rules(found.problem, found.result)
    asked.terminal.answer(document_of(answer), lambda console: choice_pages.rule_costs_page(console, answer))


def _case(found: Considered, case: str) -> CaseId:
    if CaseId(case) not in found.problem.case_index:
        raise DecisionRefused(Rejection("unknown_case", f"{case} is not waiting for a worker"))
    return CaseId(case)

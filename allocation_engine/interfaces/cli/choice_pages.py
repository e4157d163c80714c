"""Pages about other choices: a sentence first, then what it rests on. Nobody is ranked: workers and cases go by id."""

from rich.console import Console

from allocation_engine.interfaces.cli.pages import point, say
from allocation_engine.interfaces.cli.terminal import table
from allocation_engine.interfaces.words import figure
from allocation_engine.optimiser.choices import Alternatives, Frontier
from allocation_engine.optimiser.choices.within import distance
from allocation_engine.optimiser.explain import Conflict, RuleCost, WhyNot
from domain.allocation import SHORT, Plan

PROPOSED_ONLY = "This is a look at other choices: nothing has changed and nothing is on record."


def why_not_page(console: Console, answer: WhyNot) -> None:
    """Print why a worker does not take a case, and what it would cost level by level."""
    say(console, answer.sentence)
    if answer.regret:
        rows = [
            (one.level, figure(one.change, 4), _known(one.at_least), _known(one.at_most))
            for one in answer.regret
            if one.change or one.at_least
        ]
        console.print()
        columns = ("Level", "Change in the plan found", "At least", "At most")
        console.print(table("What it would cost (above 0 is worse)", columns, rows, numbers=range(1, 4)))
    console.print(f"\n{PROPOSED_ONLY}")


def conflict_page(console: Console, answer: Conflict) -> None:
    """Print which rules keep a case waiting, and for whom."""
    say(console, answer.sentence)
    for rule in answer.rules:
        about = ", ".join(rule.about) or "nobody by themselves"
        point(console, f"{SHORT[rule.code]}: stands in the way of {about}")
    console.print(f"\n{PROPOSED_ONLY}")


def alternatives_page(console: Console, answer: Alternatives) -> None:
    """Print other plans, each by what moves and what that costs."""
    say(console, answer.sentence)
    for place, one in enumerate(answer.plans, start=1):
        console.print(f"\n[bold]Plan {place}[/bold]")
        say(console, one.sentence)
        for change in one.changes:
            if change.change:
                side = "worse" if change.change > 0 else "better"
                point(console, f"{change.level}: {abs(change.change):.4g} {side}")
    console.print(f"\n{PROPOSED_ONLY}")


def frontier_page(console: Console, answer: Frontier, plan: Plan) -> None:
    """Print the frontier as a table, most even first."""
    say(console, answer.sentence)
    rows = [
        (
            figure(one.balance, 4),
            str(one.mismatch),
            str(one.discontinuity),
            figure(100 * max(one.score.ratios, default=0.0)),
            str(distance(plan, one.plan)),
        )
        for one in answer.points
    ]
    columns = ("Balance", "Match", "Continuity", "Heaviest load %", "Cases elsewhere")
    console.print()
    console.print(table("Balance, match and continuity (least is best)", columns, rows, numbers=range(5)))
    console.print()
    say(
        console,
        f"Balance: {answer.balance}. Match: points of area and language not met. Continuity: cases that could go back "
        "to somebody who knows them and do not. Cases elsewhere: against the plan asked about.",
    )
    console.print(f"\n{PROPOSED_ONLY}")


def rule_costs_page(console: Console, answer: tuple[RuleCost, ...]) -> None:
    """Print what each rule costs, in the order in which the rules are listed."""
    for one in answer:
        point(console, one.sentence)
    console.print(f"\nA rule is there for a reason that no figure here shows. {PROPOSED_ONLY}")


def _known(value: float | None) -> str:
    return "not known" if value is None else f"{value:.4f}"

"""Pages that commands print: tables of load and caseload, a proposal with its reasons. Nobody is ranked: rows go by id."""

from collections.abc import Iterator
from datetime import datetime
from textwrap import fill

from rich.console import Console

from allocation_engine.interfaces.cli.terminal import table
from allocation_engine.interfaces.words import dated, day, figure, words
from allocation_engine.optimiser import Stopped
from allocation_engine.planning import Proposal, Situation
from allocation_engine.reporting.explanation import Explanation
from domain.events.allocation import ProposalContent
from domain.identifiers import WorkerId
from domain.load import Group, Grouping, LoadAccount, TwoCompartments
from domain.load.explain import WHAT_IT_IS, forecast_sentence, reasons, reasons_for_change, sessions_sentence
from domain.vocabulary import AssignmentRole
from projections.caseload import HeldCase
from projections.waiting_cases import WaitingCase

WIDTH = 80

STOPPED = {
    Stopped.ASKED: "The search was stopped, as you asked",
    Stopped.TIME: "The time for the search was up",
    Stopped.MEMORY: "The memory for the search was used up",
}
"""Why a search ended before it was done, as a sentence that goes on."""


def loads_page(console: Console, situation: Situation, accounts: tuple[LoadAccount, ...]) -> None:
    """Print every worker's load, by id."""
    rows = []
    for account in accounts:
        worker = situation.workers[account.worker_id]
        note = "away" if worker.is_away(situation.as_at) else ""
        held = len(situation.caseloads.get(account.worker_id, ()))
        rows.append(
            (
                account.worker_id,
                str(held),
                figure(account.load.acute, 1),
                figure(account.load.cumulative, 1),
                figure(account.load.total, 1),
                figure(account.capacity),
                figure(account.headroom, 1),
                note,
            ),
        )
    columns = ("Worker", "Cases", "Acute", "Cumul.", "Load", "Capacity", "Headroom", "")
    console.print(
        table(
            f"Load on {dated(situation.as_at, situation.known_at)}, in load points (lp)",
            columns,
            rows,
            numbers=range(1, 7),
        )
    )
    console.print(f"\n{WHAT_IT_IS} Capacity is 100 lp for one full-time experienced worker.")


def account_page(console: Console, explained: Explanation, known_at: datetime | None = None) -> None:
    """Print one worker's account: the figures, why, what they are made of, what is ahead, what changed."""
    account = explained.account
    console.print(f"[bold]Load account of {account.worker_id} on {dated(account.as_at, known_at)}[/bold]\n")
    say(
        console,
        f"Acute {account.load.acute:.1f} lp, cumulative {account.load.cumulative:.1f} lp, "
        f"together {account.load.total:.1f} lp; capacity {figure(account.capacity)} lp, "
        f"headroom {figure(account.headroom, 1)} lp.",
    )
    for gap in account.gaps:
        say(console, f"Not known: {gap}.")
    console.print("\nWhy:")
    for sentence in reasons(account, most=10):
        point(console, sentence)
    if not account.contributions:
        point(console, "Nothing on record adds to this account.")
    for by, title in ((Grouping.SOURCE, "By source"), (Grouping.HARM_TYPE, "By harm type"), (Grouping.RISK, "By risk")):
        if account.contributions:
            console.print()
            groups_page(console, title, explained.groups[by], account.load)
    if explained.since is not None:
        before = explained.since.changes.before.as_at
        console.print(f"\nSince {day(before)}:")
        for sentence in reasons_for_change(explained.since.changes, most=10):
            point(console, sentence)
        point(console, sessions_sentence(before, explained.since.sessions))
    if account.held:
        console.print()
        say(console, forecast_sentence(explained.forecast, f"over the next {explained.horizon_days:g} days"))
    console.print()
    say(console, f"{WHAT_IT_IS} You may contest any entry.")


def groups_page(console: Console, title: str, groups: tuple[Group, ...], load: TwoCompartments) -> None:
    """Print an account's contributions by kind; the lines add up to the load."""
    rows = [(words(one.name), str(one.contributions), *_figures(one.load)) for one in groups]
    rows.append(("together", "", *_figures(load)))
    console.print(table("", (title, "Parts", "Acute", "Cumulative", "Load lp"), rows, numbers=range(1, 5)))


def _figures(load: TwoCompartments) -> tuple[str, str, str]:
    return f"{load.acute:.1f}", f"{load.cumulative:.1f}", f"{load.total:.1f}"


def say(console: Console, text: str) -> None:
    """Print a paragraph."""
    console.print(fill(text, WIDTH), markup=False, highlight=False)


def point(console: Console, text: str) -> None:
    """Print one point of a list."""
    told = fill(text, WIDTH, initial_indent="  - ", subsequent_indent="    ")
    console.print(told, markup=False, highlight=False)


def caseload_page(console: Console, worker_id: WorkerId, held: tuple[HeldCase, ...]) -> None:
    """Print one worker's cases, longest held first."""
    rows = [
        (
            one.case.case_id,
            one.role.value.replace("_", "-"),
            day(one.since),
            "not known" if one.case.risk is None else one.case.risk.value.replace("_", " "),
            _harms(one),
        )
        for one in held
    ]
    console.print(table(f"Caseload of {worker_id}", ("Case", "Role", "Since", "Risk", "Harm types"), rows))


def caseloads_page(console: Console, situation: Situation) -> None:
    """Print every worker's number of cases, by id, and who waits."""
    rows = []
    for worker_id in situation.workers:
        held = situation.caseloads.get(worker_id, ())
        primary = [one for one in held if one.role is AssignmentRole.PRIMARY]
        high = sum(one.case.risk is not None and one.case.risk.is_high for one in primary)
        unknown = sum(one.case.risk is None for one in primary)
        counts = (len(primary), len(held) - len(primary), high, unknown)
        rows.append((worker_id, situation.workers[worker_id].team_id or "", *map(str, counts)))
    columns = ("Worker", "Team", "Primary", "Co-working", "High risk", "Risk not known")
    console.print(
        table(f"Caseloads on {dated(situation.as_at, situation.known_at)}", columns, rows, numbers=range(2, 6))
    )
    console.print()
    waiting_page(console, situation.waiting)


def waiting_page(console: Console, waiting: tuple[WaitingCase, ...]) -> None:
    """Print the waiting cases, most urgent first."""
    rows = [
        (
            one.case.case_id,
            one.case.priority.value,
            figure(one.waiting_days),
            "not known" if one.case.risk is None else one.case.risk.value.replace("_", " "),
            "not assessed"
            if one.case.harm_types is None
            else ", ".join(h.value.replace("_", " ") for h in one.case.harm_types),
            ", ".join(need.replace("-", " ") for need in one.case.needs),
        )
        for one in waiting
    ]
    columns = ("Case", "Priority", "Days waiting", "Risk", "Harm types", "Needs")
    console.print(table(f"Waiting for a worker: {len(waiting)}", columns, rows, numbers=(2,)))


def proposal_page(console: Console, proposal: Proposal) -> None:
    """Print a proposal: who would take what and why, before and after, and what waits on."""
    content = proposal.content
    console.print(
        f"[bold]Proposal {proposal.proposal_id}[/bold] on {day(content.as_at)}, "
        f"looking {content.horizon_days:g} days ahead, policy {content.policy_set_id}"
        f"{'' if proposal.policy_adopted else ' (the shipped example; nobody has adopted a policy yet)'}"
    )
    console.print(_how_good(proposal) + "\n")
    for choice in proposal.choices:
        co_worker = proposal.result.plan.co_worker.get(choice.case_id)
        beside = f", with {co_worker} as co-worker" if co_worker else ""
        console.print(f"[bold]{choice.case_id} -> {choice.worker_id}[/bold]{beside}")
        console.print(f"    {choice.sentence}")
    for left in proposal.waiting:
        console.print(f"[bold]{left.case_id} -> nobody yet[/bold]\n    {left.sentence}")
    console.print()
    before_and_after_page(console, content)


def before_and_after_page(console: Console, content: ProposalContent) -> None:
    """Print the predicted load of everybody who would receive something, without and with the proposal."""
    found = {choice.worker_id: choice for choice in content.choices}
    rows = []
    for worker_id, choice in sorted(found.items()):
        cases = sum(one.worker_id == worker_id for one in content.choices)
        before, after = choice.load_before / choice.capacity, choice.load_after / choice.capacity
        rows.append(
            (
                worker_id,
                str(cases),
                figure(choice.load_before, 1),
                figure(choice.load_after, 1),
                figure(choice.capacity),
                f"{before:.0%}",
                f"{after:.0%}",
            )
        )
    columns = ("Worker", "New cases", "Before lp", "After lp", "Capacity lp", "Before", "After")
    title = f"Mean predicted load over {content.horizon_days:g} days"
    console.print(table(title, columns, rows, numbers=range(1, 7)))
    for sentence in _asked_of(content):
        console.print()
        say(console, sentence)


def _asked_of(content: ProposalContent) -> Iterator[str]:
    """Say what the plan was asked for beyond the policy: whoever decides should know."""
    if content.assumed_fte is not None:
        yield f"Hours that are not recorded were planned as {content.assumed_fte:g} of full time: an assumption."
    if content.load_limit is not None:
        z = content.deviations_above
        deviations = "1 standard deviation" if z == 1 else f"{z:g} standard deviations"
        above = f", with {deviations} of the load ahead added" if z else ""
        yield f"Nobody who receives a case was to go past {100 * content.load_limit:g}% of capacity{above}."
    if content.one_area:
        yield "All cases of whoever receives one were to lie in one area."


def _how_good(proposal: Proposal) -> str:
    placed, waiting = len(proposal.choices), len(proposal.waiting)
    told = f"{placed} {'case' if placed == 1 else 'cases'} placed, {waiting} left waiting. "
    if (stopped := proposal.result.stopped) is not None:
        return told + f"{STOPPED[stopped]}: this is the best plan found until then, and it is not proven best."
    if proposal.result.status.value == "optimal":
        nearly = " by more than 0.01 %" if proposal.result.gap else ""
        return told + f"Proven: no plan within the rules is better{nearly}, level by level."
    worst = max(proposal.result.levels, key=lambda level: level.gap)
    return told + f"Not proven best: on '{worst.name}' a better plan might gain up to {worst.gap:.1%}."


def _harms(one: HeldCase) -> str:
    if one.case.harm_types is None:
        return "not assessed"
    return ", ".join(harm.value.replace("_", " ") for harm in one.case.harm_types) or "none found"

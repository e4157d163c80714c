"""Pages of the commands that answer a question by a look ahead. Nobody is ranked: rows go by id, or by what is asked."""

from pathlib import Path
from textwrap import fill

from rich.console import Console

from allocation_engine.interfaces.cli.pages import WIDTH, point, say
from allocation_engine.interfaces.cli.terminal import table
from allocation_engine.interfaces.what_if_words import (
    LETTERS,
    assumptions_told,
    difference,
    recruitment_told,
    runs_told,
)
from allocation_engine.interfaces.words import day, words
from allocation_engine.planning.what_if.absence import AbsenceAnswer, sentences
from allocation_engine.planning.what_if.leaver import LeaverPlan
from allocation_engine.planning.what_if.recruitment import Curve, RecruitmentPlan
from allocation_engine.planning.what_if.teams import TeamStructure
from domain.load.explain import WHAT_IT_IS


def absence_page(console: Console, found: AbsenceAnswer, saved: Path | None) -> None:
    """Print the ways side by side, what they suggest, and what to do next."""
    asked, outcome = found.asked, found.outcome
    console.print(
        f"[bold]{asked.worker} away from {day(outcome.begins)} for {asked.weeks} weeks[/bold] "
        f"({words(asked.absence.value)})\n"
    )
    for sentence in sentences(found):
        say(console, sentence)
        console.print()
    for letter, one in zip(LETTERS, found.ways, strict=False):
        console.print(f"{letter}: {one.told.title}", markup=False)
    console.print()
    rows = [
        ("Cases with nobody there", *(difference(one.without) for one in found.ways)),
        ("  of these of high risk", *(difference(one.without_high) for one in found.ways)),
        ("Cases that change worker", *(difference(one.moved) for one in found.ways)),
        ("More others over capacity", *(difference(one.people_over) for one in found.ways)),
        ("More cases waiting", *(difference(one.waiting) for one in found.ways)),
    ]
    title = f"Each week of the {asked.weeks}, against the service without the absence"
    console.print(table(title, ("", *LETTERS[: len(found.ways)]), rows, numbers=range(1, 1 + len(found.ways))))
    say(console, "Mean over the runs, ± its standard error; in brackets what chance alone could make.")
    console.print()
    say(console, f"{runs_told(outcome).capitalize()} of {outcome.asked.weeks} weeks, seed {outcome.asked.seed}.")
    for sentence in assumptions_told(outcome):
        say(console, sentence)
    console.print("\nNext:")
    point(console, "record the absence (`allocation-engine record`); from then on proposals leave them out;")
    point(
        console,
        f"see where their cases would go with `allocation-engine leaver {asked.worker}` (--high-risk: those alone), and with "
        "--propose-by ID put that on record as a proposal: a named person decides;",
    )
    point(console, f"see the weeks in full with `allocation-engine what-if {saved or 'FILE'}` (--save FILE writes it).")
    console.print()
    say(console, WHAT_IT_IS)


def leaver_page(console: Console, found: LeaverPlan) -> None:
    """Print where each case would go and why, and what nobody could take."""
    which = " of high risk" if found.only_high_risk else ""
    console.print(f"[bold]If {found.worker} could not keep {len(found.cases)} cases{which}[/bold]\n")
    say(
        console,
        f"{len(found.choices)} could go to somebody within the rules, {len(found.left)} to nobody. Cases that wait already "
        "want the same room; they were weighed too.",
    )
    console.print()
    for one in found.choices:
        console.print(f"[bold]{one.case_id} -> {one.worker_id}[/bold]")
        console.print(fill(one.sentence, WIDTH, initial_indent="    ", subsequent_indent="    "), markup=False)
    for left in found.left:
        console.print(f"[bold]{left.case_id} -> nobody yet[/bold]")
        console.print(fill(left.sentence, WIDTH, initial_indent="    ", subsequent_indent="    "), markup=False)
    if found.co_working:
        console.print()
        say(console, f"They also co-work {', '.join(found.co_working)}, which would lose a co-worker.")
    console.print()
    say(
        console,
        f"Nothing is stored. `allocation-engine leaver {found.worker}{' --high-risk' if found.only_high_risk else ''} "
        "--propose-by ID` makes an ordinary proposal of it, for a named person to decide.",
    )


def recruitment_page(console: Console, found: RecruitmentPlan) -> None:
    """Print for each stage the least posts that do, and the curve."""
    asked = found.asked
    console.print("[bold]How many posts would do[/bold]\n")
    for sentence in recruitment_told(found):
        say(console, sentence)
        console.print()
    for curve in found.curves:
        console.print()
        _curve(console, curve)
    console.print("People: how many are over for too long. Fewer waiting: than with one less.")
    console.print()
    stopped = " (stopped early, as you asked)" if found.stopped else ""
    say(
        console,
        f"{found.runs} of {asked.runs} runs{stopped}, seed {asked.seed}; all numbers met the same referrals and incidents.",
    )
    say(console, WHAT_IT_IS)


def _curve(console: Console, curve: Curve) -> None:
    rows = [
        (
            f"{one.fte:g}",
            f"{one.somebody.share:.0%}",
            f"{one.somebody.low:.0%} - {one.somebody.high:.0%}",
            f"{one.others.share:.0%}",
            f"{one.people.mean:.1f}",
            f"{one.waiting.mean:.1f}",
            "" if one.fewer_waiting is None else f"{one.fewer_waiting.mean:+z.1f}±{one.fewer_waiting.error:.1f}",
        )
        for one in curve.points
    ]
    columns = ("Posts", "Chance", "95% interval", "Others", "People", "Waiting", "Fewer waiting")
    console.print(table(f"Starters: {words(curve.stage.value)}", columns, rows, numbers=range(7)))


def structure_page(console: Console, found: TeamStructure, saved: Path | None) -> None:
    """Print the teams: areas, workers, and what they could carry against what their areas come to."""
    console.print(f"[bold]The service in {len(found.teams)} teams[/bold]\n")
    demand, capacity = sum(one.demand for one in found.teams), sum(one.capacity for one in found.teams)
    rows = [
        (
            one.stands_for or f"new team {number}",
            str(len(one.workers)),
            f"{one.capacity:.0f}",
            f"{one.demand:.0f}",
            f"{one.demand / one.capacity:.0%}",
            str(len(one.new_here)),
        )
        for number, one in enumerate(found.teams, start=1)
    ]
    columns = ("Team", "Workers", "Capacity lp", "Areas' cases lp", "Share", "New here")
    console.print(
        table(
            "Those who hold cases, and what the open cases of each team's areas come to",
            columns,
            rows,
            numbers=range(1, 6),
        )
    )
    if capacity:
        console.print(f"All together {demand / capacity:.0%}.")
    for number, one in enumerate(found.teams, start=1):
        console.print()
        say(console, f"{one.stands_for or f'New team {number}'}: areas {', '.join(one.areas)}.")
        say(console, f"Workers: {', '.join(one.workers)}.")
        if one.new_here:
            say(console, f"New here: {', '.join(one.new_here)}.")
    console.print()
    proven = "Proven best" if found.proven else "The best found in the effort allowed, not proven best"
    say(
        console,
        f"{proven}: even first, then few cases in another team's area ({found.crossing:.0%} of what is held would be), then "
        f"few moves ({found.moved} workers would change team).",
    )
    if found.not_placed:
        say(
            console,
            f"Left where they are, for they hold no cases or their hours are not known: {', '.join(found.not_placed)}.",
        )
    if found.areas_not_known:
        say(console, f"{found.areas_not_known} open cases have no known area, and weigh nowhere.")
    next_step = f"`allocation-engine what-if {saved}`" if saved else "--save FILE and `allocation-engine what-if FILE`"
    say(console, f"To see how it would run beside the service as it is: {next_step}. Nothing is stored.")

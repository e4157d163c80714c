"""How policy is shown: numbers with their sources, what differs between two sets, who adopted what, and a replayed period."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from allocation_engine.interfaces.policy_words import kind_in_words, said, values_changed, what_became
from allocation_engine.interfaces.web.charts import Chart, Line, every
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Visit
from allocation_engine.planning.policy_differences import Difference, rules_of
from allocation_engine.planning.policy_drafts import PolicyDraft
from allocation_engine.planning.policy_in_force import adoptions
from domain.policy.policy_set import PolicySet

Document = Mapping[str, Any]


def numbers_table(policy: PolicySet) -> Table:
    """Give every number with its unit, its kind and where it comes from."""
    table = TableOf(
        "numbers",
        "Every number",
        ("Number", Column("Value", figures=True), "Unit", "Kind", "Where it comes from"),
        note="A number with no unit is a ratio. Assumptions are the first to agree locally.",
        dense=True,
    )
    for place, number in policy.coefficients():
        unit = "" if number.unit == "1" else number.unit
        value = Cell(number.value, text=f"{number.value:g}")
        table.row(Cell(place), value, Cell(text=unit), kind_in_words(number.kind), Cell(text=number.source))
    return table.done


def rules_table(policy: PolicySet) -> Table:
    """Give the rules that are no number."""
    table = TableOf("rules", "Rules that are no number", ("Rule", "What it says"), dense=True)
    for place, value in rules_of(policy):
        table.row(Cell(place), Cell(text=said(value)))
    return table.done


def history_table(visit: Visit) -> Table:
    """Give every adoption: when, by whom, from when, and what became of it."""
    found = adoptions(visit.engine.store.log, visit.known_at)
    table = TableOf(
        "history",
        "Policy sets adopted, newest first",
        ("Adopted", "By", "Policy set", "Effective from", "Standing", Column("Values changed", figures=True)),
        empty="Nobody has adopted a policy set: the shipped example holds. Draft your own, compare it, and adopt it.",
    )
    changed = values_changed(found, visit.engine.example_policy)
    rows = [(one, what_became(one, found, visit.as_at), number) for one, number in zip(found, changed, strict=True)]
    for one, standing, number in reversed(rows):
        event = one.event
        table.row(one.adopted_at, event.adopted_by, event.policy_set_id, event.effective_from, standing, number)
    return table.done


def drafts_table(visit: Visit, drafts: Iterable[PolicyDraft]) -> Table:
    """Give the sets that somebody is working on."""
    table = TableOf(
        "drafts",
        "Drafts",
        ("Draft", "Changed", "By"),
        empty="Nobody is working on another set.",
    )
    for one in drafts:
        link = visit.to(f"/policy/drafts/{one.id}")
        table.row(Cell(f"{one.content.policy_set_id}: {one.content.title}", link=link), one.at, one.by)
    return table.done


def differences_table(found: Iterable[Difference]) -> Table:
    """Give what differs between the set in force and a draft."""
    table = TableOf(
        "differences",
        "What differs from the set in force",
        ("Number or rule", "Of it", "In force", "Draft", "Unit"),
        empty="Nothing differs yet: change a number below.",
    )
    for one in found:
        unit = "" if one.unit == "1" else one.unit
        table.row(Cell(one.place), one.aspect, Cell(text=said(one.old)), Cell(text=said(one.new)), Cell(text=unit))
    return table.done


def replay_tables(visit: Visit, answer: Document) -> list[Table]:
    """Give a replayed period week by week, and whose figures differ at its end."""
    weeks = TableOf(
        "replayed",
        "Week by week under both",
        (
            "Day",
            Column("Workers", figures=True),
            *(Column(f"{name} {which}", figures=True, places=1) for name in MEASURED for which in ("then", "draft")),
        ),
        note="Then: under the policy in force at the time. Few: fewer than are spoken of together.",
        dense=True,
    )
    for week in answer["weeks"]:
        a, b = week["a"], week["b"]
        pairs = [(a[name], b[name]) for name in MEASURED.values()]
        hidden = a["over_capacity"] is None
        cells = [
            _cell(value, name, hidden=hidden) for name, pair in zip(MEASURED, pairs, strict=True) for value in pair
        ]
        weeks.row(datetime.fromisoformat(week["at"]), a["workers"], *cells)
    last = answer["weeks"][-1]
    people = TableOf(
        "differ",
        "Whose figures differ on the last day, by id",
        (
            "Worker",
            *(
                Column(name, figures=True, places=1)
                for name in ("Load then", "Load draft", "Capacity then", "Capacity draft")
            ),
            Column("Share then", figures=True),
            Column("Share draft", figures=True),
        ),
        empty="No worker's figures differ on the last day.",
        dense=True,
    )
    for one in last["workers"]:
        a, b = one["a"], one["b"]
        if a != b:
            shares = (
                Cell(side["share"], text=None if side["share"] is None else f"{side['share']:.0%}") for side in (a, b)
            )
            link = visit.to(f"/workers/{one['worker_id']}")
            people.row(Cell(one["worker_id"], link=link), a["load"], b["load"], a["capacity"], b["capacity"], *shares)
    return [weeks.done, people.done]


MEASURED: Mapping[str, str] = {
    "Over capacity": "over_capacity",
    "Mean load": "mean_load",
    "Mean share": "mean_share",
}


def replay_charts(answer: Document) -> list[Chart]:
    """Give the mean share of capacity under both."""
    at = tuple(datetime.fromisoformat(week["at"]).timestamp() for week in answer["weeks"])
    labels = [
        (place, f"{datetime.fromisoformat(week['at']):%d %b}") for place, week in zip(at, answer["weeks"], strict=True)
    ]
    lines = tuple(
        Line(name, tuple(_percent(week[side]["mean_share"]) for week in answer["weeks"]))
        for name, side in (("in force then", "a"), ("draft", "b"))
    )
    return [Chart("Mean load as a share of capacity", "%", at, every(labels, 5), lines, level=(100.0, "capacity"))]


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _cell(value: float | None, name: str, *, hidden: bool) -> Cell:
    if hidden:
        return Cell(text="few")
    if name == "Mean share" and value is not None:
        return Cell(value, text=f"{value:.1%}")
    return Cell(value)

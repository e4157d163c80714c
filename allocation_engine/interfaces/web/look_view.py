"""How a look ahead is shown: its answer's tables and charts. Bands, never single lines; differences first; rows by id."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import isnan
from typing import Any

from allocation_engine.interfaces.web.charts import Chart, Line, every
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Visit
from allocation_engine.interfaces.what_if_documents import band_of
from allocation_engine.interfaces.what_if_words import LETTERS, difference
from allocation_engine.interfaces.words import words

Document = Mapping[str, Any]
"""An answer as `what_if_document` and its like give it."""

BY_WEEK: Mapping[str, tuple[str, str]] = {
    "people_over": ("People over capacity at the end of the week", "people"),
    "waiting": ("Cases waiting after the week's allocation", "cases"),
    "fte_gap": ("Full-time posts short", "posts; below nought there is room"),
}
"""What is shown week by week: its title and unit."""

PERCENT = frozenset({"mean_share"})

BAND_NOTE = "Eight runs in ten lie in between."


def scenario_tables(visit: Visit, document: Document, measure: str) -> list[Table]:
    """Give what each scenario changes, then week by week, by team and by worker."""
    return [
        _differences(document),
        _weeks(document, measure),
        _teams(document),
        _workers(visit, document),
    ]


def scenario_charts(document: Document, measure: str) -> list[Chart]:
    """Give a chart for each scenario against the baseline; the baseline alone where there is none."""
    title, unit = BY_WEEK[measure]
    now = _line("as things stand", document["baseline"][measure])
    scenarios = document["scenarios"]
    if not scenarios:
        return [_chart(document, title, unit, [now])]
    return [
        _chart(document, f"{letter}: {title.lower()}", unit, [now, _line(letter, one[measure])])
        for letter, one in zip(LETTERS, scenarios, strict=False)
    ]


def worker_charts(document: Document, worker: str) -> list[Chart]:
    """Give the course of one worker's load under each scenario, against the baseline."""
    found = []
    baseline = document["baseline"]["workers"].get(worker)
    for letter, one in zip(("as things stand", *LETTERS), (document["baseline"], *document["scenarios"]), strict=False):
        theirs = one["workers"].get(worker)
        if theirs is None or one is document["baseline"]:
            continue
        lines = [_line(letter, theirs["load"])]
        if baseline is not None:
            lines.insert(0, _line("as things stand", baseline["load"]))
        found.append(_chart(document, f"{letter}: load of {worker}", "lp", lines))
    if not found and baseline is not None:
        found.append(_chart(document, f"Load of {worker}", "lp", [_line("as things stand", baseline["load"])]))
    return found


def absence_table(answer: Document) -> Table:
    """Give the ways of meeting an absence side by side."""
    ways = answer["ways"]
    table = TableOf(
        "ways",
        f"Each week of the {answer['weeks']}, against the service without the absence",
        ("What", *(Column(letter, figures=True) for letter in LETTERS[: len(ways)])),
        note="Mean over the runs, ± its standard error; in brackets what chance alone could make.",
    )
    for name, told in (
        ("without", "Cases with nobody there"),
        ("without_high_risk", "of these of high risk"),
        ("moved", "Cases that change worker, in all"),
        ("people_over", "More others over capacity"),
        ("waiting", "More cases waiting"),
    ):
        table.row(told, *(_difference(one[name]) for one in ways))
    return table.done


def recruitment_tables(answer: Document) -> list[Table]:
    """Give the curve of each career stage."""
    tables = []
    for stage, curve in answer["stages"].items():
        table = TableOf(
            f"stage-{stage}",
            f"New starters: {words(stage)}",
            (
                Column("Posts", figures=True),
                Column("Chance that anybody is over for too long", figures=True),
                Column("95% interval", figures=True),
                Column("Others: any but those who are over whoever starts", figures=True),
                Column("People over for too long", figures=True, places=1),
                Column("Cases waiting, last week", figures=True, places=1),
                Column("Fewer waiting than with one less", figures=True),
            ),
        )
        for one in curve["points"]:
            chance, others, fewer = one["somebody"], one["others"], one["fewer_waiting"]
            table.row(
                Cell(one["fte"], text=f"{one['fte']:g}"),
                Cell(chance["share"], text=f"{chance['share']:.0%}"),
                Cell(text=f"{chance['low']:.0%} to {chance['high']:.0%}"),
                Cell(others["share"], text=f"{others['share']:.0%}"),
                one["people"]["mean"],
                one["waiting"]["mean"],
                Cell(text="") if fewer is None else _difference(fewer),
            )
        tables.append(table.done)
    return tables


def recruitment_charts(answer: Document) -> list[Chart]:
    """Give the chance for each number of starters as a line with its interval, by career stage."""
    charts = []
    for stage, curve in answer["stages"].items():
        points = curve["points"]
        at = tuple(float(one["fte"]) for one in points)
        lines = [_chance_line("anybody over for too long", points, "somebody")]
        if answer["always_over"]:
            lines.append(_chance_line("others: any but those who are over whoever starts", points, "others"))
        labels = tuple((place, f"{place:g}") for place in at)
        level = (100.0 * answer["at_most"], f"at most {answer['at_most']:.0%}")
        charts.append(Chart(f"Chance by posts: {words(stage)}", "%", at, every(labels), tuple(lines), level=level))
    return charts


def _chance_line(name: str, points: Sequence[Document], of: str) -> Line:
    share, low, high = (tuple(100 * one[of][end] for one in points) for end in ("share", "low", "high"))
    return Line(name, share, low, high)


def leaver_tables(visit: Visit, answer: Document) -> list[Table]:
    """Give where each case would go, and which could go to nobody."""
    goes = TableOf(
        "goes",
        "Where each case would go",
        ("Case", "To", Column("Their load now", figures=True), Column("then", figures=True), "Why"),
        empty="No case could go to anybody within the rules.",
        note="Loads are shares of capacity over the coming weeks, on average.",
    )
    for one in answer["choices"]:
        goes.row(
            _case(visit, one["case_id"]),
            _worker(visit, one["worker_id"]),
            Cell(one["ratio_before"], text=f"{one['ratio_before']:.0%}"),
            Cell(one["ratio_after"], text=f"{one['ratio_after']:.0%}"),
            Cell(text=one["sentence"]),
        )
    left = TableOf(
        "left",
        "Which nobody could take yet",
        ("Case", "Why"),
        empty="Every case could go to somebody within the rules.",
    )
    for one in answer["left"]:
        left.row(_case(visit, one["case_id"]), Cell(text=one["sentence"]))
    return [goes.done, left.done]


def team_tables(visit: Visit, answer: Document) -> list[Table]:
    """Give the teams of a split."""
    table = TableOf(
        "teams",
        "Those who hold cases, and what the open cases of each team's areas come to",
        (
            "Team",
            Column("Workers", figures=True),
            Column("Capacity, lp", figures=True),
            Column("Areas' cases, lp", figures=True),
            Column("Share", figures=True),
            "Areas",
        ),
    )
    people = TableOf("who", "Who would be where, by id", ("Worker", "Team", "Note"))
    for number, one in enumerate(answer["teams"], start=1):
        name = one["stands_for"] or f"new team {number}"
        share = one["demand"] / one["capacity"]
        table.row(
            name,
            len(one["workers"]),
            one["capacity"],
            one["demand"],
            Cell(share, text=f"{share:.0%}"),
            ", ".join(one["areas"]),
        )
        for worker in one["workers"]:
            people.row(_worker(visit, worker), name, Cell(text="new here" if worker in one["new_here"] else ""))
    return [table.done, people.done]


def _differences(document: Document) -> Table:
    letters = LETTERS[: len(document["scenarios"])]
    table = TableOf(
        "differences",
        "What each changes against the service as it stands",
        ("What", Column("As things stand", figures=True, places=1), *(Column(one, figures=True) for one in letters)),
        note=(
            "Mean over the runs, and each scenario's difference from it ± its standard error. A difference in brackets is within "
            "two errors: chance alone could make it."
        ),
    )
    for name, told in document["measures"].items():
        mean = document["baseline"]["measures"][name]["mean"]
        now = Cell(mean, text=f"{mean:.0%}" if name in PERCENT and mean is not None else None)
        changed = (_difference(one["differences"][name], percent=name in PERCENT) for one in document["scenarios"])
        table.row(told, now, *changed)
    return table.done


def _weeks(document: Document, measure: str) -> Table:
    everybody, letters = _everybody(document)
    table = TableOf(
        "weeks",
        f"{BY_WEEK[measure][0]}, week by week",
        ("Week of", *(Column(one, figures=True) for one in letters)),
        note=BAND_NOTE,
        dense=True,
    )
    for week in range(document["weeks"]):
        monday = _monday(document, week)
        table.row(Cell(monday, text=f"{monday:%d %b %Y}"), *(_span(one[measure][week]) for one in everybody))
    return table.done


def _teams(document: Document) -> Table:
    everybody, letters = _everybody(document)
    table = TableOf(
        "teams",
        "Load of each team as a share of its capacity, last week",
        ("Team", *(Column(one, figures=True) for one in letters)),
        empty="No team is on record.",
        note=f"{BAND_NOTE} Few: fewer with known hours than are spoken of together.",
    )
    for team in sorted({team for one in everybody for team in one["teams"]}):
        cells = []
        for one in everybody:
            if team not in one["teams"]:
                cells.append(Cell(text="no such team"))
            elif (last := one["teams"][team][-1]) is None:
                cells.append(Cell(text="few"))
            else:
                cells.append(Cell(last["mean"], text=f"{last['low']:.0%} to {last['high']:.0%}"))
        table.row(team, *cells)
    return table.done


def _workers(visit: Visit, document: Document) -> Table:
    everybody, letters = _everybody(document)
    table = TableOf(
        "workers",
        f"Weeks over capacity of {document['weeks']}, by worker",
        ("Worker", *(Column(one, figures=True) for one in letters), "Load week by week"),
        note=BAND_NOTE,
        dense=True,
    )
    for worker in sorted({worker for one in everybody for worker in one["workers"]}):
        cells = []
        for one in everybody:
            theirs = one["workers"].get(worker)
            if theirs is None:
                cells.append(Cell(text="not there"))
            else:
                cells.append(Cell() if theirs["weeks_over"] is None else _span(theirs["weeks_over"]))
        known = worker in document["baseline"]["workers"]
        shown = visit.request.url.include_query_params(worker=worker).query
        table.row(
            _worker(visit, worker) if known else worker,
            *cells,
            Cell(text=f"show {worker}", link=f"?{shown}#worker-course"),
        )
    return table.done


def _everybody(document: Document) -> tuple[Sequence[Document], Sequence[str]]:
    scenarios = document["scenarios"]
    return (document["baseline"], *scenarios), ("As things stand", *LETTERS[: len(scenarios)])


def _difference(document: Document, *, percent: bool = False) -> Cell:
    found = band_of(document)
    return Cell(None if isnan(found.mean) else found.mean, text=difference(found, percent=percent))


def _span(document: Document) -> Cell:
    return Cell(document["mean"], text=f"{document['low']:.0f} to {document['high']:.0f}")


def _monday(document: Document, week: int) -> datetime:
    return datetime.fromisoformat(document["begins"]) + timedelta(weeks=week)


def _chart(document: Document, title: str, unit: str, lines: Sequence[Line]) -> Chart:
    at = tuple(float(week + 1) for week in range(document["weeks"]))
    labels = [(float(week + 1), f"{_monday(document, week):%d %b}") for week in range(document["weeks"])]
    return Chart(title, unit, at, every(labels, 5), tuple(lines))


def _line(name: str, course: Sequence[Document | None]) -> Line:
    return Line(
        name,
        tuple(None if one is None else one["mean"] for one in course),
        tuple(None if one is None else one["low"] for one in course),
        tuple(None if one is None else one["high"] for one in course),
    )


def _case(visit: Visit, case_id: str) -> Cell:
    return Cell(case_id, link=visit.to("/events", about=f"case:{case_id}"))


def _worker(visit: Visit, worker_id: str) -> Cell:
    return Cell(worker_id, link=visit.to(f"/workers/{worker_id}"))

"""The warnings of an import: what Annex A cannot say, and what this file says oddly, in plain words with a count."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from allocation_engine.interfaces.importers.annex_a.report import ReportWarning
from allocation_engine.interfaces.importers.annex_a.sheets import Sheets
from allocation_engine.interfaces.importers.annex_a.snapshot import Snapshot

SEEDS_STATE = ReportWarning(
    "seeds_state",
    "Annex A has no flag for extra-familial harm, no risk, no allocation date and no working hours. Cases are seeded "
    "without harm or risk, each assignment is dated at the snapshot, and workers have no hours until they are recorded.",
)

_SNAPSHOT = {
    "given": "the snapshot date was given",
    "latest_date": "Annex A has no date of its own; the snapshot is the latest plausible date among its work",
    "day_of_import": "no date in the file tells when it was made; the day of the import was taken, give as_at to be sure",
}
_NOTICED = {
    "missing_from_list_6": "open in List 7 or 8 and missing from List 6, which should hold every open case; imported",
    "closed_in_list_6": "open in List 7 or 8 and closed in List 6; imported as open",
    "worker_is_excel_error": "List 6 rows whose worker is an Excel error and is in no other list; the cases wait",
    "other_worker": "rows of List 7 or 8 that name another worker than List 6; List 6 stands",
    "two_workers_in_list": "rows of a child who is in the same list again with another worker; the later start stands",
    "worker_only_in_list_9": "children whose only worker is in List 9 while List 6 has none; the cases wait",
    "start_unknown": "open cases with no start date; dated at the snapshot",
    "plan_unknown": "open cases whose status is not one of the template's; the plan stays unset",
    "worker_left_as_known": "known cases with no worker in this workbook; the known worker stays",
    "store_is_newer": "known cases of which the store has later news than this workbook",
    "known_and_not_in_workbook": "open cases of the store that this workbook does not name; left as they are",
}


def warnings_of(
    sheets: Sheets,
    snapshot: Snapshot,
    noticed: Mapping[str, int],
    *,
    formulas_without_value: int,
    assume_fte: float | None,
) -> tuple[ReportWarning, ...]:
    """List the warnings, the standing ones first."""
    return (
        SEEDS_STATE,
        *_of_snapshot(snapshot),
        *_of_hours(assume_fte),
        *_of_file(sheets, formulas_without_value),
        *(ReportWarning(code, why, noticed[code]) for code, why in _NOTICED.items() if noticed[code]),
    )


def _of_snapshot(snapshot: Snapshot) -> Iterator[ReportWarning]:
    if snapshot.source != "given":
        yield ReportWarning("snapshot_date_inferred", f"{_SNAPSHOT[snapshot.source]}: {snapshot.day}")
    if snapshot.dates_set_aside:
        why = "dates far ahead of all others were not taken for the snapshot"
        yield ReportWarning("dates_set_aside", why, snapshot.dates_set_aside)


def _of_hours(assume_fte: float | None) -> Iterator[ReportWarning]:
    if assume_fte is not None:
        why = f"working hours are an assumption: {assume_fte:g} of full time for every worker without recorded hours"
        yield ReportWarning("hours_assumed", why)


def _of_file(sheets: Sheets, formulas_without_value: int) -> Iterator[ReportWarning]:
    if formulas_without_value:
        why = "formulas have no stored result and were read as empty; open the file in Excel, save it, import it again"
        yield ReportWarning("formulas_without_value", why, formulas_without_value)
    if sheets.ignored:
        yield ReportWarning("sheets_ignored", "sheets are not lists of Annex A and were left alone", sheets.ignored)
    for number in _absent_case_lists(sheets):
        yield ReportWarning("list_absent", f"there is no List {number}; whoever is only there is not counted")
    for number, times in Counter(sheet.definition.number for sheet in sheets.lists if not sheet.hidden).items():
        if times > 1:
            yield ReportWarning("list_twice", f"more than one sheet holds List {number}; all were read as one", times)
    for sheet in sheets.lists:
        if sheet.header is None:
            if sheet.rows:
                why = f"{sheet.title} has no header with: {'; '.join(sheet.missing)}; its rows were refused"
                yield ReportWarning("header_not_found", why, len(sheet.rows))
            continue
        for name in sheet.header.absent:
            yield ReportWarning("column_absent", f"{sheet.title} has no column {name}")
        for name in sheet.header.repeated:
            yield ReportWarning("column_repeated", f"{sheet.title} has the column {name} twice; the first was read")
        if sheet.hidden and sheet.rows:
            yield ReportWarning("sheet_hidden", f"{sheet.title} is hidden", len(sheet.rows))


def _absent_case_lists(sheets: Sheets) -> Sequence[int]:
    there = {sheet.definition.number for sheet in sheets.lists}
    return [number for number in (6, 7, 8, 9) if number not in there]

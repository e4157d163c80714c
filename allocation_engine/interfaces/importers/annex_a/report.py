"""What became of every row, without a word of what the row said: sheet, row number, column and reason only."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import JsonValue


class Outcome(StrEnum):
    """A row made a case, told more of one that another row (or the store) has, or was not taken."""

    IMPORTED = "imported"
    MERGED = "merged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """The one outcome of one row.

    `row` is the number that Excel shows. `attention` marks what a person should look at in the source system.
    """

    sheet: str
    row: int
    outcome: Outcome
    code: str
    column: str | None
    why: str
    attention: bool

    def to_json_dict(self) -> dict[str, JsonValue]:
        """Give it as JSON values."""
        return {
            "sheet": self.sheet,
            "row": self.row,
            "outcome": self.outcome.value,
            "code": self.code,
            "column": self.column,
            "why": self.why,
            "attention": self.attention,
        }


@dataclass(frozen=True, slots=True)
class ReportWarning:
    """Something true of the file as a whole, or of `count` of its rows."""

    code: str
    why: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class SheetTotals:
    """How many rows of a sheet had which outcome."""

    sheet: str
    rows: int
    imported: int
    merged: int
    refused: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The account of one import.

    Attributes
    ----------
    file_sha256
        Of the file as read, so that the report can be matched with it.
    snapshot_date, snapshot_source
        The day the workbook describes, and where that day was taken from.
    rows
        One outcome for every row of every list that is not empty, in the order of the workbook.
    workers, teams, cases, waiting_cases
        What the workbook holds. `cases` are all open cases, `waiting_cases` those among them without a worker.
    """

    file_sha256: str
    snapshot_date: date
    snapshot_source: str
    rows: tuple[RowOutcome, ...]
    workers: int
    teams: int
    cases: int
    waiting_cases: int
    warnings: tuple[ReportWarning, ...]

    @property
    def by_sheet(self) -> tuple[SheetTotals, ...]:
        """Totals for each sheet, in the order of the workbook."""
        sheets: dict[str, Counter[Outcome]] = {}
        for row in self.rows:
            sheets.setdefault(row.sheet, Counter())[row.outcome] += 1
        return tuple(
            SheetTotals(
                sheet=sheet,
                rows=outcomes.total(),
                imported=outcomes[Outcome.IMPORTED],
                merged=outcomes[Outcome.MERGED],
                refused=outcomes[Outcome.REFUSED],
            )
            for sheet, outcomes in sheets.items()
        )

    @property
    def by_outcome(self) -> dict[Outcome, int]:
        """Totals for each outcome, nought included."""
        outcomes = Counter(row.outcome for row in self.rows)
        return {outcome: outcomes[outcome] for outcome in Outcome}

    @property
    def attention(self) -> tuple[RowOutcome, ...]:
        """The rows that a person should look at."""
        return tuple(row for row in self.rows if row.attention)

    def to_json_dict(self) -> dict[str, JsonValue]:
        """Give the whole report as JSON values."""
        return {
            "file_sha256": self.file_sha256,
            "snapshot_date": self.snapshot_date.isoformat(),
            "snapshot_source": self.snapshot_source,
            "workers": self.workers,
            "teams": self.teams,
            "cases": self.cases,
            "waiting_cases": self.waiting_cases,
            "totals": {
                "rows": len(self.rows),
                "by_outcome": {outcome.value: number for outcome, number in self.by_outcome.items()},
                "by_sheet": [
                    {
                        "sheet": of.sheet,
                        "rows": of.rows,
                        "imported": of.imported,
                        "merged": of.merged,
                        "refused": of.refused,
                    }
                    for of in self.by_sheet
                ],
            },
            "warnings": [{"code": w.code, "why": w.why, "count": w.count} for w in self.warnings],
            "rows": [row.to_json_dict() for row in self.rows],
        }

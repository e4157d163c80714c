"""Annex A, the workbook that every English local authority makes for inspection: `read_annex_a` and what it gives.

`workbook_safety` and `sheets` open the file, `lists`, `header` and `cells` say what its columns and cells mean,
`caseload` holds the rule, `known` says what the store holds and `comparison` what differs from it, `records` and `report`
are what comes out.
"""

from allocation_engine.interfaces.importers.annex_a.comparison import KnownCaseload
from allocation_engine.interfaces.importers.annex_a.known import known_in
from allocation_engine.interfaces.importers.annex_a.read import AnnexAImport, read_annex_a
from allocation_engine.interfaces.importers.annex_a.report import (
    ImportReport,
    Outcome,
    ReportWarning,
    RowOutcome,
    SheetTotals,
)
from allocation_engine.interfaces.importers.annex_a.workbook_safety import check_content

__all__ = [
    "AnnexAImport",
    "ImportReport",
    "KnownCaseload",
    "Outcome",
    "ReportWarning",
    "RowOutcome",
    "SheetTotals",
    "check_content",
    "known_in",
    "read_annex_a",
]

"""The eleven lists of Annex A: their columns by meaning, and how a header names each of them.

Column names are those of Ofsted's inspection template. Local authorities re-word them, so each column also has a
pattern over the normalised header (lower case, no punctuation).
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Column(StrEnum):
    """What a column means to the importer; all others are left alone."""

    CHILD = "child"
    START = "start"
    END = "end"
    STATUS = "status"
    TEAM = "team"
    WORKER = "worker"
    ADVISER = "adviser"
    ELIGIBILITY = "eligibility"


@dataclass(frozen=True, slots=True)
class ColumnName:
    """The template's own name, safe to print, and the pattern that other wordings match."""

    official: str
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class ListDefinition:
    """One list.

    `required` holds groups of columns: a header is recognised when each group has at least one of them. Without the
    columns of a group the list cannot be understood: no end date and no status means open cannot be told from closed.
    """

    number: int
    columns: Mapping[Column, ColumnName]
    required: tuple[frozenset[Column], ...]
    holds_cases: bool = field(default=False)

    def official(self, column: Column) -> str:
        """Give the template's name of a column."""
        return self.columns[column].official

    def missing(self, found: frozenset[Column]) -> tuple[str, ...]:
        """Name what a header lacks, by the template's names."""
        return tuple(
            " or ".join(self.official(column) for column in Column if column in group)
            for group in self.required
            if not group & found
        )


def normalise_header(text: str) -> str:
    """Bring a header to lower-case words: curly apostrophes, brackets, full stops and extra spaces all go."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    unquoted = re.sub("['\u2018\u2019\u00b4`\u02bc]", "", folded)
    return re.sub(r"[^a-z0-9]+", " ", unquoted).strip()


def list_number(sheet_title: str) -> int | None:
    """Tell which list a sheet holds: `List 6`, `List_6`, `list6`, ` List 6 - CIN ` are all 6."""
    found = re.match(r"(?:annex ?a ?)?list ?0*(\d{1,2})(?!\d)", normalise_header(sheet_title))
    number = int(found[1]) if found else 0
    return number if number in DEFINITIONS else None


def is_date_column(header: str) -> bool:
    """Tell whether a column holds dates of work done; birth is earlier than any work and what is due lies ahead."""
    words = normalise_header(header).split()
    return "date" in words and not {"birth", "due", "next", "expected", "planned"} & set(words)


_ID = "(unique )?(id|identifier|identity|number|no|ref|reference)"
_CHILD = ColumnName(
    "Child Unique ID",
    re.compile(
        rf"(unique )?(child|childs|children|childrens|person|client|young person|yp|case)( s)? {_ID}\b.*"
        rf"|(mosaic|lcs|ics|liquidlogic|eclipse|azeus|carefirst|local|system|record) {_ID}"
        r"|unique (id|identifier|child id)|id|childid|childuniqueid|uniqueid",
    ),
)
_TEAM = ColumnName(
    "Allocated Team", re.compile(r"((current(ly)?|allocated|case|responsible|social work) )*team( name)?")
)
_WORKER = ColumnName(
    "Allocated Worker",
    re.compile(
        r"((current(ly)?|allocated|case|key|lead|named|responsible) )*((social|case|key) ?)?(worker|practitioner)( name)?"
        r"|name of (allocated )?(social )?worker|allocated sw",
    ),
)
_ADVISER = ColumnName(
    "Allocated Personal Advisor",
    re.compile(r"((current(ly)?|allocated|named) )*(personal advis[eo]r|pa)( name)?"),
)


def _case_list(number: int, start: ColumnName, end: ColumnName, status: ColumnName | None = None) -> ListDefinition:
    columns = {Column.CHILD: _CHILD, Column.START: start, Column.END: end, Column.TEAM: _TEAM, Column.WORKER: _WORKER}
    closing = {Column.END}
    if status is not None:
        columns[Column.STATUS] = status
        closing.add(Column.STATUS)
    return ListDefinition(number, columns, (frozenset({Column.CHILD}), frozenset(closing)), holds_cases=True)


def _other_list(number: int) -> ListDefinition:
    return ListDefinition(number, {Column.CHILD: _CHILD}, (frozenset({Column.CHILD}),))


_ADOPTER = ColumnName(
    "Individual adopter identifier", re.compile(rf"((individual|unique) )?adopter (individual )?{_ID}")
)

DEFINITIONS: Mapping[int, ListDefinition] = {
    **{number: _other_list(number) for number in (1, 2, 3, 4, 5, 10)},
    6: _case_list(
        6,
        ColumnName(
            "CIN Start Date", re.compile(r"(cin|child(ren)? in need|case|episode) (episode )?start( date)?|start date")
        ),
        ColumnName(
            "CIN Closure Date",
            re.compile(
                r"((cin|child(ren)? in need|case|episode) )?(closure|closed|close|end)( date)?|date (of )?(closure|closed)"
            ),
        ),
        ColumnName("Case status", re.compile(r"((current|case|cin) )*status")),
    ),
    7: _case_list(
        7,
        ColumnName(
            "Child Protection Plan Start Date", re.compile(r"(child protection plan|cpp?|cp plan|plan) start( date)?")
        ),
        ColumnName(
            "Child Protection Plan End Date", re.compile(r"(child protection plan|cpp?|cp plan|plan) end(ed)?( date)?")
        ),
    ),
    8: _case_list(
        8,
        ColumnName(
            "Date Started to be Looked After",
            re.compile(r"date (started|became|start)( to be)? (looked after|lac|cla)|.*(lac|cla|cic) start date"),
        ),
        ColumnName(
            "Date Ceased to be Looked After",
            re.compile(r"date (ceased|ended)( to be)? (looked after|lac|cla)|.*(lac|cla|cic) (end|ceased) date"),
        ),
    ),
    9: ListDefinition(
        9,
        {
            Column.CHILD: _CHILD,
            Column.TEAM: _TEAM,
            Column.WORKER: _WORKER,
            Column.ADVISER: _ADVISER,
            Column.ELIGIBILITY: ColumnName(
                "Eligibility Category", re.compile(r"(care leaver )?eligibility( category)?")
            ),
        },
        (
            frozenset({Column.CHILD}),
            frozenset({Column.WORKER, Column.ADVISER, Column.TEAM, Column.ELIGIBILITY}),
        ),
        holds_cases=True,
    ),
    11: ListDefinition(11, {Column.CHILD: _ADOPTER}, (frozenset({Column.CHILD}),)),
}
"""List 11 holds adopters, no children: its id column identifies an adult and is matched with no child."""

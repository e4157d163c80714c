"""A form for each kind of change that a scenario may make, and what was typed read as one."""

from collections.abc import Callable, Mapping

from pydantic import TypeAdapter, ValidationError

from allocation_engine.interfaces.web.forms import Field, choices, choices_of, faults, sent
from allocation_engine.interfaces.web.visit import Posted, Visit
from allocation_engine.planning.what_if.changes import Change, WhoseCases
from domain.vocabulary import (
    AbsenceKind,
    CareerStage,
    IncidentKind,
    Priority,
    RiskLevel,
    Role,
    Severity,
    SupervisionKind,
)

KINDS: Mapping[str, str] = {
    "absence": "Somebody is away",
    "leaving": "Somebody leaves",
    "hours": "Somebody's hours change",
    "starters": "New starters",
    "referral_rate": "More or fewer referrals",
    "referrals": "A number of referrals of one kind",
    "incident": "A serious incident",
    "supervision": "Supervision is restored or cut",
    "team_split": "A team is split",
    "teams_merged": "Teams become one",
    "policy": "Other policy numbers",
}
"""Every kind of change, in plain words."""

CHANGE: TypeAdapter[Change] = TypeAdapter(Change)

WEEK = Field("week", "From which week?", "1 is the first.", "number", value="1")
WEEKS = Field("weeks", "For how many weeks?", "Left out: to the end.", "number", optional=True)


def change_fields(visit: Visit, kind: str) -> list[Field]:
    """Give the fields of a kind of change."""
    return FIELDS[kind](visit)


def read_change(visit: Posted, kind: str) -> Change | list[tuple[str, str]]:
    """Read a change from what was sent; where it is none, what is wrong, by field."""
    fields = change_fields(visit, kind)
    content = {"kind": kind, **sent(fields, visit)}
    for name, cut in (("into", _teams_typed), ("numbers", _numbers_typed)):
        if isinstance(text := content.get(name), str) and (kind, name) != ("teams_merged", "into"):
            content[name] = cut(text)
    try:
        change = CHANGE.validate_python(content)
    except ValidationError as error:
        return faults(error, fields)
    unknown = _not_there(visit, content)
    return change if unknown is None else [unknown]


def _not_there(visit: Visit, content: Mapping[str, object]) -> tuple[str, str] | None:
    """Name the first worker or team that the service does not have."""
    workers = set(visit.situation.workers)
    teams = set(_teams(visit))
    for name, known in (
        ("worker", workers),
        ("workers", workers),
        ("direct", workers),
        ("co_working", workers),
        ("team_heard", teams),
        ("teams", teams),
    ):
        value = content.get(name)
        for one in value if isinstance(value, list) else [value] if isinstance(value, str) else []:
            if one not in known:
                return name, f"{one} is not there: {'workers' if known is workers else 'teams'} go by their ids"
    return None


def _teams_typed(text: str) -> list[dict[str, object]]:
    """Read lines such as `north: w-0001, w-0002; areas: n1, n2`."""
    found: list[dict[str, object]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        team, _, rest = line.partition(":")
        workers, _, areas = rest.partition(";")
        found.append(
            {
                "team": team.strip(),
                "workers": workers.replace(",", " ").split(),
                "areas": areas.replace("areas:", " ").replace(",", " ").split(),
            }
        )
    return found


def _numbers_typed(text: str) -> dict[str, str]:
    lines = [line.partition("=") for line in text.splitlines() if line.strip()]
    return {place.strip(): value.strip() for place, _, value in lines}


def _teams(visit: Visit) -> list[str]:
    return sorted({post.team_id for post in visit.situation.workers.values() if post.team_id is not None})


def _worker(visit: Visit) -> Field:
    return Field("worker", "Who?", kind="select", options=choices(sorted(visit.situation.workers)))


def _team(visit: Visit, label: str, hint: str = "") -> Field:
    return Field("team", label, hint, "select", choices(_teams(visit)), optional=True)


def _absence(visit: Visit) -> list[Field]:
    return [
        _worker(visit),
        WEEK,
        WEEKS,
        Field("absence", "Why?", kind="select", options=choices_of(AbsenceKind), value=AbsenceKind.SICKNESS.value),
        Field("cases", "Their cases", kind="select", options=choices_of(WhoseCases), value=WhoseCases.STAY.value),
    ]


def _starters(visit: Visit) -> list[Field]:
    return [
        Field("number", "How many?", kind="number", value="1"),
        WEEK,
        WEEKS,
        Field("fte", "Hours of each, as a share of full time", kind="number", value="1"),
        Field("stage", "Career stage", kind="select", options=choices_of(CareerStage), value="experienced"),
        Field("role", "Role", kind="select", options=choices_of(Role), value=Role.SOCIAL_WORKER.value),
        _team(visit, "Team"),
        Field("area", "Area", optional=True),
        Field("skills", "Skills", "As your policy names them, with commas.", "list", optional=True),
        Field("languages", "Languages", "With commas.", "list", optional=True),
        Field("ramp_from", "Share of a caseload at first", "0.25 is a quarter.", "number", value="0.25"),
        Field("ramp_weeks", "Weeks until they carry a whole one", kind="number", value="8"),
    ]


def _referrals(_: Visit) -> list[Field]:
    return [
        Field("number", "How many?", kind="number", value="1"),
        WEEK,
        Field("priority", "Priority", kind="select", options=choices_of(Priority), value=Priority.ROUTINE.value),
        Field("risk", "Risk", "Left out: not known.", "select", choices_of(RiskLevel), optional=True),
        Field(
            "harm_types", "Kinds of harm", "By their names, with commas; left out: not known.", "list", optional=True
        ),
        Field("needs", "Needs", "Skills, with commas.", "list", optional=True),
        Field("languages", "Languages", "With commas.", "list", optional=True),
        Field("area", "Area", optional=True),
    ]


def _incident(_: Visit) -> list[Field]:
    return [
        Field("incident", "What?", kind="select", options=choices_of(IncidentKind)),
        Field("severity", "How severe?", kind="select", options=choices_of(Severity), value=Severity.SERIOUS.value),
        WEEK,
        Field("direct", "Who is directly exposed?", "Workers' ids, with commas.", "list", optional=True),
        Field("co_working", "Who co-works?", "Workers' ids, with commas.", "list", optional=True),
        Field("team_heard", "Which teams hear of it?", "Teams' ids, with commas.", "list", optional=True),
    ]


def _supervision(visit: Visit) -> list[Field]:
    sessions = choices_of(SupervisionKind)
    return [
        Field("every_days", "Every how many days?", "Left out: none is held.", "number", optional=True),
        Field("session", "Which kind?", kind="select", options=sessions, value=SupervisionKind.ONE_TO_ONE.value),
        WEEK,
        WEEKS,
        _team(visit, "For which team?", "Left out: for everybody, or for the workers named below."),
        Field("workers", "For which workers?", "Their ids, with commas.", "list", optional=True),
    ]


def _split(visit: Visit) -> list[Field]:
    into = (
        "A line for each new team, such as north: w-0001, w-0002; areas: n1, n2. Its areas' cases then go to it alone."
    )
    return [_team(visit, "Which team?", "Left out: the whole service."), Field("into", "Into", into, "lines"), WEEK]


FIELDS: Mapping[str, Callable[[Visit], list[Field]]] = {
    "absence": _absence,
    "leaving": lambda visit: [_worker(visit), WEEK],
    "hours": lambda visit: [
        _worker(visit),
        WEEK,
        Field("fte", "Hours, as a share of full time", "1 is full time.", "number"),
    ],
    "starters": _starters,
    "referral_rate": lambda _: [
        Field("times", "So many times as many as now", "1.2 is a fifth more.", "number", optional=True),
        Field("per_week", "Or so many a week", kind="number", optional=True),
        WEEK,
        WEEKS,
    ],
    "referrals": _referrals,
    "incident": _incident,
    "supervision": _supervision,
    "team_split": _split,
    "teams_merged": lambda visit: [
        Field("teams", "Which teams?", f"Their ids, with commas. Today: {', '.join(_teams(visit))}.", "list"),
        Field("into", "What is it called then?"),
        WEEK,
    ],
    "policy": lambda _: [
        Field(
            "numbers",
            "Which numbers?",
            "A line for each, such as limits.caseload_cap.experienced = 14; the page on policy names them all.",
            "lines",
        )
    ],
}
"""By kind, which fields there are. `tests/interfaces/web` holds them against the models."""

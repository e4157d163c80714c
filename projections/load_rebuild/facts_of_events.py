"""Facts from stored events, in columns: what `domain.load.facts_from_events` says, for thousands at once.

Each function takes the matching events of one kind and gives frames of facts. A frame names the subject and whatever of
the packed record (`projections.fact_codes`) its kind of fact has; what it leaves out is null.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import polars as pl

from domain.events.base import DomainEvent
from domain.events.case import (
    CaseAssigned,
    CaseClosed,
    CaseReassigned,
    CaseReferred,
    CaseRiskReassessed,
    CaseUnassigned,
)
from domain.events.practice import CriticalIncidentRecorded, DebriefHeld, PeerSupportHeld, SupervisionHeld
from domain.events.worker import (
    MAX_FTE,
    WorkerAbsenceEnded,
    WorkerAbsenceStarted,
    WorkerHoursChanged,
    WorkerLeft,
    WorkerRegistered,
    WorkerStageChanged,
)
from domain.load import facts
from domain.load.parameters import ReliefKind
from domain.vocabulary import (
    AbsenceKind,
    AssignmentRole,
    CareerStage,
    ExposureRoute,
    HarmType,
    IncidentKind,
    RiskLevel,
    Severity,
    SupervisionKind,
)
from projections.canonical_events import (
    FTE,
    FTE_OR_NULL,
    ID,
    ID_OR_NULL,
    IDS,
    MOMENT_OR_NULL,
    moment,
    one_of,
    one_of_or_null,
    some_of_or_null,
    uncaptured,
)
from projections.fact_codes import (
    ABSENCES,
    HARMS,
    INCIDENTS,
    KIND_CODE,
    RELIEFS,
    RISKS,
    ROLES,
    ROUTES,
    SEVERITIES,
    STAGES,
)

Frames = Iterator[pl.DataFrame]

WORKER, CASE = "worker:", "case:"
PRIMARY = AssignmentRole.PRIMARY.value


@dataclass(frozen=True, slots=True)
class Reading:
    """How one kind of event is read: the fields wanted with their patterns, which rows are valid, and the facts."""

    wanted: Mapping[str, str]
    facts: Callable[[pl.DataFrame], Frames]
    valid: pl.Expr | None = None


def _codes(column: str, values: tuple[StrEnum, ...]) -> pl.Expr:
    """Give the place of each value in its enum."""
    return pl.col(column).cast(pl.Enum([one.value for one in values])).to_physical().cast(pl.UInt8)


def _facts(frame: pl.DataFrame, kind: type[facts.Fact], prefix: str, subject: str, **columns: pl.Expr) -> pl.DataFrame:
    """Make facts of one kind about the subject that a column names, one of each row."""
    return frame.select(
        "place",
        "at",
        "recorded_at",
        "id_high",
        "id_low",
        subject=prefix + pl.col(subject),
        kind=pl.lit(KIND_CODE[kind], pl.UInt8),
        **columns,
    )


def _of_registrations(frame: pl.DataFrame) -> Frames:
    yield _hours(frame.filter(pl.col("fte").is_not_null()))
    yield _stages(frame.filter(pl.col("stage").is_not_null()))


def _hours(frame: pl.DataFrame) -> pl.DataFrame:
    return _facts(frame, facts.Hours, WORKER, "worker_id", number=pl.col("fte").cast(pl.Float64))


def _stages(frame: pl.DataFrame) -> pl.DataFrame:
    return _facts(frame, facts.Stage, WORKER, "worker_id", code=_codes("stage", STAGES))


def _of_absences(frame: pl.DataFrame) -> Frames:
    until = moment(pl.col("expected_until")).cast(pl.Float64)
    yield _facts(frame, facts.AbsenceStarted, WORKER, "worker_id", code=_codes("kind", ABSENCES), number=until)


def _turns(frame: pl.DataFrame, kind: type[facts.CaseTaken | facts.CaseGivenUp], worker: str) -> pl.DataFrame:
    return _facts(frame, kind, WORKER, worker, code=_codes("role", ROLES), name=pl.col("case_id"))


def _primaries(frame: pl.DataFrame, worker: str) -> pl.DataFrame:
    primary = frame.filter(pl.col("role") == PRIMARY)
    return _facts(primary, facts.PrimaryHeldBy, CASE, "case_id", name=pl.col(worker))


def _of_assignments(frame: pl.DataFrame) -> Frames:
    yield _turns(frame, facts.CaseTaken, "worker_id")
    yield _primaries(frame, "worker_id")


def _of_reassignments(frame: pl.DataFrame) -> Frames:
    passed_on = frame.filter(pl.col("from_worker_id") != pl.col("to_worker_id"))
    yield _turns(passed_on, facts.CaseGivenUp, "from_worker_id")
    yield _turns(frame, facts.CaseTaken, "to_worker_id")
    yield _primaries(frame, "to_worker_id")


def _harm_bits(column: str) -> pl.Expr:
    """Give harm types as bits; null where they were not assessed."""
    text = pl.col(column)
    bits = [
        pl.when(text.str.contains(f'"{harm}"', literal=True)).then(1 << place).otherwise(0)
        for place, harm in enumerate(HARMS)
    ]
    return pl.when(text.is_not_null()).then(pl.sum_horizontal(bits)).cast(pl.UInt16)


def _profiled(kind: type[facts.CaseOpened | facts.RiskReassessed]) -> Callable[[pl.DataFrame], Frames]:
    def of(frame: pl.DataFrame) -> Frames:
        yield _facts(frame, kind, CASE, "case_id", code=_codes("risk", RISKS), harms=_harm_bits("harm_types"))

    return of


def _bare(kind: type[facts.Fact], prefix: str, subject: str) -> Callable[[pl.DataFrame], Frames]:
    def of(frame: pl.DataFrame) -> Frames:
        yield _facts(frame, kind, prefix, subject)

    return of


def _each_worker(frame: pl.DataFrame) -> pl.DataFrame:
    """Give a row for each worker of a session, once each."""
    ids = pl.col("worker_ids").str.strip_chars('"').str.split('","').list.unique(maintain_order=True)
    return frame.with_columns(worker_id=ids).explode("worker_id")


def _relieved(frame: pl.DataFrame, kind: pl.Expr) -> pl.DataFrame:
    return _facts(frame, facts.Relieved, WORKER, "worker_id", code=kind)


def _of_supervision(frame: pl.DataFrame) -> Frames:
    each = _each_worker(frame)
    number = pl.col("worker_ids").str.split(",").list.unique().list.len().cast(pl.Float64)
    yield _facts(frame, facts.SupervisionGiven, WORKER, "supervisor_id", number=number)
    supervised = each.filter(pl.col("worker_id") != pl.col("supervisor_id"))
    yield _relieved(supervised, _codes("kind", RELIEFS))


def _sessions(kind: ReliefKind) -> Callable[[pl.DataFrame], Frames]:
    def of(frame: pl.DataFrame) -> Frames:
        yield _relieved(_each_worker(frame), pl.lit(RELIEFS.index(kind), pl.UInt8))

    return of


_EXPOSURE = rf'\{{"worker_id":{uncaptured(ID)},"route":{uncaptured(one_of(ExposureRoute))}\}}'
_EXPOSURES = rf"\[({_EXPOSURE}(?:,{_EXPOSURE})*)\]"


def _of_incidents(frame: pl.DataFrame) -> Frames:
    each = frame.with_columns(exposure=pl.col("exposures").str.split("},{")).explode("exposure")
    found = pl.col("exposure").str.extract_groups(r'"worker_id":"([^"]+)","route":"([a-z_]+)"')
    each = each.with_columns(found.struct.rename_fields(["worker_id", "route"]).alias("found")).unnest("found")
    yield _facts(
        each,
        facts.Exposed,
        WORKER,
        "worker_id",
        code=_codes("kind", INCIDENTS),
        severity=_codes("severity", SEVERITIES),
        route=_codes("route", ROUTES),
        name=pl.col("case_id"),
        other=pl.col("incident_id"),
    )


_POST = pl.col("fte").is_null() | pl.col("fte").cast(pl.Float64, strict=False).is_between(0, MAX_FTE, closed="right")
_MOMENT_READS = pl.col("expected_until").is_null() | moment(pl.col("expected_until")).is_not_null()
_HELD = {"case_id": ID, "worker_id": ID, "role": one_of(AssignmentRole)}
_ASSESSED = {"case_id": ID, "harm_types": some_of_or_null(HarmType)}

READINGS: Mapping[type[DomainEvent], Reading] = {
    WorkerRegistered: Reading(
        {"worker_id": ID, "fte": FTE_OR_NULL, "stage": one_of_or_null(CareerStage)}, _of_registrations, _POST
    ),
    WorkerHoursChanged: Reading({"worker_id": ID, "fte": FTE}, lambda frame: iter((_hours(frame),)), _POST),
    WorkerStageChanged: Reading({"worker_id": ID, "stage": one_of(CareerStage)}, lambda frame: iter((_stages(frame),))),
    WorkerAbsenceStarted: Reading(
        {"worker_id": ID, "kind": one_of(AbsenceKind), "expected_until": MOMENT_OR_NULL}, _of_absences, _MOMENT_READS
    ),
    WorkerAbsenceEnded: Reading({"worker_id": ID}, _bare(facts.AbsenceEnded, WORKER, "worker_id")),
    WorkerLeft: Reading({"worker_id": ID}, _bare(facts.Left, WORKER, "worker_id")),
    CaseReferred: Reading({**_ASSESSED, "risk": one_of_or_null(RiskLevel)}, _profiled(facts.CaseOpened)),
    CaseRiskReassessed: Reading({**_ASSESSED, "risk": one_of(RiskLevel)}, _profiled(facts.RiskReassessed)),
    CaseAssigned: Reading(_HELD, _of_assignments),
    CaseReassigned: Reading(
        {"case_id": ID, "from_worker_id": ID, "to_worker_id": ID, "role": one_of(AssignmentRole)}, _of_reassignments
    ),
    CaseUnassigned: Reading(_HELD, lambda frame: iter((_turns(frame, facts.CaseGivenUp, "worker_id"),))),
    CaseClosed: Reading({"case_id": ID}, _bare(facts.CaseEnded, CASE, "case_id")),
    CriticalIncidentRecorded: Reading(
        {
            "incident_id": ID,
            "kind": one_of(IncidentKind),
            "severity": one_of(Severity),
            "exposures": _EXPOSURES,
            "case_id": ID_OR_NULL,
        },
        _of_incidents,
    ),
    SupervisionHeld: Reading(
        {"supervisor_id": ID, "worker_ids": IDS, "kind": one_of(SupervisionKind)}, _of_supervision
    ),
    PeerSupportHeld: Reading({"worker_ids": IDS}, _sessions(ReliefKind.PEER_SUPPORT)),
    DebriefHeld: Reading({"worker_ids": IDS}, _sessions(ReliefKind.DEBRIEF)),
}
"""Every event of the load model; a test holds it against `LOAD_EVENTS`."""

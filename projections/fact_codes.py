"""The fixed-width form of a fact of the load model: one record of numbers, names apart.

A worker's row holds hundreds of facts, and a rebuild packs millions of them in columns, so facts are not kept as JSON.
Enum values are stored by their place in the enum: a change of order needs a new version of the projection (a test
pins the order).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from math import isnan
from typing import assert_never
from uuid import UUID

import numpy as np
import numpy.typing as npt

from domain.identifiers import CaseId, IncidentId, WorkerId
from domain.load import facts
from domain.load.facts import CaseFact, WorkerFact
from domain.load.facts_from_events import Known
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
)

FACT = np.dtype(
    [
        ("at", "<i8"),  # microseconds since 1970
        ("recorded_at", "<i8"),  # likewise
        ("number", "<f8"),  # full-time share, number of supervisees, expected end [µs]; NaN where not known
        ("event_id", "V16"),
        ("name", "<i4"),  # place among the row's names: a case or a worker; -1 where none
        ("other", "<i4"),  # likewise: the incident
        ("harms", "<u2"),  # one bit a harm type; NOT_ASSESSED
        ("kind", "u1"),  # place in KINDS
        ("rank", "u1"),
        ("code", "u1"),  # place in the enum that the kind has; NO_CODE where not known
        ("severity", "u1"),
        ("route", "u1"),
        ("spare", "u1"),
    ]
)
"""One fact, 56 bytes, little-endian."""

Facts = npt.NDArray[np.void]
Fact = WorkerFact | CaseFact

KINDS: tuple[type[facts.Fact], ...] = (
    facts.Hours,
    facts.Stage,
    facts.AbsenceStarted,
    facts.AbsenceEnded,
    facts.Left,
    facts.Exposed,
    facts.SupervisionGiven,
    facts.Relieved,
    facts.CaseTaken,
    facts.CaseGivenUp,
    facts.CaseOpened,
    facts.RiskReassessed,
    facts.PrimaryHeldBy,
    facts.CaseEnded,
    facts.PartErased,
)
KIND_CODE = {kind: code for code, kind in enumerate(KINDS)}

STAGES, ABSENCES, ROLES = tuple(CareerStage), tuple(AbsenceKind), tuple(AssignmentRole)
INCIDENTS, SEVERITIES, ROUTES = tuple(IncidentKind), tuple(Severity), tuple(ExposureRoute)
RELIEFS, RISKS, HARMS = tuple(ReliefKind), tuple(RiskLevel), tuple(HarmType)

NO_CODE = 0xFF
NOT_ASSESSED = 0xFFFF
NO_NAME = -1
NOT_KNOWN = float("nan")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
FactRecord = tuple[int, int, float, bytes, int, int, int, int, int, int, int, int, int]


def microseconds(moment: datetime) -> int:
    """Count microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(count: int) -> datetime:
    """Give the moment of a count of microseconds."""
    return _EPOCH + timedelta(microseconds=count)


def harm_bits(harms: tuple[HarmType, ...] | None) -> int:
    """Write harm types as bits. Order and repetition are lost: the model reads a set."""
    return NOT_ASSESSED if harms is None else sum({1 << HARMS.index(harm) for harm in harms})


def harms_of(bits: int) -> tuple[HarmType, ...] | None:
    """Read harm types, in the enum's order."""
    return None if bits == NOT_ASSESSED else tuple(harm for place, harm in enumerate(HARMS) if bits >> place & 1)


def encode(fact: Fact, names: Sequence[str]) -> FactRecord:
    """Write a fact as one record; `names` must hold every id that it names (`named_by`)."""
    name, other, number, harms, code, severity, route = NO_NAME, NO_NAME, NOT_KNOWN, NOT_ASSESSED, NO_CODE, 0, 0
    match fact:
        case facts.Hours():
            number = fact.fte
        case facts.Stage():
            code = STAGES.index(fact.stage)
        case facts.AbsenceStarted():
            code = ABSENCES.index(fact.kind)
            number = NOT_KNOWN if fact.expected_until is None else float(microseconds(fact.expected_until))
        case facts.AbsenceEnded() | facts.Left() | facts.CaseEnded():
            pass
        case facts.Exposed():
            code, severity, route = (
                INCIDENTS.index(fact.kind),
                SEVERITIES.index(fact.severity),
                ROUTES.index(fact.route),
            )
            name = NO_NAME if fact.case_id is None else names.index(fact.case_id)
            other = names.index(fact.incident_id)
        case facts.SupervisionGiven():
            number = float(fact.supervisees)
        case facts.Relieved():
            code = RELIEFS.index(fact.kind)
        case facts.CaseTaken() | facts.CaseGivenUp():
            code, name = ROLES.index(fact.role), names.index(fact.case_id)
        case facts.CaseOpened() | facts.RiskReassessed():
            code, harms = NO_CODE if fact.risk is None else RISKS.index(fact.risk), harm_bits(fact.harm_types)
        case facts.PrimaryHeldBy():
            name = names.index(fact.worker_id)
        case facts.PartErased():
            name = names.index(fact.person)
        case _:
            assert_never(fact)
    at, recorded_at, kind = microseconds(fact.at), microseconds(fact.recorded_at), KIND_CODE[type(fact)]
    event_id = fact.event_id.bytes
    return at, recorded_at, number, event_id, name, other, harms, kind, fact.rank, code, severity, route, 0


def named_by(fact: Fact) -> tuple[str, ...]:
    """Give the ids that a fact names beside its subject."""
    match fact:
        case facts.Exposed():
            return (fact.incident_id,) if fact.case_id is None else (fact.case_id, fact.incident_id)
        case facts.CaseTaken() | facts.CaseGivenUp():
            return (fact.case_id,)
        case facts.PrimaryHeldBy():
            return (fact.worker_id,)
        case facts.PartErased():
            return (fact.person,)
        case _:
            return ()


def decode_all(told: Facts, names: Sequence[str]) -> list[Fact]:
    """Read records back as the facts they were written from."""
    at, recorded_at = _moments(told["at"]), _moments(told["recorded_at"])
    ids = [UUID(bytes=event_id) for event_id in told["event_id"].tolist()]
    ranks, kinds, rest = told["rank"].tolist(), told["kind"].tolist(), told[REST].tolist()
    return [
        DECODERS[kind](Known(event_id=event_id, at=then, recorded_at=learned, rank=rank), names, fields)
        for event_id, then, learned, rank, kind, fields in zip(ids, at, recorded_at, ranks, kinds, rest, strict=True)
    ]


def decode(record: FactRecord, names: Sequence[str]) -> Fact:
    """Read one record back."""
    return decode_all(np.array([record], FACT), names)[0]


def _moments(counts: npt.NDArray[np.int64]) -> list[datetime]:
    naive: list[datetime] = counts.astype("M8[us]").tolist()
    return [one.replace(tzinfo=UTC) for one in naive]


REST = ["name", "other", "number", "harms", "code", "severity", "route"]
Fields = tuple[int, int, float, int, int, int, int]
Decoder = Callable[[Known, Sequence[str], Fields], Fact]


def _exposed(known: Known, names: Sequence[str], fields: Fields) -> Fact:
    name, other, _, _, code, severity, route = fields
    return facts.Exposed(
        **known,
        incident_id=IncidentId(names[other]),
        case_id=None if name == NO_NAME else CaseId(names[name]),
        kind=INCIDENTS[code],
        severity=SEVERITIES[severity],
        route=ROUTES[route],
    )


def _away(known: Known, _: Sequence[str], fields: Fields) -> Fact:
    until = None if isnan(fields[2]) else moment(int(fields[2]))
    return facts.AbsenceStarted(**known, kind=ABSENCES[fields[4]], expected_until=until)


def _opened(known: Known, _: Sequence[str], fields: Fields) -> Fact:
    risk = None if fields[4] == NO_CODE else RISKS[fields[4]]
    return facts.CaseOpened(**known, harm_types=harms_of(fields[3]), risk=risk)


_DECODER_OF: dict[type[facts.Fact], Decoder] = {
    facts.Hours: lambda known, _, fields: facts.Hours(**known, fte=fields[2]),
    facts.Stage: lambda known, _, fields: facts.Stage(**known, stage=STAGES[fields[4]]),
    facts.AbsenceStarted: _away,
    facts.AbsenceEnded: lambda known, _, __: facts.AbsenceEnded(**known),
    facts.Left: lambda known, _, __: facts.Left(**known),
    facts.Exposed: _exposed,
    facts.SupervisionGiven: lambda known, _, fields: facts.SupervisionGiven(**known, supervisees=int(fields[2])),
    facts.Relieved: lambda known, _, fields: facts.Relieved(**known, kind=RELIEFS[fields[4]]),
    facts.CaseTaken: lambda known, names, fields: facts.CaseTaken(
        **known, case_id=CaseId(names[fields[0]]), role=ROLES[fields[4]]
    ),
    facts.CaseGivenUp: lambda known, names, fields: facts.CaseGivenUp(
        **known, case_id=CaseId(names[fields[0]]), role=ROLES[fields[4]]
    ),
    facts.CaseOpened: _opened,
    facts.RiskReassessed: lambda known, _, fields: facts.RiskReassessed(
        **known, harm_types=harms_of(fields[3]), risk=RISKS[fields[4]]
    ),
    facts.PrimaryHeldBy: lambda known, names, fields: facts.PrimaryHeldBy(
        **known, worker_id=WorkerId(names[fields[0]])
    ),
    facts.CaseEnded: lambda known, _, __: facts.CaseEnded(**known),
    facts.PartErased: lambda known, names, fields: facts.PartErased(**known, person=names[fields[0]]),
}
DECODERS: tuple[Decoder, ...] = tuple(_DECODER_OF[kind] for kind in KINDS)

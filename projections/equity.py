"""Equity: who was given which new cases, and how heavy were they? Asked by leaders who answer for fair shares.

No protected characteristic is held here or used. A service that holds them elsewhere can join them to this outside, by
its own pseudonyms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.events.case import CaseEvent
from domain.evolve.case import CaseState, evolve_case
from domain.identifiers import CaseId, WorkerId
from domain.load.exposure import CaseProfile
from projections.case_files import CASE_EVENTS, HOLDING_UNCHANGED, OTHER_THAN_CASES, case_id_of
from projections.corrections import CORRECTIONS
from projections.dated_events import DatedEvent, Dossier, dossiers

IGNORES = OTHER_THAN_CASES | HOLDING_UNCHANGED
HANDLES = (CASE_EVENTS - HOLDING_UNCHANGED) | CORRECTIONS


@dataclass(frozen=True, slots=True)
class Received:
    """A case that came to a worker as its primary worker, weighed as it was assessed at that moment."""

    worker_id: WorkerId
    case_id: CaseId
    at: datetime
    profile: CaseProfile

    @property
    def is_heavy(self) -> bool:
        """Whether it was of high or very high risk then; a risk that is not known is not counted as high."""
        return self.profile.risk is not None and self.profile.risk.is_high


def received(
    rows: Mapping[str, Dossier], since: datetime, until: datetime, known_at: datetime | None = None
) -> tuple[Received, ...]:
    """Give the cases that came to a primary worker in a period, in order of time."""
    found = [
        one for key, row in rows.items() for one in row.worked_out(key, _of_case, until, known_at) if one.at >= since
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.case_id)))


def _of_case(key: str, told: Sequence[DatedEvent]) -> tuple[Received, ...]:
    case_id = case_id_of(key)
    state = CaseState(case_id)
    found: list[Received] = []
    for dated in told:
        event = dated.event()
        if not isinstance(event, CaseEvent):
            continue
        before, state = state.primary, evolve_case(state, event, dated.at)
        now = state.primary
        if now is not None and (before is None or before.worker_id != now.worker_id):
            found.append(Received(now.worker_id, case_id, dated.at, CaseProfile(state.harm_types, state.risk)))
    return tuple(found)


EQUITY = dossiers("equity", version=1, handles=HANDLES, ignores=IGNORES, subject="case")

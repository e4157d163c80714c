"""What a proposal relies on, and what of it has changed since."""

from typing import get_args

from allocation_engine.errors import Change
from allocation_engine.persistence.event_log import Criterion, EventLog, Query
from allocation_engine.planning.policy_in_force import ADOPTIONS
from domain.events import DomainEvent
from domain.events.allocation import ProposalContent
from domain.events.case import CaseEvent
from domain.events.corrections import PersonErased
from projections import WORKER_LOAD, WORKFORCE
from projections.corrections import CORRECTIONS

CASE_FACTS: frozenset[type[DomainEvent]] = frozenset({*get_args(CaseEvent), PersonErased}) | CORRECTIONS
WORKER_FACTS: frozenset[type[DomainEvent]] = WORKER_LOAD.handles | WORKFORCE.handles
"""Whatever a worker's load, post or caseload follows from. A check-in, say, changes none of them."""


def relied_on(content: ProposalContent) -> Query:
    """Give what would make the proposal stale: news of its cases, of the workers who would take them, or of policy."""
    cases = sorted({choice.case_id for choice in content.choices})
    workers = {choice.worker_id for choice in content.choices}
    workers |= {choice.from_worker_id for choice in content.choices if choice.from_worker_id is not None}
    return (
        ADOPTIONS,
        *(Criterion(frozenset({f"case:{case_id}"}), CASE_FACTS) for case_id in cases),
        *(Criterion(frozenset({f"worker:{worker_id}"}), WORKER_FACTS) for worker_id in sorted(workers)),
    )


def changes_since(log: EventLog, content: ProposalContent) -> tuple[Change, ...]:
    """Read what has changed since the proposal was made, oldest first."""
    stored = log.read(relied_on(content), after=content.seen_position).events
    return tuple(
        Change(one.position, one.record.event.wire_type(), tuple(sorted(one.record.event.tags()))) for one in stored
    )

"""What the service's own record tells of the weeks to come: how often cases come and close, of what kind, and its sessions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from allocation_engine.errors import SettingsError
from allocation_engine.persistence.store import Store
from allocation_engine.planning.situation import Situation, read_situation
from allocation_engine.planning.what_if.scenario import Assumptions
from domain.evolve.case import CaseState
from domain.identifiers import WorkerId
from domain.load.facts import Relieved, SupervisionGiven
from domain.policy.policy_set import PolicySet
from domain.vocabulary import AssignmentRole
from projections import WAITING_CASES
from projections.case_files import case_as_at
from projections.case_stretches import stretches_of_case
from projections.dated_events import Dossier

SESSIONS_REPEATED = timedelta(weeks=13)
"""Sessions of so long go on as they were: a quarter holds every usual rhythm of supervision."""

DAY = timedelta(days=1)

Session = Relieved | SupervisionGiven


@dataclass(frozen=True)
class ServiceRecord:
    """A service as it stands when a run begins, and what its record tells of what is to come.

    Attributes
    ----------
    situation
        Everybody's post, caseload and load, and who waits, as at the beginning.
    referrals_per_week, days_worked
        How often a case comes, and for how long one is worked on average [day].
    referrals_counted, closings_counted
        The cases that these rest on; None where the number was given.
    kinds
        The cases referred in the time looked back on, from which new ones are drawn.
    sessions
        Each worker's sessions that are repeated.
    """

    situation: Situation
    referrals_per_week: float
    days_worked: float
    referrals_counted: int | None
    closings_counted: int | None
    kinds: tuple[CaseState, ...]
    sessions: Mapping[WorkerId, tuple[Session, ...]]

    @property
    def begins(self) -> datetime:
        """The moment at which the first week begins."""
        return self.situation.as_at


def read_record(
    store: Store,
    policy: PolicySet,
    begins: datetime,
    now: datetime,
    assumed: Assumptions,
    known_at: datetime | None = None,
) -> ServiceRecord:
    """Read a service as at the beginning of a run, and its record of the time before.

    What was recorded after `known_at` is left out, so that whoever reads the same again later finds the same.

    Raises
    ------
    SettingsError
        The record does not tell how often cases come or close, and nor does the what-if: unknown is never zero.
    """
    situation = read_situation(store, policy, begins, known_at)
    rows = store.read_models.rows(WAITING_CASES)
    until = min(begins, now)
    since = until - timedelta(weeks=assumed.look_back_weeks)
    cases = [case_as_at(key, row, until, known_at) for key, row in sorted(rows.items())]
    referred = tuple(one for one in cases if one.opened_at is not None and one.opened_at >= since)
    per_week, counted = _referrals(assumed, len(referred))
    worked, closings = _worked(assumed, rows, since, until, known_at)
    return ServiceRecord(
        situation=situation,
        referrals_per_week=per_week,
        days_worked=worked,
        referrals_counted=counted,
        closings_counted=closings,
        kinds=referred,
        sessions=_sessions(situation, until) if assumed.supervision_goes_on else {},
    )


def _referrals(assumed: Assumptions, referred: int) -> tuple[float, int | None]:
    if assumed.referrals_per_week is not None:
        if assumed.referrals_per_week > 0 and referred == 0:
            raise SettingsError(
                "assumptions.look_back_weeks",
                "no case was referred in the time looked back on, so there is none to draw new ones from: look back further",
            )
        return assumed.referrals_per_week, None
    if referred == 0:
        raise SettingsError(
            "assumptions.referrals_per_week",
            "no case was referred in the time looked back on, and how many will come is not known: give a number, 0 if none",
        )
    return referred / assumed.look_back_weeks, referred


def _worked(
    assumed: Assumptions, rows: Mapping[str, Dossier], since: datetime, until: datetime, known_at: datetime | None
) -> tuple[float, int | None]:
    """Give how long a case is worked on average: days held over cases closed, which is what a constant rate has it."""
    if not assumed.cases_close:
        return float("inf"), None
    if assumed.days_worked is not None:
        return assumed.days_worked, None
    held, closed = timedelta(), 0
    for key, row in rows.items():
        case = case_as_at(key, row, until, known_at)
        closed += case.closed_at is not None and case.closed_at >= since and bool(case.past_primaries)
        for one in stretches_of_case(key, row, until, known_at):
            if one.role is AssignmentRole.PRIMARY:
                held += max(min(one.until or until, until) - max(one.since, since), timedelta())
    if closed == 0:
        raise SettingsError(
            "assumptions.days_worked",
            "no case was closed in the time looked back on, and how long one is worked is not known: give the days",
        )
    return held / DAY / closed, closed


def _sessions(situation: Situation, until: datetime) -> dict[WorkerId, tuple[Session, ...]]:
    since = until - SESSIONS_REPEATED
    return {
        worker_id: tuple(fact for fact in history if isinstance(fact, Session) and since <= fact.at < until)
        for worker_id, history in situation.histories.items()
    }

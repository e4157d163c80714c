"""The service at a glance, for its leaders: now, four weeks ago and twelve weeks ago; teams where they are not too small."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum

from allocation_engine.persistence.store import Store
from allocation_engine.planning.situation import Situation, read_situation
from allocation_engine.reporting.alerts import blind_spots
from allocation_engine.reporting.follow_ups import report_follow_ups
from allocation_engine.reporting.posts import NOT_RECORDED, Breakdown, Group
from allocation_engine.reporting.supervision import HeldAgainstAgreed, report_supervision
from domain.alerts import RULES, Alerts
from domain.evolve.worker import WorkerState
from domain.identifiers import WorkerId
from domain.policy.policy_set import PolicySet
from domain.policy.small_groups import too_small_to_show
from domain.vocabulary import AssignmentRole, Priority
from projections import LEARNING
from projections.caseload import HeldCase
from projections.learning import learning

WEEKS_AGO = (4, 12)
"""Beside which earlier days the present stands."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is told of a group of workers at a moment.

    Attributes
    ----------
    people, away
        In post, and absent that day [person].
    fte
        Contracted hours of those whose hours are recorded [full time].
    without_hours
        Whose hours are not recorded, so that nobody can say whether they are over capacity [person].
    over_capacity
        Whose load is over capacity [person].
    mean_share
        Mean load as a share of capacity [1], of those whose capacity is known; None if these are too few to tell of.
    cases, high_risk
        Cases held as primary worker, and those of high or very high risk [case].
    risk_unknown
        Those whose risk is not known: they are not counted as high [case].
    sessions_agreed, sessions_held
        Supervision of the last period that agreements call for, and held under one [session].
    without_agreement
        With no agreement on supervision [person].
    follow_ups_overdue
        Follow-ups after incidents that should be done by now [follow-up].
    learned
        Who took part in learning, peer support or service development in the learning period [person].
    """

    people: int
    away: int
    fte: float
    without_hours: int
    over_capacity: int
    mean_share: float | None
    cases: int
    high_risk: int
    risk_unknown: int
    sessions_agreed: float
    sessions_held: int
    without_agreement: int
    follow_ups_overdue: int
    learned: int

    @property
    def high_risk_share(self) -> float | None:
        """High-risk cases as a share of those whose risk is known [1]."""
        known = self.cases - self.risk_unknown
        return self.high_risk / known if known else None

    @property
    def held_share(self) -> float | None:
        """Supervision held as a share of what was agreed [1]; None where nothing was."""
        return self.sessions_held / self.sessions_agreed if self.sessions_agreed else None

    @property
    def learned_share(self) -> float | None:
        """People who took part in learning as a share of those in post [1]."""
        return self.learned / self.people if self.people else None


@dataclass(frozen=True, slots=True)
class TeamFigures:
    """A team's figures; None where the team is too small to show, or a small one would follow from it."""

    name: str
    people: int
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Open cases with no primary worker; `longest_days` is None where none waits [day]."""

    cases: int
    urgent: int
    longest_days: float | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The service as at a moment; `service` is None where it is too small to show."""

    as_at: datetime
    service: Figures | None
    teams: tuple[TeamFigures, ...]
    waiting: Waiting
    open_alerts: Mapping[str, int]

    @property
    def alerts(self) -> int:
        """All alerts that were open."""
        return sum(self.open_alerts.values())


def report_overview(
    store: Store, policy: PolicySet, as_at: datetime, known_at: datetime | None = None
) -> tuple[Snapshot, ...]:
    """Give the service now and at each earlier day, latest first, all by the policy of now: so like stands beside like."""
    alerts = blind_spots(store, policy, as_at, known_at)
    moments = (as_at, *(as_at - timedelta(weeks=weeks) for weeks in WEEKS_AGO))
    return tuple(_snapshot(store, policy, moment, known_at, alerts) for moment in moments)


def _snapshot(store: Store, policy: PolicySet, as_at: datetime, known_at: datetime | None, alerts: Alerts) -> Snapshot:
    seen = _Seen(store, policy, as_at, known_at)
    teams: dict[str, list[WorkerId]] = {}
    for worker_id, post in seen.situation.workers.items():
        teams.setdefault(post.team_id or NOT_RECORDED, []).append(worker_id)
    smallest = policy.practice.smallest_group.value
    hidden = too_small_to_show({name: len(people) for name, people in teams.items()}, smallest)
    everybody = tuple(seen.situation.workers)
    return Snapshot(
        as_at=as_at,
        service=seen.figures(everybody, None) if len(everybody) >= smallest else None,
        teams=tuple(
            TeamFigures(
                name,
                len(people),
                None if name in hidden else seen.figures(people, Group(Breakdown.TEAM, name)),
            )
            for name, people in sorted(teams.items())
        ),
        waiting=_waiting(seen.situation),
        open_alerts=_open_alerts(alerts, as_at),
    )


class _Seen:
    """All that is read for one moment, once for every group."""

    def __init__(self, store: Store, policy: PolicySet, as_at: datetime, known_at: datetime | None) -> None:
        practice = policy.practice
        self._smallest = practice.smallest_group.value
        self.situation = read_situation(store, policy, as_at, known_at)
        period = as_at - timedelta(days=practice.reporting_period.value)
        held = report_supervision(store, policy, period, as_at, known_at).held
        self._supervision: Mapping[Group | None, HeldAgainstAgreed] = {one.group: one for one in held}
        follow_ups = report_follow_ups(store, period, as_at, known_at)
        self._owed_to = [(one.worker_id, follow_ups.posts.get(one.worker_id)) for one in follow_ups.overdue]
        store.read_models.catch_up(LEARNING)
        rows = store.read_models.rows(LEARNING)
        learned = learning(rows, as_at - timedelta(days=practice.learning_period.value), as_at, known_at)
        self._learned = {worker_id for worker_id, one in learned.items() if one.activities}

    def figures(self, people: Iterable[WorkerId], group: Group | None) -> Figures:
        """Draw up the figures of a group."""
        people = tuple(people)
        loads = [self.situation.loads[one] for one in people]
        posts = [self.situation.workers[one] for one in people]
        shares = [one.load.total / one.capacity for one in loads if one.capacity is not None]
        primary = [one for who in people for one in self._primary(who)]
        supervision = self._supervision.get(group)
        return Figures(
            people=len(people),
            away=sum(one.is_away(self.situation.as_at) for one in posts),
            fte=fsum(one.fte for one in posts if one.fte is not None),
            without_hours=sum(one.fte is None for one in posts),
            over_capacity=sum(share > 1 for share in shares),
            mean_share=fsum(shares) / len(shares) if len(shares) >= self._smallest else None,
            cases=len(primary),
            high_risk=sum(one.case.risk is not None and one.case.risk.is_high for one in primary),
            risk_unknown=sum(one.case.risk is None for one in primary),
            sessions_agreed=0.0 if supervision is None else supervision.agreed,
            sessions_held=0 if supervision is None else supervision.held,
            without_agreement=0 if supervision is None else supervision.without,
            follow_ups_overdue=sum(group is None or _is_of(post, group) for _, post in self._owed_to),
            learned=sum(one in self._learned for one in people),
        )

    def _primary(self, worker_id: WorkerId) -> list[HeldCase]:
        held = self.situation.caseloads.get(worker_id, ())
        return [one for one in held if one.role is AssignmentRole.PRIMARY]


def _is_of(post: WorkerState | None, group: Group) -> bool:
    return post is not None and (post.team_id or NOT_RECORDED) == group.name


def _waiting(situation: Situation) -> Waiting:
    waiting = situation.waiting
    return Waiting(
        cases=len(waiting),
        urgent=sum(one.case.priority is Priority.URGENT for one in waiting),
        longest_days=max((one.waiting_days for one in waiting), default=None),
    )


def _open_alerts(alerts: Alerts, as_at: datetime) -> dict[str, int]:
    """Count the alerts that had been raised by a moment and not answered by then, by rule."""
    counts = dict.fromkeys((rule.code for rule in RULES), 0)
    for one in alerts.alerts:
        if one.finding.raised_at <= as_at and (one.answer is None or one.answer.at > as_at):
            counts[one.rule.code] += 1
    return counts

"""Check-ins: a worker's own beside their account, of teams only how many, and the concerns that wait for an answer."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from allocation_engine.persistence.store import Store
from allocation_engine.reporting.posts import Breakdown, Posts, in_post, members, read_posts
from domain.identifiers import WorkerId
from domain.policy.policy_set import PolicySet
from domain.policy.small_groups import too_small_to_show
from projections import CHECK_INS, WORKER_LOAD
from projections.check_ins import CheckInBeside, Concern, beside_account, check_ins, checked_in_between, concerns
from projections.dated_events import EMPTY
from projections.worker_load import account, cases_of, history_of


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """How many people checked in during a period; None where that would tell of few, or of another team.

    `team` is None for the whole service.
    """

    team: str | None
    people: int
    checked_in: int | None


@dataclass(frozen=True)
class CheckInReport:
    """Check-ins of a period by team, in numbers only, and concerns open at its end or answered in it."""

    since: datetime
    as_at: datetime
    team: str | None
    teams: tuple[CheckedIn, ...]
    open_concerns: tuple[Concern, ...]
    answered_concerns: tuple[Concern, ...]
    posts: Posts


def own_check_ins(
    store: Store,
    policy: PolicySet,
    worker_id: WorkerId,
    since: datetime,
    as_at: datetime,
    known_at: datetime | None = None,
) -> tuple[CheckInBeside, ...]:
    """Give one worker's check-ins of a period, each beside the account as at that moment: for the worker first."""
    store.read_models.catch_up(CHECK_INS)
    store.read_models.catch_up(WORKER_LOAD)
    key = f"worker:{worker_id}"
    told = check_ins(store.read_models.row(CHECK_INS, key) or EMPTY, as_at, known_at)
    rows = store.read_models.rows(WORKER_LOAD, [key])
    rows |= store.read_models.rows(WORKER_LOAD, cases_of(history_of(key, rows, known_at)))
    account_at = partial(account, worker_id, rows, policy.load, known_at=known_at)
    return beside_account(tuple(one for one in told if one.at > since), account_at, policy.practice)


def report_check_ins(
    store: Store,
    policy: PolicySet,
    since: datetime,
    as_at: datetime,
    known_at: datetime | None = None,
    team: str | None = None,
) -> CheckInReport:
    """Bring the view up to date and read it: teams in numbers, concerns by worker."""
    store.read_models.catch_up(CHECK_INS)
    rows = store.read_models.rows(CHECK_INS)
    posts = read_posts(store, as_at, known_at)
    here = in_post(posts, team)
    own = [one for one in concerns(rows, as_at, known_at) if one.worker_id in here]
    told = checked_in_between(rows, since, as_at, known_at)
    teams = members(in_post(posts), Breakdown.TEAM, policy)
    return CheckInReport(
        since=since,
        as_at=as_at,
        team=team,
        teams=tuple(one for one in _by_team(teams, told, policy) if team in {None, one.team}),
        open_concerns=tuple(one for one in own if one.answered_at is None),
        answered_concerns=tuple(one for one in own if one.answered_at is not None and one.answered_at > since),
        posts=posts,
    )


def _by_team(teams: dict[str, tuple[WorkerId, ...]], told: frozenset[WorkerId], policy: PolicySet) -> list[CheckedIn]:
    smallest = policy.practice.smallest_group.value
    counts = {team: len(told.intersection(people)) for team, people in teams.items()}
    hidden = too_small_to_show(counts, smallest)
    found = [
        CheckedIn(team, len(people), None if team in hidden or counts[team] < smallest else counts[team])
        for team, people in teams.items()
    ]
    total = sum(counts.values())
    people = sum(len(one) for one in teams.values())
    return [*found, CheckedIn(None, people, total if total >= smallest else None)]

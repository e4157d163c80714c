"""Learning: what a worker took part in, which groups have access to it, and which needs of open cases lack a skill."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from allocation_engine.persistence.store import Store
from allocation_engine.reporting.cases import open_cases
from allocation_engine.reporting.posts import Breakdown, Group, Posts, in_post, members, read_posts
from domain.evolve.case import CaseState
from domain.identifiers import TeamId, WorkerId
from domain.policy.policy_set import PolicySet
from domain.policy.small_groups import too_small_to_show
from projections import LEARNING
from projections.learning import Activity, WorkerLearning, learning


@dataclass(frozen=True, slots=True)
class Access:
    """The share of a group's people in post who took part at least once in a period, by activity [1].

    `group` is None for everybody. `shares` is None where it would tell of few people, or of another small group.
    """

    group: Group | None
    people: int
    shares: Mapping[Activity, float] | None


@dataclass(frozen=True, slots=True)
class NeedCovered:
    """A need of open cases and who has the skill for it; `team` is None for the whole service, waiting cases included.

    `away` names those of `workers` who are absent at the moment.
    """

    team: TeamId | None
    need: str
    cases: int
    workers: tuple[WorkerId, ...]
    away: frozenset[WorkerId]


@dataclass(frozen=True, slots=True)
class SkillsGained:
    """How many workers gained a skill in a period, and how many open cases need it."""

    skill: str
    workers: int
    cases: int


@dataclass(frozen=True)
class LearningReport:
    """Access to learning over a period, and skills beside needs at its end."""

    since: datetime
    as_at: datetime
    team: str | None
    access: tuple[Access, ...]
    needs: tuple[NeedCovered, ...]
    skills_gained: tuple[SkillsGained, ...]
    posts: Posts

    @property
    def thinly_covered(self) -> tuple[NeedCovered, ...]:
        """The needs that nobody, or only one worker, has the skill for."""
        return tuple(one for one in self.needs if len(one.workers) <= 1)


def own_learning(
    store: Store, worker_id: WorkerId, since: datetime, as_at: datetime, known_at: datetime | None = None
) -> WorkerLearning:
    """Give what one worker took part in and gained in a period."""
    store.read_models.catch_up(LEARNING)
    rows = store.read_models.rows(LEARNING, [f"worker:{worker_id}"])
    return learning(rows, since, as_at, known_at).get(worker_id) or WorkerLearning(worker_id, (), ())


def report_learning(
    store: Store,
    policy: PolicySet,
    since: datetime,
    as_at: datetime,
    known_at: datetime | None = None,
    team: str | None = None,
) -> LearningReport:
    """Bring the views up to date and read them: access over a period, skills and needs at its end."""
    store.read_models.catch_up(LEARNING)
    told = learning(store.read_models.rows(LEARNING), since, as_at, known_at)
    posts = read_posts(store, as_at, known_at)
    cases = open_cases(store, as_at, known_at)
    everybody, here = in_post(posts), in_post(posts, team)
    access = _access(everybody, told, policy)
    if team is not None:
        # Of one team its own row alone: its parts beside the service's would tell of the other teams' few.
        access = (one for one in access if one.group == Group(Breakdown.TEAM, team))
    return LearningReport(
        since=since,
        as_at=as_at,
        team=team,
        access=tuple(access),
        needs=tuple(_needs_covered(cases, everybody, here, team, as_at)),
        skills_gained=tuple(_skills_gained(here, told, cases)),
        posts=posts,
    )


def _access(posts: Posts, told: Mapping[WorkerId, WorkerLearning], policy: PolicySet) -> Iterator[Access]:
    smallest = policy.practice.smallest_group.value
    everybody = tuple(posts)
    yield Access(None, len(everybody), _shares(everybody, told) if len(everybody) >= smallest else None)
    for by in Breakdown:
        groups = members(posts, by, policy)
        hidden = too_small_to_show({name: len(people) for name, people in groups.items()}, smallest)
        for name, people in groups.items():
            yield Access(Group(by, name), len(people), None if name in hidden else _shares(people, told))


def _shares(people: tuple[WorkerId, ...], told: Mapping[WorkerId, WorkerLearning]) -> dict[Activity, float]:
    took_part = [told[who].activities for who in people if who in told]
    return {activity: sum(activity in one for one in took_part) / len(people) for activity in Activity}


def _needs_covered(
    cases: Iterable[CaseState], everybody: Posts, here: Posts, team: str | None, as_at: datetime
) -> Iterator[NeedCovered]:
    """Count needs by the team that holds the case, and of the service as a whole where no one team is asked about."""
    by_team: dict[TeamId, list[CaseState]] = {}
    listed = tuple(cases)
    for case in listed:
        holder = None if case.primary is None else everybody.get(case.primary.worker_id)
        if holder is not None and holder.team_id is not None:
            by_team.setdefault(holder.team_id, []).append(case)
    if team is None:
        yield from _covered(None, listed, everybody, as_at)
    for team_id in sorted(by_team):
        if team in {None, team_id}:
            yield from _covered(team_id, by_team[team_id], in_post(here, team_id), as_at)


def _covered(team: TeamId | None, cases: Iterable[CaseState], people: Posts, as_at: datetime) -> Iterator[NeedCovered]:
    needs: dict[str, int] = {}
    for case in cases:
        for need in set(case.needs):
            needs[need] = needs.get(need, 0) + 1
    for need in sorted(needs):
        able = tuple(worker_id for worker_id, post in people.items() if need in post.skills)
        away = frozenset(worker_id for worker_id in able if people[worker_id].is_away(as_at))
        yield NeedCovered(team, need, needs[need], able, away)


def _skills_gained(
    here: Posts, told: Mapping[WorkerId, WorkerLearning], cases: Iterable[CaseState]
) -> Iterator[SkillsGained]:
    gained: dict[str, set[WorkerId]] = {}
    for worker_id in here:
        for one in told[worker_id].skills if worker_id in told else ():
            gained.setdefault(one.skill, set()).add(worker_id)
    needs = [need for case in cases for need in set(case.needs)]
    for skill in sorted(gained):
        yield SkillsGained(skill, len(gained[skill]), needs.count(skill))

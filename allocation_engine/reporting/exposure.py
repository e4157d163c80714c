"""Exposure: who carries which harm, by worker and by team, and which incidents reached them by which route."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import fsum

from allocation_engine.persistence.store import Store
from allocation_engine.planning import Situation
from allocation_engine.reporting.posts import NOT_RECORDED, Posts, in_post
from domain.evolve.case import CaseState
from domain.identifiers import CaseId, WorkerId
from domain.load.parameters import KnownOr
from domain.vocabulary import AssignmentRole, ExposureRoute, HarmType, RiskLevel
from projections import EXPOSURE
from projections.exposure import (
    WorkerExposure,
    by_harm,
    by_risk,
    cases_after_incident,
    exposure_of,
    incidents_between,
    is_high_trauma,
    routes_by_worker,
)


@dataclass(frozen=True, slots=True)
class TeamExposure:
    """What a team carries: its cases each counted once, by their primary worker, and its people's exposures.

    Attributes
    ----------
    cases
        Cases whose primary worker is in the team [case].
    by_harm, by_risk, high_trauma
        As for a worker, of these cases [case].
    incidents
        Exposures of the team's people in the period by route: one incident counts once a person [exposure].
    load_by_harm
        Load of the team's people by harm type [lp].
    """

    team: str
    people: int
    cases: int
    by_harm: Mapping[HarmType | KnownOr, int]
    by_risk: Mapping[RiskLevel | KnownOr, int]
    high_trauma: int
    incidents: Mapping[ExposureRoute, int]
    load_by_harm: Mapping[str, float]


@dataclass(frozen=True)
class ExposureReport:
    """Exposure as at a moment; incidents over the period up to it. Workers by id, teams by name."""

    since: datetime
    as_at: datetime
    team: str | None
    workers: tuple[WorkerExposure, ...]
    teams: tuple[TeamExposure, ...]
    posts: Posts


def report_exposure(
    store: Store,
    situation: Situation,
    since: datetime,
    team: str | None = None,
) -> ExposureReport:
    """Bring the view up to date and set it beside a situation: at its moment, by what was known as it says."""
    as_at, practice = situation.as_at, situation.policy.practice
    store.read_models.catch_up(EXPOSURE)
    longest = min(since, as_at - timedelta(days=practice.trauma_incident_period.value))
    found = incidents_between(store.read_models.rows(EXPOSURE), longest, as_at, situation.known_at)
    after_incident = cases_after_incident(found, practice, as_at)
    routes = routes_by_worker(one for one in found if one.at > since)
    here = in_post(situation.workers, team)
    workers = {
        worker_id: exposure_of(
            worker_id,
            [held.case for held in situation.caseloads.get(worker_id, ())],
            routes.get(worker_id, ()),
            after_incident,
            situation.accounts[worker_id],
        )
        for worker_id in here
    }
    return ExposureReport(
        since=since,
        as_at=as_at,
        team=team,
        workers=tuple(workers.values()),
        teams=tuple(_teams(here, workers, situation, after_incident)),
        posts=here,
    )


def _teams(
    here: Posts,
    workers: Mapping[WorkerId, WorkerExposure],
    situation: Situation,
    after_incident: frozenset[CaseId],
) -> Iterable[TeamExposure]:
    members: dict[str, list[WorkerId]] = {}
    for worker_id, post in here.items():
        members.setdefault(post.team_id or NOT_RECORDED, []).append(worker_id)
    for team in sorted(members):
        people = [workers[worker_id] for worker_id in members[team]]
        cases = [
            held.case
            for worker_id in members[team]
            for held in situation.caseloads.get(worker_id, ())
            if held.role is AssignmentRole.PRIMARY
        ]
        yield _team(team, people, cases, after_incident)


def _team(
    team: str, people: list[WorkerExposure], cases: list[CaseState], after_incident: frozenset[CaseId]
) -> TeamExposure:
    names = sorted({name for one in people for name in one.load_by_harm})
    return TeamExposure(
        team=team,
        people=len(people),
        cases=len(cases),
        by_harm=by_harm(cases),
        by_risk=by_risk(cases),
        high_trauma=sum(is_high_trauma(case, after_incident) for case in cases),
        incidents={route: sum(one.incidents[route] for one in people) for route in ExposureRoute},
        load_by_harm={name: fsum(one.load_by_harm.get(name, 0.0) for one in people) for name in names},
    )

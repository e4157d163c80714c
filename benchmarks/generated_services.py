"""Made-up services of any size as allocation problems, their loads worked out by the load model itself.

A service is drawn from a seed: authorities of about 200 workers, teams of about 25 that each serve an area, caseloads
held already, and cases that wait. It is a service under strain: more cases for each worker than the example policy
allows, so its caps are wider and its hours for each case fewer. A case may be taken by the team of its area, often by a
second team of its authority and, in linked services, now and then by a team of the next authority.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import numpy as np

from allocation_engine.bootstrap import example_policy
from domain.allocation import AllocationProblem, Candidate, Caps, CaseNeed, Factors
from domain.identifiers import CaseId, GroupId, TeamId, WorkerId
from domain.load import CaseProfile, LoadParameters, Outlook, outlook
from domain.load.exposure import TwoCompartments
from domain.load.facts import AbsenceStarted
from domain.load.forecast import added_rate, added_variance_per_day
from domain.vocabulary import AbsenceKind, AssignmentRole, CareerStage, HarmType, Priority, RiskLevel, Role

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HORIZON_DAYS = 28.0
WORKERS_IN_AN_AUTHORITY, WORKERS_IN_A_TEAM = 200, 25
HARMS = tuple(HarmType)
RISKS_HELD, RISKS_WAITING = (0.42, 0.40, 0.16, 0.02), (0.24, 0.42, 0.29, 0.05)
"""Shares of low, medium, high and very high risk: a case that is held has often calmed down."""

RARE_SKILL = "specialist:trafficking"
LANGUAGES = ("so", "pl", "ur", "cy")
HOURS = {RiskLevel.LOW: 0.7, RiskLevel.MEDIUM: 1.0, RiskLevel.HIGH: 1.4, RiskLevel.VERY_HIGH: 1.8}
CASELOAD_CAP = {CareerStage.NEWLY_QUALIFIED: 22, CareerStage.EXPERIENCED: 28, CareerStage.ADVANCED: 28}


@dataclass(frozen=True)
class Shape:
    """How large a service is; `linked` if teams across an authority's border may take some of its cases."""

    name: str
    workers: int
    waiting: int
    held: int
    linked: bool = False


SHAPES = {
    shape.name: shape
    for shape in (
        Shape("team", 15, 40, 200),
        Shape("service", 60, 150, 1_000),
        Shape("authority", 200, 600, 3_500),
        Shape("region", 2_000, 6_000, 35_000, linked=True),
        Shape("nation", 33_000, 60_000, 400_000),
        Shape("nation-linked", 33_000, 60_000, 400_000, linked=True),
    )
}


def generated_service(shape: Shape, seed: int) -> AllocationProblem:
    """Draw a service: the same shape and seed give the same problem."""
    return _Drawing(shape, np.random.default_rng([seed, shape.workers, shape.waiting])).problem()


def authorities_of(problem: AllocationProblem, shape: Shape) -> list[tuple[list[int], list[int]]]:
    """Give the places of each authority's cases and workers; a case belongs to the authority of its area.

    In a service that is not linked nobody else may take it, so the parts together are the whole.
    """
    authorities = max(1, round(shape.workers / WORKERS_IN_AN_AUTHORITY))
    teams = max(authorities, round(shape.workers / WORKERS_IN_A_TEAM))
    parts: list[tuple[list[int], list[int]]] = [([], []) for _ in range(authorities)]
    for kind, members in enumerate((problem.cases, problem.workers)):
        for place, one in enumerate(members):
            parts[int(str(one.area).removeprefix("a-")) * authorities // teams][kind].append(place)
    return parts


class _Drawing:
    """One service as it is drawn: teams, then workers with what they hold, then the cases that wait."""

    def __init__(self, shape: Shape, dice: np.random.Generator) -> None:
        self.shape, self.dice = shape, dice
        self.parameters = example_policy().load
        self.outlooks = _outlooks(self.parameters)
        authorities = max(1, round(shape.workers / WORKERS_IN_AN_AUTHORITY))
        teams = max(authorities, round(shape.workers / WORKERS_IN_A_TEAM))
        self.team_of = np.sort(dice.integers(0, teams, shape.workers)) if teams > 1 else np.zeros(shape.workers, int)
        self.authority_of_team = np.arange(teams) * authorities // teams
        self.teams_of = [np.flatnonzero(self.authority_of_team == one) for one in range(authorities)]

    def problem(self) -> AllocationProblem:
        shape = self.shape
        hours = self.dice.choice([1.0, 0.8, 0.6], shape.workers, p=[0.72, 0.18, 0.10])
        held = self.dice.multinomial(shape.held, self.dice.dirichlet(60.0 * hours))
        drawn = [self._worker(w, float(hours[w]), int(number)) for w, number in enumerate(held)]
        cases = self._cases([worker for worker, _ in drawn])
        profiles = [CaseProfile(case.harm_types, case.risk) for case in cases]
        outlooks = [one for _, one in drawn]
        return AllocationProblem(
            workers=tuple(worker for worker, _ in drawn),
            cases=tuple(cases),
            added_load=self._mean(profiles, AssignmentRole.PRIMARY, outlooks),
            added_load_co=self._mean(profiles, AssignmentRole.CO_WORKER, outlooks),
            caps=Caps(
                harm_type_share=0.75,
                harm_type_share_from=6,
                primary_roles=frozenset({Role.SOCIAL_WORKER}),
                co_worker_roles=frozenset({Role.SOCIAL_WORKER, Role.FAMILY_SUPPORT_WORKER}),
            ),
            added_variance=self._variance(profiles, AssignmentRole.PRIMARY, outlooks),
            added_variance_co=self._variance(profiles, AssignmentRole.CO_WORKER, outlooks),
        )

    def _worker(self, w: int, fte: float, held: int) -> tuple[Candidate, Outlook]:
        dice = self.dice
        role = Role(
            dice.choice([Role.SOCIAL_WORKER, Role.FAMILY_SUPPORT_WORKER, Role.SUPERVISOR], p=[0.87, 0.07, 0.06])
        )
        stage = CareerStage(dice.choice(list(CareerStage), p=[0.15, 0.65, 0.20]))
        ahead = self.outlooks[int(dice.choice(len(self.outlooks), p=[0.8, 0.08, 0.07, 0.05]))]
        cases = [self._profile(RISKS_HELD) for _ in range(held if role is Role.SOCIAL_WORKER else held // 3)]
        rates = [added_rate(case, AssignmentRole.PRIMARY, self.parameters) for case in cases]
        rate = TwoCompartments(sum(one.acute for one in rates), sum(one.cumulative for one in rates))
        acute = rate.acute * self.parameters.acute_time_constant.value + float(dice.gamma(0.4, 5.0))
        cumulative = rate.cumulative * self.parameters.cumulative_time_constant.value * float(dice.uniform(0.5, 0.9))
        factor = 0.9 if stage is CareerStage.NEWLY_QUALIFIED else 1.0
        spread = ahead.spread(self.parameters.incident_acute_share.value)
        hours_taken = sum(HOURS[case.risk] for case in cases if case.risk is not None)
        team = int(self.team_of[w])
        worker = Candidate(
            worker_id=WorkerId(f"w-{w:05}"),
            predicted_load=ahead.mean_load(TwoCompartments(acute, cumulative), rate),
            predicted_variance=spread
            * sum(added_variance_per_day(case, AssignmentRole.PRIMARY, self.parameters) for case in cases),
            capacity=100.0 * fte * factor * ahead.present,
            caseload_cap=int(CASELOAD_CAP[stage] * fte),
            high_risk_cap=int((6 if stage is CareerStage.NEWLY_QUALIFIED else 14) * fte),
            harm_type_cap=int(16 * fte),
            hours_available=34.0 * fte,
            new_cases_cap=max(2, int(8 * fte)),
            hours_taken=hours_taken,
            caseload=len(cases),
            high_risk=sum(case.risk is not None and case.risk.is_high for case in cases),
            by_harm={
                harm: number for harm in HARMS if (number := sum(harm in (one.harm_types or ()) for one in cases))
            },
            away=bool(dice.random() < 0.04),
            role=role,
            stage=stage,
            team_id=TeamId(f"t-{team:04}"),
            area=f"a-{team:04}",
            skills=frozenset(
                [f"harm:{harm}" for harm in HARMS if dice.random() < 0.6]
                + ([RARE_SKILL] if dice.random() < 0.05 else [])
            ),
            languages=frozenset(one for one in LANGUAGES if dice.random() < 0.08),
        )
        return worker, ahead

    def _profile(self, risks: tuple[float, ...]) -> CaseProfile:
        risk = RiskLevel(self.dice.choice(list(RiskLevel), p=risks))
        number = int(self.dice.choice([1, 2, 3], p=[0.55, 0.33, 0.12]))
        harms = self.dice.choice(len(HARMS), number, replace=False, p=[0.26, 0.17, 0.06, 0.12, 0.22, 0.10, 0.07])
        return CaseProfile(tuple(HARMS[h] for h in sorted(harms)), risk)

    def _cases(self, workers: list[Candidate]) -> list[CaseNeed]:
        """Draw the waiting cases, one group of siblings after another: three in four have none who waits too.

        A team's list is as long as it has room: what its workers carry less than a quarter above their capacity.
        """
        room = [
            max(1.25 * (one.capacity or 0.0) - one.predicted_load, 0.0)
            * (one.role is Role.SOCIAL_WORKER and not one.away)
            for one in workers
        ]
        homes = np.bincount(self.team_of, room, minlength=len(self.authority_of_team))
        homes = homes / homes.sum()
        dice, sizes = self.dice, []
        while sum(sizes) < self.shape.waiting:
            sizes.append(
                min(int(dice.choice([1, 2, 3, 4], p=[0.74, 0.16, 0.07, 0.03])), self.shape.waiting - sum(sizes))
            )
        starts = [0, *np.cumsum(sizes).tolist()]
        found: list[CaseNeed] = []
        for group, (start, end) in enumerate(pairwise(starts)):
            home = int(dice.choice(len(homes), p=homes))
            found += [
                self._case(c, home, GroupId(f"s-{group:05}") if end - start > 1 else None) for c in range(start, end)
            ]
        return found

    def _case(self, c: int, home: int, siblings: GroupId | None) -> CaseNeed:
        dice, profile = self.dice, self._profile(RISKS_WAITING)
        harms, risk = profile.harm_types or (), profile.risk or RiskLevel.MEDIUM
        teams = {home} if siblings else {home, *self._second_team(home)}
        return CaseNeed(
            case_id=CaseId(f"c-{c:06}"),
            priority=Priority(dice.choice(list(Priority), p=[0.1, 0.25, 0.65])),
            waiting_days=float(dice.integers(0, 40)),
            harm_types=harms,
            risk=risk,
            hours=HOURS[risk],
            needs=self._needs(harms[0]) if siblings is None else frozenset(),
            languages=frozenset({LANGUAGES[int(dice.integers(0, len(LANGUAGES)))]} if dice.random() < 0.1 else ()),
            area=f"a-{home:04}",
            sibling_group=siblings,
            peer_group=GroupId(f"p-{home:04}-{int(dice.integers(0, 3))}")
            if not siblings and dice.random() < 0.12
            else None,
            conflicts=frozenset(
                {WorkerId(f"w-{int(dice.integers(0, self.shape.workers)):05}")} if dice.random() < 0.05 else ()
            ),
            past_primaries=(WorkerId(f"w-{int(dice.choice(np.flatnonzero(self.team_of == home))):05}"),)
            if dice.random() < 0.08 and bool((self.team_of == home).any())
            else (),
            needs_co_worker=risk is RiskLevel.VERY_HIGH,
            teams=frozenset(TeamId(f"t-{team:04}") for team in sorted(teams)),
        )

    def _needs(self, harm: HarmType) -> frozenset[str]:
        """Draw what a case needs: often experience of its harm, and now and then one of the few specialists."""
        drawn = self.dice.random()
        return frozenset({RARE_SKILL} if drawn < 0.04 else {f"harm:{harm}"} if drawn < 0.39 else ())

    def _second_team(self, home: int) -> list[int]:
        authority = int(self.authority_of_team[home])
        if self.shape.linked and self.dice.random() < 0.03:
            authority = (authority + 1) % len(self.teams_of)
        elif self.dice.random() > 0.4:
            return []
        return [int(self.dice.choice(self.teams_of[authority]))]

    def _mean(self, profiles: list[CaseProfile], role: AssignmentRole, outlooks: list[Outlook]) -> Factors:
        rates = [added_rate(profile, role, self.parameters) for profile in profiles]
        return Factors(
            tuple((rate.acute, rate.cumulative) for rate in rates),
            tuple((ahead.from_rate.acute, ahead.from_rate.cumulative) for ahead in outlooks),
        )

    def _variance(self, profiles: list[CaseProfile], role: AssignmentRole, outlooks: list[Outlook]) -> Factors:
        share = self.parameters.incident_acute_share.value
        return Factors(
            tuple((added_variance_per_day(profile, role, self.parameters),) for profile in profiles),
            tuple((ahead.spread(share),) for ahead in outlooks),
        )


def _outlooks(parameters: LoadParameters) -> list[Outlook]:
    """Give the outlook of somebody at work throughout, and of three who are on leave for some of the weeks to come."""
    found = [outlook((), parameters, NOW, HORIZON_DAYS)]
    for weeks in (1, 2, 3):
        leave = AbsenceStarted(
            event_id=UUID(int=weeks),
            at=NOW - timedelta(days=7 * (3 - weeks)),
            recorded_at=NOW - timedelta(days=30),
            rank=0,
            kind=AbsenceKind.ANNUAL_LEAVE,
            expected_until=NOW + timedelta(days=7 * weeks),
        )
        found.append(outlook((leave,), parameters, NOW, HORIZON_DAYS))
    return found

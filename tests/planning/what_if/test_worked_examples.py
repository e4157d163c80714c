"""Worked examples that a practitioner can check: what each change does to a small service."""

import numpy as np
import pytest

from allocation_engine.errors import SettingsError
from allocation_engine.planning.what_if.ask import next_monday, run_record
from allocation_engine.planning.what_if.changes import (
    Absence,
    Change,
    HoursChange,
    Incident,
    Leaving,
    NewTeam,
    PolicyNumbers,
    Referrals,
    Starters,
    SupervisionChange,
    TeamsMerged,
    TeamSplit,
    WhoseCases,
)
from allocation_engine.planning.what_if.outcome import Outcome, Told
from allocation_engine.planning.what_if.scenario import Assumptions, Scenario, WhatIf
from domain.errors import InvalidPolicySet
from domain.identifiers import TeamId, WorkerId
from domain.vocabulary import AssignmentRole, CareerStage, ExposureRoute, IncidentKind, RiskLevel, Role, Severity
from tests.planning.what_if.services import BEGINS, NOW, STILL, made_up_record

CALM = Assumptions(referrals_per_week=0, cases_close=False, incidents=False, supervision_goes_on=False)
"""No chance at all: what happens is what the scenario says, and the weekly allocation."""


def run(assumed: Assumptions, *changes: Change, weeks: int = 6) -> Outcome:
    scenario = Scenario(id="one", title="The example", changes=changes)
    asked = WhatIf(title="An example", weeks=weeks, runs=1, assumptions=assumed, scenarios=(scenario,))
    return run_record(made_up_record(assumed), asked, processes=1)


def somebody() -> WorkerId:
    """Give a social worker at work who holds some cases, one of them of high risk at least."""
    situation = made_up_record(CALM).situation
    return next(
        one
        for one, held in situation.caseloads.items()
        if situation.workers[one].role is Role.SOCIAL_WORKER
        and not situation.workers[one].is_away(BEGINS)
        and any(case.case.risk is not None and case.case.risk.is_high for case in held)
        and sum(case.role is AssignmentRole.PRIMARY for case in held) > 2
    )


def held_by(worker: WorkerId) -> int:
    held = made_up_record(CALM).situation.caseloads[worker]
    return sum(one.role is AssignmentRole.PRIMARY for one in held)


def of(told: Told, worker: WorkerId) -> int:
    return told.future.workers.index(worker)


def test_a_serious_incident_adds_its_points_at_once() -> None:
    who = somebody()
    load = made_up_record(STILL).situation.policy.load
    points = load.incident_points[Severity.SEVERE].value * load.incident_kind_factor[IncidentKind.DEATH].value
    outcome = run(STILL, Incident(incident=IncidentKind.DEATH, severity=Severity.SEVERE, direct=(who,)))
    told = outcome.scenarios[0]
    added = told.courses.load[0, 0, of(told, who)] - outcome.baseline.courses.load[0, 0, of(told, who)]
    # Six days and 14 hours later the acute part has faded to exp(-6.58/7), the cumulative to exp(-6.58/42).
    days = 7 - 10 / 24
    share = load.incident_acute_share.value
    expected = (
        points
        * load.route_share[ExposureRoute.DIRECT].value
        * (share * np.exp(-days / 7) + (1 - share) * np.exp(-days / 42))
    )
    assert added == pytest.approx(expected, rel=1e-9)


def test_whoever_leaves_passes_on_every_case() -> None:
    who = somebody()
    outcome = run(CALM.model_copy(update={"allocate": False}), Leaving(worker=who, week=2), weeks=3)
    told = outcome.scenarios[0]
    assert told.courses.cases[0, 0, of(told, who)] == held_by(who)
    assert told.courses.cases[0, 1, of(told, who)] == 0
    more = told.courses.weeks["waiting"][0] - outcome.baseline.courses.weeks["waiting"][0]
    assert more.tolist() == [0, held_by(who), held_by(who)]
    assert told.without[0].tolist()[1] - outcome.baseline.without[0, 1] == held_by(who)


def test_while_somebody_is_ill_their_cases_stay_and_are_counted_as_without_them() -> None:
    who = somebody()
    outcome = run(CALM, Absence(worker=who, week=2, weeks=3), weeks=6)
    told = outcome.scenarios[0]
    more = told.without[0] - outcome.baseline.without[0]
    assert more.tolist()[1:4] == [held_by(who)] * 3 or min(more[1:4]) >= held_by(who)
    assert more.tolist()[0] == more.tolist()[4] == 0


def test_only_cases_of_high_risk_are_passed_on_where_that_is_asked() -> None:
    who = somebody()
    held = made_up_record(CALM).situation.caseloads[who]
    high = sum(
        one.role is AssignmentRole.PRIMARY and one.case.risk is not None and one.case.risk.is_high for one in held
    )
    quiet = CALM.model_copy(update={"allocate": False})
    told = run(quiet, Absence(worker=who, weeks=2, cases=WhoseCases.HIGH_RISK_PASSED_ON)).scenarios[0]
    assert told.courses.weeks["left"][0].tolist() == [high] * 6
    assert told.courses.weeks["left_high"][0].tolist() == [high] * 6
    assert told.courses.cases[0, 0, of(told, who)] == held_by(who) - high


def test_referred_cases_wait_or_are_placed() -> None:
    outcome = run(CALM, Referrals(number=3, risk=RiskLevel.LOW, week=2), weeks=3)
    told, base = outcome.scenarios[0], outcome.baseline
    waiting = told.courses.weeks["waiting"][0] - base.courses.weeks["waiting"][0]
    placed = (told.courses.weeks["placed"][0] - base.courses.weeks["placed"][0]).cumsum()
    assert waiting[0] == placed[0] == 0
    assert waiting[1] + placed[1] == 3


def test_a_starter_is_given_more_as_the_weeks_go_by() -> None:
    told = run(CALM, Starters(ramp_weeks=4, ramp_from=0.25)).scenarios[0]
    row = told.future.service.weeks[:, of(told, WorkerId("new-01"))]
    cap = made_up_record(CALM).situation.policy.limits.caseload_cap[CareerStage.EXPERIENCED].value
    shares = (0.25, 0.4375, 0.625, 0.8125, 1.0, 1.0)
    assert row["cases"].tolist() == [int(cap * share + 1e-9) for share in shares]
    assert told.future.capacity[:, of(told, WorkerId("new-01"))].tolist() == [100.0] * 6


def test_hours_supervision_and_policy_change_what_they_say() -> None:
    who = somebody()
    told = run(STILL, HoursChange(worker=who, fte=0.5, week=3)).scenarios[0]
    before, after = told.future.capacity[1, of(told, who)], told.future.capacity[2, of(told, who)]
    fte = made_up_record(STILL).situation.workers[who].fte
    assert fte is not None
    assert after == pytest.approx(before * 0.5 / fte)
    eased = run(STILL, SupervisionChange(every_days=14, workers=(who,)))
    assert eased.scenarios[0].courses.load[0, -1, of(told, who)] < eased.baseline.courses.load[0, -1, of(told, who)]
    place = "limits.caseload_cap.experienced"
    assert (
        run(STILL, PolicyNumbers(numbers={place: 3}))
        .scenarios[0]
        .future.policy.limits.caseload_cap[CareerStage.EXPERIENCED]
        .value
        == 3
    )
    with pytest.raises(InvalidPolicySet, match="no such number"):
        run(STILL, PolicyNumbers(numbers={"limits.nothing": 3}))


def test_teams_are_split_and_merged() -> None:
    situation = made_up_record(STILL).situation
    teams = sorted({one.team_id for one in situation.workers.values() if one.team_id is not None})
    members = [one.worker_id for one in situation.workers.values() if one.team_id == teams[0]]
    new = TeamId("t-new")
    split = run(STILL, TeamSplit(team=teams[0], week=2, into=(NewTeam(team=new, workers=tuple(members[:2])),)))
    told = split.scenarios[0]
    place = told.future.teams.index(new)
    assert (told.future.team_of == place).sum(axis=1).tolist() == [0, 2, 2, 2, 2, 2]
    merged = run(STILL, TeamsMerged(teams=tuple(teams[:2]), into=new)).scenarios[0]
    assert teams[0] not in {merged.future.teams[team] for team in merged.future.team_of[0] if team >= 0}
    with pytest.raises(SettingsError, match="nobody is in a team"):
        run(STILL, TeamsMerged(teams=(TeamId("t-none"), teams[0]), into=new))


def test_a_worker_who_is_not_there_is_refused() -> None:
    with pytest.raises(SettingsError, match="is not a worker here"):
        run(STILL, Leaving(worker=WorkerId("w-none")))


def test_weeks_begin_on_mondays() -> None:
    assert next_monday(NOW) == BEGINS
    assert next_monday(BEGINS) == BEGINS

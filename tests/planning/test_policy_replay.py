"""A past period under another policy, beside the one in force then: what differs, and nothing else, and none stored."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from allocation_engine.engine import Engine
from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.generator import ServiceShape, generate
from allocation_engine.planning import PolicyComparison, compare_policies
from allocation_engine.planning.policy_replay import LONGEST, weekly_moments
from domain.errors import InvalidPolicySet
from domain.events.practice import CriticalIncidentRecorded, Exposure
from domain.events.worker import WorkerMovedTeam
from domain.identifiers import IncidentId, TeamId, WorkerId
from domain.policy.policy_set import PolicySet
from domain.vocabulary import ExposureRoute, IncidentKind, Severity
from tests.planning.given import START, delivered, given
from tests.planning.policy_sets import EXAMPLE, adopt, part, policy_with
from tests.planning.team_of_seven import BEGUN, NO_HOURS, NUMBER, at_work

WEEK = timedelta(weeks=1)
HELD = {f"load.held_points.{key}": EXAMPLE.load.held_points[key].value * 2 for key in EXAMPLE.load.held_points}
DOUBLED = policy_with("doubled", HELD)


def replay(
    engine: Engine,
    other: PolicySet,
    *,
    start: datetime = BEGUN,
    team: str | None = None,
    known_at: datetime | None = None,
) -> PolicyComparison:
    return compare_policies(engine.store, other, engine.example_policy, start, START, team=team, known_at=known_at)


def test_held_cases_that_weigh_double_double_every_load_that_rests_on_them_alone(engine: Engine) -> None:
    at_work(engine)
    for week in replay(engine, DOUBLED).weeks:
        assert len(week.workers) == NUMBER + 1
        for one in week.workers:
            assert one.b.load == pytest.approx(2 * one.a.load, rel=1e-12)
            assert one.a.load > 0
            assert one.b.capacity == one.a.capacity


def test_where_capacity_doubles_too_no_share_moves(engine: Engine) -> None:
    at_work(engine)
    end = replay(engine, policy_with("doubled", {**HELD, "load.full_time_capacity": 200})).end
    for one in end.workers:
        if one.worker_id != NO_HOURS:
            assert one.a.share is not None
            assert one.b.share == pytest.approx(one.a.share, rel=1e-12)
            assert one.b.capacity == 200


def test_under_the_policy_that_was_in_force_nothing_differs(engine: Engine) -> None:
    at_work(engine)
    found = replay(engine, policy_with("the-same"))
    assert found.stretches[0].differences == ()
    assert all(one.a == one.b for week in found.weeks for one in week.workers)


def test_numbers_that_no_load_rests_on_are_named_and_change_no_load(engine: Engine) -> None:
    at_work(engine)
    found = replay(engine, policy_with("limits", {"limits.new_cases_cap": 1, "load.incident_points.severe": 40}))
    assert [one.place for one in found.stretches[0].differences] == [
        "load.incident_points.severe",
        "limits.new_cases_cap",
    ]
    assert all(one.a == one.b for week in found.weeks for one in week.workers)


def test_each_week_stands_under_the_policy_that_was_in_force_then(engine: Engine) -> None:
    at_work(engine)
    adopt(engine, policy_with("doubled", HELD, since=START - 3 * WEEK))
    found = replay(engine, DOUBLED)
    assert [(one.policy_set_id, one.adopted) for one in found.stretches] == [
        (EXAMPLE.policy_set_id, False),
        ("doubled", True),
    ]
    assert found.stretches[1].since >= START - 3 * WEEK
    for week in found.weeks:
        same = week.at >= START - 3 * WEEK
        assert week.policy_set_id == ("doubled" if same else EXAMPLE.policy_set_id)
        assert all((one.a == one.b) is same for one in week.workers)


def test_the_loads_are_those_that_the_situation_shows(engine: Engine) -> None:
    engine.ingest(generate(ServiceShape(ends_at=START, workers=9, waiting=2, weeks=8), seed=4))
    found = replay(engine, policy_with("other", {"load.harm_factor.missing": 1.3}), start=START - 6 * WEEK)
    assert len(found.weeks) == 7
    for week in found.weeks:
        accounts = engine.situation(week.at).accounts
        assert [one.worker_id for one in week.workers] == sorted(accounts)
        for one in week.workers:
            account = accounts[one.worker_id]
            assert one.a.load == pytest.approx(account.load.total, rel=1e-9, abs=1e-9)
            assert one.a.capacity == account.capacity


def test_who_has_no_hours_is_counted_apart_and_is_no_part_of_a_mean(engine: Engine) -> None:
    at_work(engine)
    end = replay(engine, DOUBLED).end
    known = [one for one in end.workers if one.worker_id != NO_HOURS]
    (unknown,) = (one for one in end.workers if one.worker_id == NO_HOURS)
    assert (unknown.a.capacity, unknown.a.share, unknown.a.is_over) == (None, None, False)
    assert unknown.a.load > 0
    for total, side in ((end.a, "a"), (end.b, "b")):
        loads = [getattr(one, side).load for one in known]
        assert (total.workers, total.hours_not_known) == (NUMBER, 1)
        assert total.mean_load == pytest.approx(sum(loads) / NUMBER)
        assert total.mean_share == pytest.approx(sum(loads) / 100 / NUMBER)
        assert total.over == sum(load > 100 for load in loads)


def test_of_a_group_too_small_nothing_is_told_together(engine: Engine) -> None:
    at_work(engine, workers=5)
    end = replay(engine, DOUBLED).end
    assert (end.a.workers, end.a.over, end.a.mean_load, end.a.mean_share) == (5, None, None, None)


def test_only_a_team_is_replayed_as_it_was_at_each_moment(engine: Engine) -> None:
    at_work(engine)
    given(engine, WorkerMovedTeam(worker_id=WorkerId("w-3"), team_id=TeamId("t-2")), at=START - 2 * WEEK)
    found = replay(engine, DOUBLED, team="t-2")
    assert found.team == "t-2"
    for week in found.weeks:
        assert [one.worker_id for one in week.workers] == (["w-3"] if week.at >= START - 2 * WEEK else [])


def test_what_was_learned_later_is_left_out_when_asked(engine: Engine) -> None:
    at_work(engine)
    incident = CriticalIncidentRecorded(
        incident_id=IncidentId("i-1"),
        kind=IncidentKind.DEATH,
        severity=Severity.SEVERE,
        exposures=(Exposure(worker_id=WorkerId("w-1"), route=ExposureRoute.DIRECT),),
    )
    (told,) = delivered([incident], at=START - WEEK)
    late = told.envelope.model_copy(update={"recorded_at": START})
    engine.ingest([told.model_copy(update={"envelope": late})])
    other = policy_with("other", {"load.incident_points.severe": 40})
    now, then = replay(engine, other).end, replay(engine, other, known_at=START - timedelta(days=1)).end
    assert now.workers[0].b.load > now.workers[0].a.load
    assert then.workers[0].b == then.workers[0].a


def test_a_replay_stores_nothing_and_tells_how_far_it_has_come(engine: Engine) -> None:
    at_work(engine)
    head = engine.store.log.head()
    seen: list[tuple[int, int]] = []
    compare_policies(engine.store, DOUBLED, EXAMPLE, BEGUN, START, on_worker=lambda done, of: seen.append((done, of)))
    assert engine.store.log.head() == head
    assert seen == [(done, NUMBER + 1) for done in range(1, NUMBER + 2)]


def test_a_policy_set_in_other_units_is_not_replayed(engine: Engine) -> None:
    content = DOUBLED.to_mapping()
    part(content, "load.relief_spacing")["unit"] = "week"
    with pytest.raises(InvalidPolicySet, match=r"load\.relief_spacing\.unit"):
        replay(engine, PolicySet.from_mapping(content))


SECONDS = st.integers(0, 10 * 365 * 86_400)


@given_any(SECONDS, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_the_moments_are_every_monday_of_the_period_and_its_end(seconds: int, length: timedelta) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    end = start + length
    midnight = datetime.combine(start.date(), time(), UTC)
    every_day = [midnight + timedelta(days=number) for number in range(402)]
    mondays = [one for one in every_day if one.weekday() == 0 and start <= one < end]
    assert weekly_moments(start, end) == (*mondays, end)


@pytest.mark.parametrize(
    ("start", "end"), [(START, START - timedelta(seconds=1)), (START - LONGEST - timedelta(days=1), START)]
)
def test_a_period_that_makes_no_sense_is_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(SettingsError, match="the period"):
        weekly_moments(start, end)

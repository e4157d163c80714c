"""Questions with an answer of their own: an absence, a leaver, posts, and the structure of teams."""

import pytest

from allocation_engine.bootstrap import open_engine
from allocation_engine.engine import Engine
from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.generator import ServiceShape, generate
from allocation_engine.optimiser.team_structure import TeamQuestion, split_into_teams
from allocation_engine.planning import Search
from allocation_engine.planning.what_if.absence import AbsenceAsked, answer, as_what_if, sentences
from allocation_engine.planning.what_if.ask import run_record
from allocation_engine.planning.what_if.leaver import where_would_it_go
from allocation_engine.planning.what_if.recruitment import Recruitment, plan_recruitment
from allocation_engine.planning.what_if.scenario import WhatIf
from allocation_engine.planning.what_if.teams import team_structure
from domain.allocation import violations
from domain.identifiers import WorkerId
from domain.vocabulary import CareerStage
from tests.planning.what_if.services import NOW, made_up_record
from tests.planning.what_if.test_worked_examples import held_by, somebody


def test_an_absence_is_weighed_in_four_ways_and_put_in_plain_words() -> None:
    record, who = made_up_record(), somebody()
    asked = AbsenceAsked(who, 3)
    found = answer(asked, run_record(record, as_what_if(asked, record.situation, runs=5, seed=1), processes=1))
    stays, high, everything, cover = found.ways
    assert (found.held, found.held_high > 0) == (held_by(who), True)
    assert stays.moved.mean == 0
    assert stays.without.mean > high.without.mean >= everything.without.mean
    assert high.moved.mean <= everything.moved.mean <= cover.moved.mean
    told = " ".join(sentences(found))
    assert f"{who} holds {held_by(who)} cases as primary worker" in told
    assert found.suggested is None or found.suggested.is_safe
    with pytest.raises(SettingsError, match="is not a worker here"):
        as_what_if(AbsenceAsked(WorkerId("w-none"), 3), record.situation, runs=5, seed=1)


def test_a_leavers_caseload_becomes_an_ordinary_proposal_and_nothing_else() -> None:
    with open_engine("memory://", clock=lambda: NOW) as engine:
        engine.ingest(generate(ServiceShape(ends_at=NOW, workers=14, waiting=4, weeks=20), seed=3))
        who, head = somebody(), engine.store.log.head()
        found = where_would_it_go(engine.situation(), who, Search(effort=2))
        assert who not in found.problem.worker_index
        assert list(violations(found.problem, found.result.plan)) == []
        assert {*(one.case_id for one in found.choices), *(one.case_id for one in found.left)} == set(found.cases)
        assert found.choices
        assert engine.store.log.head() == head
        proposal = engine.propose("m-01", found.question, Search(effort=2))
        moved = {one.case_id: one.worker_id for one in proposal.content.choices if one.from_worker_id == who}
        assert moved == {one.case_id: one.worker_id for one in found.choices}
        assert engine.store.log.head() == head + 1
        with pytest.raises(SettingsError, match="holds no case"):
            where_would_it_go(engine.situation(), _supervisor(engine), Search(effort=2))


def _supervisor(engine: Engine) -> WorkerId:
    situation = engine.situation()
    return next(one for one in situation.workers if not situation.caseloads.get(one))


def test_more_starters_never_leave_more_waiting_beyond_the_error_of_the_runs() -> None:
    record = made_up_record()
    wanted = Recruitment(most=3, stages=(CareerStage.EXPERIENCED,), ramp_weeks=2)
    plan = plan_recruitment(record, WhatIf(title="How many", weeks=10, runs=12, seed=2), wanted, processes=1)
    (curve,) = plan.curves
    assert [one.starters for one in curve.points] == [0, 1, 2, 3]
    for point in curve.points[1:]:
        assert point.fewer_waiting is not None
        assert point.fewer_waiting.mean >= -3 * point.fewer_waiting.error - 1e-9
    for point in curve.points:
        assert 0 <= point.somebody.low <= point.somebody.share <= point.somebody.high <= 1
    if curve.enough is not None:
        assert curve.enough.somebody.share < wanted.at_most
        assert all(one.somebody.share >= wanted.at_most for one in curve.points[: curve.enough.starters])


def test_six_workers_and_four_areas_make_the_two_teams_that_anybody_would() -> None:
    question = TeamQuestion(
        capacity=(100.0,) * 6,
        now=(0, 0, 0, 1, 1, 1),
        demand=(150.0, 150.0, 200.0, 100.0),
        ties={(0, 0): 50, (1, 0): 100, (2, 1): 150, (3, 2): 100, (4, 2): 100, (5, 3): 100},
        teams=2,
    )
    found = split_into_teams(question)
    assert found is not None
    assert (found.unevenness, found.moved, found.crossing, found.proven) == (0.0, 0, 0.0, True)
    assert len(set(found.team_of_worker[:3])) == len(set(found.team_of_worker[3:])) == 1
    assert found.team_of_area[0] == found.team_of_area[1] != found.team_of_area[2] == found.team_of_area[3]
    assert split_into_teams(TeamQuestion((100.0,) * 3, (0,) * 3, (1.0, 1.0), {}, teams=2)) is None


def test_a_service_is_split_and_the_split_can_be_run() -> None:
    record = made_up_record(workers=40)
    found = team_structure(record.situation, 2, effort=6)
    workers = [worker for team in found.teams for worker in team.workers]
    assert len(set(workers)) == len(workers)
    assert set(workers).isdisjoint(found.not_placed)
    assert {*workers, *found.not_placed} == set(record.situation.workers)
    areas = [area for team in found.teams for area in team.areas]
    assert len(set(areas)) == len(areas)
    asked = WhatIf(title="Two teams", weeks=3, runs=1, scenarios=(found.scenario(),))
    assert run_record(record, asked, processes=1).runs == 1
    with pytest.raises(SettingsError, match="ask for fewer"):
        team_structure(record.situation, 30)

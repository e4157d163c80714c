"""Looks ahead that are asked now and answered by whichever processes get to it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from allocation_engine.bootstrap import open_engine
from allocation_engine.engine import Engine
from allocation_engine.interfaces.api.jobs.looking import work_on
from allocation_engine.interfaces.generator import ServiceShape, generate
from allocation_engine.interfaces.what_if_documents import what_if_document
from allocation_engine.persistence.documents import DocumentChanged
from allocation_engine.planning.what_if import WhatIf, ask
from allocation_engine.planning.what_if.board import COURSES, LEASE, LOOKS, PARTS, LookBoard, forget_looks
from allocation_engine.planning.what_if.changes import Absence
from allocation_engine.planning.what_if.looks import AbsenceLook, LeaverLook, RecruitmentLook, ScenariosLook, TeamsLook
from allocation_engine.planning.what_if.saved import forget_saved, saved_what_ifs
from allocation_engine.planning.what_if.scenario import Scenario
from domain.identifiers import WorkerId
from domain.vocabulary import AssignmentRole, CareerStage, ErasureReason
from tests.planning.what_if.services import NOW, made_up_engine


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(clock: Clock) -> Engine:
    """A small made-up service of a test's own."""
    made = open_engine("memory://", clock=clock)
    made.ingest(generate(ServiceShape(ends_at=NOW, workers=14, waiting=6, weeks=16), seed=3))
    return made


def somebody(engine: Engine) -> WorkerId:
    """A worker who holds cases of high risk."""
    for worker, held in sorted(engine.situation().caseloads.items()):
        own = [one.case.risk for one in held if one.role is AssignmentRole.PRIMARY]
        if any(risk is not None and risk.is_high for risk in own):
            return worker
    raise AssertionError("nobody holds a case of high risk")


def asked_what_if(engine: Engine, runs: int) -> WhatIf:
    sick = Scenario(id="sick", title="One is ill", changes=(Absence(worker=somebody(engine), weeks=3),))
    return WhatIf(title="One is ill", weeks=4, runs=runs, seed=7, scenarios=(sick,))


def test_a_look_comes_to_what_asking_at_once_comes_to(engine: Engine) -> None:
    what = asked_what_if(engine, 23)
    board = engine.looks("one")
    look = board.ask(ScenariosLook(what_if=what), "m-0042")
    assert work_on(engine, look.id, "one")
    direct = what_if_document(ask(engine.store, engine.example_policy, what, NOW, processes=1))
    assert board.answer(look.id) == direct
    found = board.find(look.id)
    assert found is not None
    assert found.done
    assert not list(engine.store.documents.all(PARTS))
    assert not list(engine.store.documents.all(COURSES))


def test_what_is_recorded_after_it_was_asked_changes_nothing(engine: Engine, clock: Clock) -> None:
    what = asked_what_if(engine, 4)
    direct = what_if_document(ask(engine.store, engine.example_policy, what, NOW, processes=1))
    board = engine.looks("one")
    look = board.ask(ScenariosLook(what_if=what), "m-0042")
    clock.now = NOW + timedelta(minutes=1)
    worker = somebody(engine)
    case = engine.situation().waiting[0].case.case_id
    proposal = engine.propose("m-0042")
    engine.approve(proposal.proposal_id, "m-0042", "It shares the load")
    assert case not in {one.case.case_id for one in engine.situation().waiting} or worker
    work_on(engine, look.id, "one")
    answer = board.answer(look.id)
    assert answer is not None
    assert {**answer, "position": 0} == {**direct, "position": 0}


def test_parts_are_shared_out_and_none_is_done_twice(engine: Engine) -> None:
    here, there = engine.looks("here"), engine.looks("there")
    look = here.ask(ScenariosLook(what_if=asked_what_if(engine, 25)), "m-0042")
    assert here.free(look) == 3
    first, second, third = here.take(look), there.take(look), here.take(look)
    assert first is not None
    assert second is not None
    assert third is not None
    assert [first.number, second.number, third.number] == [0, 1, 2]
    assert there.take(look) is None, "nothing is left, and the putting together waits for all"
    for board, part in ((here, first), (there, second), (here, third)):
        board.finish(part, 10 if part.number < 2 else 5, b"")
    assert here.runs_done(look) == 25
    last = there.take(look)
    assert last is not None
    assert last.number == look.parts


def test_a_part_that_a_crash_left_is_taken_up_again_and_the_late_one_writes_nothing(
    engine: Engine, clock: Clock
) -> None:
    here, there = engine.looks("here"), engine.looks("there")
    look = here.ask(ScenariosLook(what_if=asked_what_if(engine, 5)), "m-0042")
    lost = here.take(look)
    assert lost is not None
    assert there.take(look) is None
    clock.now += LEASE + timedelta(seconds=1)
    again = there.take(look)
    assert again is not None
    assert again.number == lost.number
    assert here.beat(lost, 3) is None
    here.finish(lost, 5, b"late")
    there.finish(again, 5, b"in time")
    assert [body for _, body in there.courses(look)] == [b"in time"]


def test_a_stop_leaves_the_first_runs_and_says_so(engine: Engine) -> None:
    board = engine.looks("one")
    what = asked_what_if(engine, 30)
    look = board.ask(ScenariosLook(what_if=what), "m-0042")

    class StopsAfter(LookBoard):
        def beat(self, part, done):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            if part.number == 1 and done == 3:
                self.stop(part.look_id)
            return super().beat(part, done)

    from allocation_engine.interfaces.api.jobs import looking  # noqa: PLC0415

    stopping = StopsAfter(engine.store.documents, engine.clock, engine.new_id, "one")
    part = stopping.take(look)
    looking._work(engine, stopping, look, part)
    answer = board.answer(look.id)
    assert answer is not None
    assert (answer["runs"], answer["stopped_early"]) == (13, True)
    fewer = what.model_copy(update={"runs": 13})
    direct = what_if_document(ask(engine.store, engine.example_policy, fewer, NOW, processes=1))
    assert answer["baseline"] == direct["baseline"]


def test_a_look_that_cannot_be_answered_says_why(engine: Engine) -> None:
    board = engine.looks("one")
    look = board.ask(AbsenceLook(worker=WorkerId("w-none")), "m-0042")
    assert work_on(engine, look.id, "one")
    failed = board.find(look.id)
    assert failed is not None
    assert "w-none is not a worker here" in failed.failed
    assert not failed.is_open
    assert not work_on(engine, look.id, "one")


def test_stopped_before_the_first_run_there_is_no_answer(engine: Engine) -> None:
    board = engine.looks("one")
    look = board.ask(AbsenceLook(worker=somebody(engine), weeks=2), "m-0042")
    board.stop(look.id)
    work_on(engine, look.id, "one")
    failed = board.find(look.id)
    assert failed is not None
    assert "stopped before the first run" in failed.failed


def test_every_kind_of_look_is_answered(engine: Engine) -> None:
    board, worker = engine.looks("one"), somebody(engine)
    absence = board.ask(AbsenceLook(worker=worker, weeks=2, runs=4), "m-0042")
    posts = board.ask(RecruitmentLook(weeks=4, runs=3, most=1, stages=(CareerStage.EXPERIENCED,)), "m-0042")
    leaver = board.ask(LeaverLook(worker=worker, effort=0.2), "m-0042")
    answers = []
    for one in (absence, posts, leaver):
        work_on(engine, one.id, "one")
        found = board.find(one.id)
        assert found is not None
        assert not found.failed
        answers.append(board.answer(one.id) or {})
    assert [way["id"] for way in answers[0]["ways"]] == ["leave-it", "high-risk", "all", "cover"]  # type: ignore[union-attr, index, call-overload]
    assert set(answers[1]["stages"]) == {"experienced"}  # type: ignore[arg-type]
    assert answers[2]["proposal_id"] is None


def test_a_split_into_teams_is_answered_with_the_scenario_that_it_makes() -> None:
    engine = made_up_engine(workers=40)
    board = engine.looks("one")
    look = board.ask(TeamsLook(number=2, effort=0.5), "m-0042")
    work_on(engine, look.id, "one")
    answer = board.answer(look.id)
    assert answer is not None
    assert len(answer["teams"]) == 2  # type: ignore[arg-type]
    Scenario.model_validate(answer["scenario"])


def test_a_leavers_caseload_becomes_an_ordinary_proposal_in_the_name_of_whoever_asked(engine: Engine) -> None:
    board, worker = engine.looks("one"), somebody(engine)
    look = board.ask(LeaverLook(worker=worker, only_high_risk=True, proposes=True, effort=0.2), "m-0042")
    work_on(engine, look.id, "one")
    answer = board.answer(look.id)
    assert answer is not None
    approved = engine.approve(str(answer["proposal_id"]), "m-0042", "Cover while they are away")
    moved = {one["case_id"] for one in answer["choices"]}  # type: ignore[union-attr, index, call-overload]
    assert moved
    held = {one.case.case_id for one in engine.situation().caseloads.get(worker, ())}
    assert not moved & held
    assert approved


def test_looks_are_forgotten_in_time_and_on_erasure(engine: Engine) -> None:
    board = engine.looks("one")
    look = board.ask(AbsenceLook(worker=somebody(engine)), "m-0042")
    part = board.take(look)
    assert part is not None
    assert forget_looks(engine.store.documents, NOW - timedelta(days=1)) == 0
    assert forget_looks(engine.store.documents) == 1
    assert board.find(look.id) is None
    assert not list(engine.store.documents.all(PARTS))
    board.finish(part, 1, b"late")
    assert not list(engine.store.documents.all(COURSES)), "a process that comes late leaves nothing behind"


def test_a_saved_what_if_is_changed_by_one_at_a_time_and_forgotten_with_whom_it_names(engine: Engine) -> None:
    saved = saved_what_ifs(engine.store.documents, engine.clock, engine.new_id)
    worker = somebody(engine)
    first = saved.keep(asked_what_if(engine, 5), "m-0042")
    other = saved.keep(WhatIf(title="Nothing in particular"), "m-0042")
    assert {one.id for one in saved.all()} == {first.id, other.id}
    read = saved.find(first.id)
    assert read == first
    changed = saved.change(first, first.content.model_copy(update={"title": "Another title"}), "m-0043")
    assert changed.by == "m-0043"
    with pytest.raises(DocumentChanged):
        saved.change(first, first.content, "m-0042")
    assert forget_saved(engine.store.documents, [worker]) == 1
    assert [one.id for one in saved.all()] == [other.id]
    saved.delete(other.id)
    assert saved.all() == []


def test_erasing_a_person_forgets_every_look(tmp_path: Path) -> None:
    with open_engine(f"sqlite:///{tmp_path / 'service.sqlite'}", clock=lambda: NOW) as engine:
        engine.ingest(generate(ServiceShape(ends_at=NOW, workers=4, waiting=2, weeks=4), seed=3))
        worker = min(engine.situation().workers)
        engine.looks("one").ask(AbsenceLook(worker=worker), "m-0042")
        engine.erase([f"worker:{worker}"], "m-0042", ErasureReason.ORDERED)
        assert not list(engine.store.documents.all(LOOKS))

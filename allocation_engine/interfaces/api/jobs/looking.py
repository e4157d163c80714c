"""Work on a look ahead that somebody asked for, in whichever process: take a part, run it, and put the answer together."""

import structlog
from pydantic import JsonValue

from allocation_engine.engine import Engine
from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.api.jobs.making import Place, engine_for, holder_name
from allocation_engine.interfaces.look_ahead_documents import (
    absence_document,
    leaver_document,
    recruitment_document,
    structure_document,
)
from allocation_engine.interfaces.policy_documents import comparison_document
from allocation_engine.interfaces.what_if_documents import what_if_document
from allocation_engine.planning import Search
from allocation_engine.planning.policy_replay import compare_policies
from allocation_engine.planning.what_if.absence import answer
from allocation_engine.planning.what_if.ask import told_of
from allocation_engine.planning.what_if.board import RUNS_IN_PART, AskedLook, LookBoard, Part
from allocation_engine.planning.what_if.leaver import where_would_it_go
from allocation_engine.planning.what_if.looks import (
    AbsenceLook,
    Laid,
    LeaverLook,
    RecruitmentLook,
    ReplayLook,
    TeamsLook,
    lay_out_look,
)
from allocation_engine.planning.what_if.recruitment import recruitment_told
from allocation_engine.planning.what_if.run import joined, one_run, to_bytes, together
from allocation_engine.planning.what_if.teams import team_structure
from domain.errors import AllocationError

log = structlog.get_logger("allocation_engine.jobs")

UNEXPECTED = "It could not be worked out, for a fault of the engine: its log says more."


def look_in_process(place: Place, look_id: str) -> bool:
    """Open the store, work on the look while there is work, close the store: what a pool's process is given to do."""
    with engine_for("what-if", place) as engine:
        return work_on(engine, look_id, holder_name())


def work_on(engine: Engine, look_id: str, holder: str) -> bool:
    """Work on a look while there is a part to be taken; tell whether there was any."""
    board = engine.looks(holder)
    asked = board.find(look_id)
    if asked is None or (part := board.take(asked)) is None:
        return False
    try:
        _work(engine, board, asked, part)
    except SettingsError as error:
        board.fail(look_id, error.fault)
    except AllocationError as error:
        board.fail(look_id, f"{error}")
    except Exception as error:
        log.exception("a look ahead could not be worked out", look_id=look_id, error=type(error).__name__)
        board.fail(look_id, UNEXPECTED)
    return True


def _work(engine: Engine, board: LookBoard, asked: AskedLook, part: Part | None) -> None:
    laid: Laid | None = None
    while part is not None:
        if isinstance(asked.look, LeaverLook | TeamsLook | ReplayLook):
            if part.number < asked.parts:  # a single search: its answer is all that there is to put together
                board.settle(asked.id, _searched(engine, asked))
                return
        else:
            laid = laid or lay_out_look(asked.look, engine.store, engine.example_policy, asked.at)
            if part.number == asked.parts:
                board.settle(asked.id, _put_together(asked, laid, board))
                return
            _run(board, asked, part, laid)
        now = board.find(asked.id)
        if now is None:
            return
        asked, part = now, board.take(now)


def _run(board: LookBoard, asked: AskedLook, part: Part, laid: Laid) -> None:
    """Do a part's runs, with a sign of life after each; a stop is heard between two of them."""
    found = []
    for run in range(part.first, min(part.first + RUNS_IN_PART, asked.look.runs)):
        found.append(one_run(laid.futures, laid.dice, run))
        beaten = board.beat(part, len(found))
        if beaten is None:
            return
        part = beaten
        now = board.find(asked.id)
        if now is None or now.stopped:
            break
    courses = [together([course[place] for course in found], one) for place, one in enumerate(laid.futures)]
    board.finish(part, len(found), to_bytes(courses))


def _put_together(asked: AskedLook, laid: Laid, board: LookBoard) -> dict[str, JsonValue]:
    found = board.courses(asked)
    courses, done = joined([body for _, body in found], laid.futures), sum(part.done for part, _ in found)
    look = asked.look
    if isinstance(look, RecruitmentLook):
        return recruitment_document(recruitment_told(laid.record, laid.asked, look.wanted, laid.futures, courses, done))
    outcome = told_of(laid.record, laid.asked, laid.futures, courses, done)
    if isinstance(look, AbsenceLook):
        return absence_document(answer(look.asked, outcome))
    return what_if_document(outcome)


def _searched(engine: Engine, asked: AskedLook) -> dict[str, JsonValue]:
    look = asked.look
    if isinstance(look, ReplayLook):
        store, example = engine.store, engine.example_policy
        found = compare_policies(store, look.policy, example, look.start, look.end, known_at=asked.at)
        return {**comparison_document(found)}
    situation = engine.situation(asked.at, asked.at)
    if isinstance(look, TeamsLook):
        split = team_structure(situation, look.number, teams=look.teams, effort=look.effort)
        return {**structure_document(split), "scenario": split.scenario().model_dump(mode="json", exclude_none=True)}
    assert isinstance(look, LeaverLook)  # noqa: S101  the only other search
    search = Search(effort=look.effort)
    plan = where_would_it_go(situation, look.worker, search, only_high_risk=look.only_high_risk)
    proposal_id: str | None = None
    if look.proposes and plan.choices:
        proposal_id = engine.propose(asked.by, plan.question, search).proposal_id
    return {**leaver_document(plan), "proposal_id": proposal_id}

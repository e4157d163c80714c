"""The load that runs forward is the load model's: the same as the account, the online fold and the forecast."""

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import pytest

from allocation_engine.planning.what_if.ask import run_record
from allocation_engine.planning.what_if.overlay import lay_over
from allocation_engine.planning.what_if.record import ServiceRecord
from allocation_engine.planning.what_if.scenario import Scenario, WhatIf
from allocation_engine.planning.what_if.sessions import planned_sessions
from domain.identifiers import WorkerId
from domain.load import load_ahead, outlook_at
from domain.load.facts import Relieved, SupervisionGiven, WorkerFact, with_facts
from domain.load.over_time import timeline
from projections import WORKER_LOAD
from projections.worker_load import case_histories
from tests.planning.what_if.services import BEGINS, NOW, STILL, made_up_engine, made_up_record

WEEKS = 8


def asked(**changed: object) -> WhatIf:
    return WhatIf(title="What the load does", weeks=WEEKS, **changed)


def test_without_chance_the_load_is_the_forecast_of_the_closed_form() -> None:
    record = made_up_record(STILL)
    told = run_record(record, asked(assumptions=STILL, runs=1), processes=1).baseline
    for place, worker in enumerate(told.future.workers):
        for week in range(WEEKS):
            looking = outlook_at(
                record.situation.histories[worker], record.situation.policy.load, BEGINS, 7.0 * (week + 1)
            )
            expected = load_ahead(record.situation.accounts[worker], looking, record.situation.policy.load)
            assert told.courses.load[0, week, place] == pytest.approx(expected.without_incidents, abs=1e-9)


def test_over_many_runs_mean_and_spread_are_those_of_the_closed_form() -> None:
    assumed = STILL.model_copy(update={"incidents": True})
    record = made_up_record(assumed)
    runs = 400
    told = run_record(record, asked(assumptions=assumed, runs=runs, seed=5), processes=1).baseline
    off = []
    for place, worker in enumerate(told.future.workers):
        looking = outlook_at(record.situation.histories[worker], record.situation.policy.load, BEGINS, 7.0 * WEEKS)
        expected = load_ahead(record.situation.accounts[worker], looking, record.situation.policy.load)
        loads = told.courses.load[:, -1, place]
        if expected.standard_deviation == 0:
            assert loads == pytest.approx(expected.mean, abs=1e-9)
            continue
        off.append((loads.mean() - expected.mean) / (expected.standard_deviation / np.sqrt(runs)))
        assert loads.std(ddof=1) == pytest.approx(expected.standard_deviation, rel=0.25)
    # Each is off by so many of its own errors; a dozen of them together stay within what chance makes of a dozen.
    assert len(off) > 5
    assert max(abs(one) for one in off) < 3.5
    assert sum(one**2 for one in off) / len(off) < 2.5


CHANGES = [
    {"kind": "absence", "week": 2, "weeks": 3, "worker": "?"},
    {"kind": "hours", "week": 3, "worker": "?", "fte": 0.6},
    {"kind": "supervision", "week": 2, "every_days": 9, "workers": ["?"]},
    {"kind": "incident", "week": 4, "incident": "death", "severity": "severe", "direct": ["?"]},
]


@pytest.mark.parametrize("sessions", [False, True])
def test_with_absence_sessions_and_an_incident_it_is_the_online_fold(sessions: bool) -> None:  # noqa: FBT001
    assumed = STILL.model_copy(update={"supervision_goes_on": sessions})
    record = made_up_record(assumed)
    for worker in sorted(record.situation.workers)[:6]:
        changes = [_about(one, worker) for one in CHANGES]
        scenario = Scenario.model_validate({"id": "all", "title": "All at once", "changes": changes})
        what = asked(assumptions=assumed, runs=1, scenarios=(scenario,))
        told = run_record(record, what, processes=1).scenarios[0]
        expected = _online(record, what, worker)
        place = told.future.workers.index(worker)
        assert told.courses.acute[0, :, place] == pytest.approx([one[0] for one in expected], abs=1e-9)
        assert told.courses.cumulative[0, :, place] == pytest.approx([one[1] for one in expected], abs=1e-9)


def _about(change: dict[str, object], worker: WorkerId) -> dict[str, object]:
    return {key: worker if value == "?" else [worker] if value == ["?"] else value for key, value in change.items()}


def _online(record: ServiceRecord, what: WhatIf, worker: WorkerId) -> list[tuple[float, float]]:
    """Fold the same facts with the domain's own online fold."""
    changes = what.scenarios[0].changes
    overlay = lay_over(record.situation, changes, WEEKS)
    place = overlay.workers.index(worker)
    found: list[WorkerFact] = []
    for number, one in enumerate(planned_sessions(record, overlay, changes, record.situation.policy.load, WEEKS)):
        if one.place == place:
            found.append(_as_fact(record, number, one.at, one.points.acute, is_given=one.is_given))
    history = with_facts(overlay.histories[worker], tuple(found))
    rows = made_up_engine().store.read_models.rows(WORKER_LOAD)
    cases = case_histories(history, rows)
    moments = [BEGINS + timedelta(weeks=week + 1) for week in range(WEEKS)]
    points = timeline(worker, history, cases, record.situation.policy.load, moments)
    return [(one.load.acute, one.load.cumulative) for one in points]


def _as_fact(record: ServiceRecord, number: int, at: float, acute: float, *, is_given: bool) -> WorkerFact:
    known = {
        "event_id": uuid5(NAMESPACE_URL, f"session/{number}"),
        "at": BEGINS + timedelta(days=at),
        "recorded_at": NOW,
        "rank": 5,
    }
    load = record.situation.policy.load
    if is_given:
        each = load.supervision_given_points.value * load.supervision_given_acute_share.value
        return SupervisionGiven(supervisees=round(acute / each), **known)  # type: ignore[arg-type]
    kind = next(kind for kind, relief in load.relief.items() if relief.acute.value == acute)
    return Relieved(kind=kind, **known)  # type: ignore[arg-type]

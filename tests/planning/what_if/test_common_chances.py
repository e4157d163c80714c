"""All scenarios meet the same chances: a difference is the scenario's own, and the number of processes changes nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation_engine.planning.what_if.ask import dice_of, run_record
from allocation_engine.planning.what_if.changes import Absence, ReferralRate, Referrals, Starters
from allocation_engine.planning.what_if.draws import draw
from allocation_engine.planning.what_if.outcome import MEASURES, Told
from allocation_engine.planning.what_if.prepare import prepare
from allocation_engine.planning.what_if.record import ServiceRecord
from allocation_engine.planning.what_if.run import run_all
from allocation_engine.planning.what_if.scenario import Scenario, WhatIf
from tests.planning.what_if.services import made_up_record


@pytest.fixture(scope="module")
def record() -> ServiceRecord:
    return made_up_record()


def same(one: Told, other: Told) -> bool:
    return all(
        np.array_equal(a, b)
        for a, b in zip(
            (one.courses.weeks, one.courses.acute, one.courses.cumulative, one.courses.cases),
            (other.courses.weeks, other.courses.acute, other.courses.cumulative, other.courses.cases),
            strict=True,
        )
    )


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**31 - 1), weeks=st.integers(1, 10))
def test_an_empty_scenario_is_the_baseline_exactly(seed: int, weeks: int) -> None:
    asked = WhatIf(
        title="Nothing changes", weeks=weeks, runs=2, seed=seed, scenarios=(Scenario(id="empty", title="Empty"),)
    )
    outcome = run_record(made_up_record(), asked, processes=1)
    assert same(outcome.baseline, outcome.scenarios[0])
    assert {outcome.difference(outcome.scenarios[0], name).mean for name in MEASURES} == {0.0}


def test_the_same_seed_gives_the_same_and_another_another(record: ServiceRecord) -> None:
    first, again, other = (
        run_record(record, WhatIf(title="By seed", weeks=6, runs=3, seed=seed), processes=1).baseline
        for seed in (7, 7, 8)
    )
    assert same(first, again)
    assert not same(first, other)


def test_any_number_of_processes_gives_the_same(record: ServiceRecord) -> None:
    absent = Scenario(id="away", title="Away", changes=(Absence(worker=min(record.situation.workers), weeks=2),))
    asked = WhatIf(title="By processes", weeks=4, runs=5, scenarios=(absent,))
    alone, several = (run_record(record, asked, processes=number) for number in (1, 3))
    assert same(alone.baseline, several.baseline)
    assert same(alone.scenarios[0], several.scenarios[0])


def test_a_run_is_the_same_however_many_others_there_are(record: ServiceRecord) -> None:
    few, many = (run_record(record, WhatIf(title="By runs", weeks=4, runs=runs), processes=1) for runs in (2, 5))
    assert np.array_equal(few.baseline.courses.load, many.baseline.courses.load[:2])


def test_a_stop_leaves_the_first_runs_and_says_so(record: ServiceRecord) -> None:
    asked = WhatIf(title="Stopped early", weeks=4, runs=50)
    outcome = run_record(record, asked, processes=1, keep_going=lambda done, _of: done < 3)
    assert (outcome.runs, outcome.stopped) == (3, True)
    whole = run_record(record, asked.model_copy(update={"runs": 3}), processes=1)
    assert same(outcome.baseline, whole.baseline)
    assert not whole.stopped


def test_a_stop_of_several_processes_leaves_no_gap(record: ServiceRecord) -> None:
    asked = WhatIf(title="Stopped early", weeks=4, runs=30)
    future = prepare(record, asked, "baseline", "Baseline", ())
    courses, done = run_all([future], dice_of(record, asked), 30, 2, lambda done, _of: done < 4)
    assert 4 <= done < 30, "those that were under way before the last one are waited for, and no others"
    alone, _ = run_all([future], dice_of(record, asked), done, 1, lambda _done, _of: True)
    assert np.array_equal(courses[0].load, alone[0].load)


@settings(max_examples=10, deadline=None)
@given(run=st.integers(0, 1000), times=st.floats(0, 3))
def test_more_referrals_are_the_same_ones_and_others(run: int, times: float) -> None:
    record = made_up_record()
    asked = WhatIf(title="More referrals", weeks=6)
    base = draw(prepare(record, asked, "base", "Base", ()), dice_of(record, asked), run)
    other = draw(prepare(record, asked, "more", "More", (ReferralRate(times=times),)), dice_of(record, asked), run)
    ours, theirs = ({float(one) for one in chances.cases["arrives"] if one > 0} for chances in (base, other))
    assert (ours <= theirs) if times >= 1 else (theirs <= ours)
    there = len(record.situation.waiting)
    assert np.array_equal(base.cases["work"][:there], other.cases["work"][:there])


def test_given_referrals_and_starters_change_no_chance_of_what_is_there(record: ServiceRecord) -> None:
    asked = WhatIf(title="Other chances", weeks=6)
    dice = dice_of(record, asked)
    base_future = prepare(record, asked, "base", "Base", ())
    base = draw(base_future, dice, 1)
    other = draw(prepare(record, asked, "other", "Other", (Referrals(number=3), Starters(number=2))), dice, 1)
    there = len(base_future.cases.cases)
    assert len(other.cases) == len(base.cases) + 3
    assert np.array_equal(base.cases["work"][:there], other.cases["work"][:there])
    assert np.array_equal(base.cases["work"][there:], other.cases["work"][there + 3 :])
    ours, theirs = (chances.incident_at[chances.incident_case < there] for chances in (base, other))
    assert np.array_equal(ours, theirs)


def test_how_often_things_come_is_as_the_record_has_it(record: ServiceRecord) -> None:
    asked = WhatIf(title="How often", weeks=20)
    future, dice = prepare(record, asked, "base", "Base", ()), dice_of(record, asked)
    runs = [draw(future, dice, run) for run in range(120)]
    there = len(future.cases.cases)
    arrived = np.array([len(one.cases) - there for one in runs])
    expected = record.referrals_per_week * 20
    assert arrived.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / len(runs)))
    work = np.concatenate([one.cases["work"] for one in runs])
    assert work.mean() == pytest.approx(record.days_worked, rel=0.05)
    happened = np.array([(one.incident_case < there).sum() for one in runs])
    incidents = future.cases.incidents.sum() * 140
    assert happened.mean() == pytest.approx(incidents, abs=4 * np.sqrt(incidents / len(runs)))

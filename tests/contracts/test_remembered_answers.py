"""What a store answers that has remembered for long is what a store answers that was opened just now.

In between, other processes write and build views anew, events come late, are corrected and taken back, and persons are
erased; and questions are asked about now, about earlier, and about what was known then.
"""

import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allocation_engine import Engine, open_engine
from allocation_engine.errors import PersonWasErased
from allocation_engine.interfaces.generator import ServiceShape, generate
from allocation_engine.persistence.row_memory import RowMemory
from allocation_engine.planning import read_situation
from allocation_engine.reporting.alerts import blind_spots
from allocation_engine.reporting.check_ins import report_check_ins
from allocation_engine.reporting.equity import report_equity
from allocation_engine.reporting.evaluation import report_evaluation
from allocation_engine.reporting.exposure import report_exposure
from allocation_engine.reporting.follow_ups import report_follow_ups
from allocation_engine.reporting.learning import report_learning
from allocation_engine.reporting.overview import report_overview
from allocation_engine.reporting.supervision import report_supervision
from allocation_engine.reporting.weekly_loads import weekly_loads
from domain.vocabulary import ErasureReason
from projections import ALL
from tests.contracts.test_any_delivery import Delivery, deliveries
from tests.projections.drawn_histories import MONDAY

Moments = tuple[datetime, datetime | None]
"""As at when, and as known when (None: now)."""

AGO = timedelta(weeks=12)
COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def answers(engine: Engine, moments: Moments) -> dict[str, Any]:
    """Ask all that the desk's pages ask, and the same questions of the accounts that explain each figure."""
    store, (as_at, known_at) = engine.store, moments
    policy = engine.policy(as_at, known_at).policy
    since = as_at - AGO
    situation = read_situation(store, policy, as_at, known_at)
    return {
        "workers": situation.workers,
        "caseloads": situation.caseloads,
        "waiting": situation.waiting,
        "loads": {who: astuple(one) for who, one in situation.loads.items()},
        "accounts": dict(situation.accounts),
        "alerts": blind_spots(store, policy, as_at, known_at),
        "weeks": weekly_loads(store, policy, since, as_at, known_at),
        "supervision": report_supervision(store, policy, since, as_at, known_at),
        "follow-ups": report_follow_ups(store, since, as_at, known_at),
        "learning": report_learning(store, policy, since, as_at, known_at),
        "check-ins": report_check_ins(store, policy, since, as_at, known_at),
        "exposure": report_exposure(store, situation, since),
        "equity": report_equity(store, policy, since, as_at, known_at),
        "evaluation": report_evaluation(store, policy, since, as_at, known_at),
        "overview": report_overview(store, policy, as_at, known_at),
    }


def assert_alike(warm: Engine, opened: Callable[[], Engine], asked: Sequence[Moments]) -> None:
    """Compare with a store that is opened for each question by itself, and so remembers nothing of another."""
    for moments in asked:
        found = answers(warm, moments)
        with opened() as fresh:
            for name, answer in answers(fresh, moments).items():
                assert found[name] == answer, (name, moments)


def assert_figures_are_the_accounts(engine: Engine, moments: Moments) -> None:
    as_at, known_at = moments
    situation = read_situation(engine.store, engine.policy(as_at, known_at).policy, as_at, known_at)
    for who, account in situation.accounts.items():
        load = situation.loads[who]
        assert load.load.acute == pytest.approx(account.load.acute, rel=1e-9, abs=1e-9)
        assert load.load.cumulative == pytest.approx(account.load.cumulative, rel=1e-9, abs=1e-9)
        assert (load.capacity, load.held) == (account.capacity, len(account.held))


days = st.integers(-1, 100).map(lambda day: MONDAY + timedelta(days=day))
asked_about = st.lists(st.tuples(days, st.none() | days), min_size=1, max_size=3)
by_others = st.sampled_from(["nothing", "catch up", "build anew"])


def check(url: str, delivery: Delivery, asked: Sequence[Moments], done: Sequence[str]) -> None:
    def opened() -> Engine:
        return open_engine(url, person_keys="none", clock=lambda: MONDAY + timedelta(days=90))

    rest, between = iter(delivery.told), iter(done)
    with opened() as warm, opened() as other:
        for size in [*delivery.pieces, len(delivery.told)]:
            other.store.log.ingest(list(islice(rest, size)))
            step = next(between, "nothing")
            for view in ALL if step != "nothing" else ():
                (other.store.read_models.rebuild if step == "build anew" else other.store.read_models.catch_up)(view)
            assert_alike(warm, opened, asked)
        assert_figures_are_the_accounts(warm, asked[0])


@settings(COMMON, max_examples=25)
@given(delivery=deliveries(), asked=asked_about, done=st.lists(by_others, max_size=4))
def test_in_sqlite_whatever_was_delivered_in_between(
    delivery: Delivery, asked: list[Moments], done: list[str], new_store_url: Callable[[str], str]
) -> None:
    check(new_store_url("sqlite"), delivery, asked, done)


@pytest.mark.postgres
@settings(COMMON, max_examples=4)
@given(delivery=deliveries(), asked=asked_about, done=st.lists(by_others, max_size=4))
def test_in_postgresql_whatever_was_delivered_in_between(
    delivery: Delivery, asked: list[Moments], done: list[str], new_store_url: Callable[[str], str]
) -> None:
    check(new_store_url("postgresql"), delivery, asked, done)


@pytest.mark.campaign
@settings(COMMON, max_examples=300)
@given(delivery=deliveries(), asked=asked_about, done=st.lists(by_others, max_size=4))
def test_in_sqlite_whatever_of_hundreds_was_delivered(
    delivery: Delivery, asked: list[Moments], done: list[str], new_store_url: Callable[[str], str]
) -> None:
    check(new_store_url("sqlite"), delivery, asked, done)


ENDS_AT = datetime(2026, 11, 20, tzinfo=UTC)
SERVICE = ServiceShape(ends_at=ENDS_AT, workers=9, waiting=3, weeks=10)


@pytest.mark.parametrize("seed", [1, 2])
def test_in_a_service_at_work_whoever_is_erased(seed: int, new_store_url: Callable[[str], str], tmp_path: Path) -> None:
    url, keys, dice = new_store_url("sqlite"), str(tmp_path / "persons.keys"), random.Random(seed)
    records = list(generate(SERVICE, seed=seed))

    def opened() -> Engine:
        return open_engine(url, person_keys=keys, clock=lambda: ENDS_AT + timedelta(hours=done))

    done = 0
    with opened() as warm, opened() as other:
        while done < len(records):
            size = dice.randint(20, 120)
            for one in records[done : done + size]:
                with suppress(PersonWasErased):  # nothing more is recorded about them
                    other.ingest([one])
            done += size
            now = ENDS_AT - timedelta(hours=dice.randint(0, 24))
            assert_alike(warm, opened, [(now, None), (now - timedelta(weeks=4), now - timedelta(weeks=3))])
            if dice.random() < 0.5:
                situation = other.situation(now)
                persons = [f"worker:{who}" for who in situation.workers]
                persons += [f"case:{one.case.case_id}" for held in situation.caseloads.values() for one in held]
                if persons:
                    dice.choice([warm, other]).erase([dice.choice(persons)], "m-1", ErasureReason.RETENTION_PERIOD_OVER)
                    assert_alike(warm, opened, [(now, None), (now, now - timedelta(weeks=2))])
        assert_figures_are_the_accounts(warm, (now, None))


def test_nothing_of_whoever_was_erased_is_remembered_after_any_question(
    new_store_url: Callable[[str], str], tmp_path: Path
) -> None:
    url, keys = new_store_url("sqlite"), str(tmp_path / "persons.keys")
    with open_engine(url, person_keys=keys) as warm, open_engine(url, person_keys=keys) as other:
        other.ingest(generate(SERVICE, seed=3))
        answers(warm, (ENDS_AT, None))
        memory: RowMemory = warm.store.read_models._memory
        worker = min(warm.situation(ENDS_AT).workers)
        assert any(f"worker:{worker}" in view.rows for view in memory._views.values())
        other.erase([f"worker:{worker}"], "m-1", ErasureReason.RETENTION_PERIOD_OVER)
        warm.account("somebody else")
        assert not any(f"worker:{worker}" in view.rows for view in memory._views.values())

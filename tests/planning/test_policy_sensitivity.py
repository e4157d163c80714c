"""How much each number of the load policy matters: for shares of capacity and their order, never for anybody by name."""

from collections.abc import Mapping
from dataclasses import asdict

import pytest

from allocation_engine.engine import Engine
from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.generator import ServiceShape, generate
from allocation_engine.planning import PolicySensitivity, policy_sensitivity
from allocation_engine.planning.load_book import read_load_book
from allocation_engine.planning.policy_sensitivity import Effect, tau_b
from allocation_engine.planning.policy_variation import variations, with_value
from domain.errors import InvalidPolicySet
from domain.identifiers import WorkerId
from domain.load import CoefficientKind, LoadParameters
from domain.policy.policy_set import PolicySet
from tests.planning.given import START
from tests.planning.policy_sets import EXAMPLE, policy_with
from tests.planning.team_of_seven import NUMBER, at_work

EVERY = frozenset(CoefficientKind)


def by_place(found: PolicySensitivity) -> Mapping[str, Effect]:
    return {one.place: one for one in found.effects}


def sensitivity(engine: Engine, policy: PolicySet = EXAMPLE, change: float = 0.2) -> PolicySensitivity:
    return policy_sensitivity(engine.store, policy, START, change=change)


def shares(engine: Engine, parameters: LoadParameters) -> dict[WorkerId, float]:
    book = read_load_book(engine.store)
    drawn = {who: book.of_one(who, parameters, START).share for who in book.workers(START)}
    return {who: share for who, share in drawn.items() if share is not None}


def test_a_number_that_no_account_rests_on_has_no_effect(engine: Engine) -> None:
    at_work(engine)
    effects = by_place(sensitivity(engine))
    for place in (
        "load.incident_points.severe",
        "load.harm_factor.gangs",
        "load.co_worker_share",
        "load.relief_spacing",
    ):
        one = effects[place]
        assert (one.touched, one.largest_change, one.crossings, one.order) == (0, 0, 0, 1)
        assert len(one.tried) == 2


def test_a_capacity_a_fifth_lower_makes_every_share_a_quarter_greater_and_changes_no_order(engine: Engine) -> None:
    at_work(engine)
    one = by_place(sensitivity(engine))["load.full_time_capacity"]
    assert one.tried == (80, 120)
    assert one.largest_change == pytest.approx(100 * max(shares(engine, EXAMPLE.load).values()) * 0.25)
    assert (one.touched, one.order) == (NUMBER, 1)


def test_who_crosses_capacity_is_counted_in_the_worse_direction(engine: Engine) -> None:
    at_work(engine)
    before = shares(engine, EXAMPLE.load)
    full = sorted(before.values())[-2] * 100 / 0.9  # the second heaviest stands at 90 % of it, the heaviest above
    policy = policy_with("small", {"load.full_time_capacity": full})
    one = by_place(sensitivity(engine, policy))["load.full_time_capacity"]
    over = {value: sum(share * 100 > value for share in before.values()) for value in (full, *one.tried)}
    assert over[full] == 1
    assert one.crossings == max(abs(over[value] - over[full]) for value in one.tried) >= 1


def test_only_accounts_that_read_a_number_are_drawn_up_anew_and_that_changes_no_answer(engine: Engine) -> None:
    engine.ingest(generate(ServiceShape(ends_at=START, workers=9, waiting=2, weeks=8), seed=4))
    found = policy_sensitivity(engine.store, EXAMPLE, START, kinds=EVERY)
    before = shares(engine, EXAMPLE.load)
    assert 0 < min(one.touched for one in found.effects if one.largest_change > 0) < len(before)
    for one in found.effects:
        every = [shares(engine, with_value(EXAMPLE, one.place, value)) for value in one.tried]
        changes = [abs(after[who] - before[who]) * 100 for after in every for who in before]
        crossings = [sum((after[who] > 1) != (before[who] > 1) for who in before) for after in every]
        orders = [tau_b(before, after) for after in every]
        assert one.largest_change == pytest.approx(max(changes, default=0), abs=1e-12), one.place
        assert one.crossings == max(crossings, default=0)
        assert one.order == (min(order for order in orders if order is not None) if orders else None)


def test_the_numbers_that_move_the_order_most_stand_first(engine: Engine) -> None:
    engine.ingest(generate(ServiceShape(ends_at=START, workers=9, waiting=2, weeks=8), seed=4))
    found = [(1 if one.order is None else one.order, -one.largest_change) for one in sensitivity(engine).effects]
    assert found == sorted(found)
    assert found[0][0] < 1


def test_only_assumptions_of_the_load_part_are_varied_unless_all_are_asked_for(engine: Engine) -> None:
    at_work(engine)
    numbers = {place: number for place, number in EXAMPLE.coefficients() if place.startswith("load.")}
    assumed = {place for place, number in numbers.items() if number.kind is CoefficientKind.ASSUMPTION}
    assert set(by_place(sensitivity(engine))) == assumed
    assert set(by_place(policy_sensitivity(engine.store, EXAMPLE, START, kinds=EVERY))) == set(numbers)
    assert assumed < set(numbers)


def test_nobody_is_named_and_the_order_is_not_shown(engine: Engine) -> None:
    at_work(engine)
    found = sensitivity(engine)
    assert found.effects
    assert "w-" not in repr(asdict(found))


def test_who_has_no_hours_is_left_out_and_counted(engine: Engine) -> None:
    at_work(engine)
    found = sensitivity(engine)
    assert (found.workers, found.hours_not_known) == (NUMBER, 1)


def test_of_too_few_workers_it_says_so_and_nothing_more(engine: Engine) -> None:
    at_work(engine, workers=5)
    found = sensitivity(engine)
    assert (found.workers, found.too_few, found.effects) == (5, True, ())


def tried(place: str, change: float, policy: PolicySet = EXAMPLE) -> tuple[list[float], tuple[str, ...]]:
    found = variations(policy, place, dict(policy.coefficients())[place], change)
    return [value for value, _ in found.tried], found.not_tried


def test_a_share_is_raised_to_one_at_most() -> None:
    assert tried("load.route_share.direct", 0.2) == ([0.8], ("1.2: route_share.direct is a share and above 1",))
    assert tried("load.incident_acute_share", 0.5) == ([0.35, 1.0], ())
    assert tried("load.stage_factor.unknown", 0.2)[0] == pytest.approx([0.72, 1.08])  # a factor is no share


def test_what_a_policy_set_refuses_is_left_out_with_its_reason() -> None:
    values, why = tried("load.held_points.high", 0.5)
    assert values == []
    assert why == (
        "4: held_points.high is below held_points.medium",
        "12: held_points.very_high is below held_points.high",
    )


def test_what_is_nought_is_not_varied_by_a_part_of_itself() -> None:
    values, (why,) = tried("load.held_share_when_absent", 0.2)
    assert values == []
    assert "nought" in why


@pytest.mark.parametrize("place", ["load.held_points.hihg", "load", "load.held_points", "nowhere.at.all"])
def test_a_place_that_is_none_is_named(place: str) -> None:
    with pytest.raises(InvalidPolicySet) as refused:
        with_value(EXAMPLE, place, 1.0)
    assert refused.value.place == place


@pytest.mark.parametrize("change", [0, -0.1, 1, float("nan")])
def test_a_change_is_more_than_nothing_and_less_than_all(engine: Engine, change: float) -> None:
    with pytest.raises(SettingsError, match="--change"):
        sensitivity(engine, change=change)


def order(*values: float) -> dict[WorkerId, float]:
    return {WorkerId(f"w-{number}"): value for number, value in enumerate(values)}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (order(1, 2, 3, 4), order(10, 20, 30, 40), 1),
        (order(1, 2, 3, 4), order(4, 3, 2, 1), -1),
        (order(1, 2, 3, 4), order(1, 2, 4, 3), (5 - 1) / 6),  # of six pairs one has changed places
        (order(1, 2, 3), order(1, 2, 2), 2 / (3 * 2) ** 0.5),  # two pairs agree, one is level in one of the orders
        (order(1, 2, 3), order(1, 2, 3 + 1e-14), 1),
        (order(1, 1 + 1e-14, 3), order(1 + 1e-14, 1, 3), 1),  # level but for rounding
        (order(1, 2, 3), order(2, 2, 2), None),
    ],
)
def test_the_order_is_compared_by_pairs(
    before: dict[WorkerId, float], after: dict[WorkerId, float], expected: float | None
) -> None:
    assert tau_b(before, after) == (expected if expected is None else pytest.approx(expected))

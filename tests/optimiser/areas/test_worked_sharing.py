"""Sharings that can be checked by hand."""

import pytest

from allocation_engine.optimiser.areas import AreaProblem, share_by_area
from tests.optimiser.areas.every_share import areas


def test_the_heavier_area_gets_the_third_worker() -> None:
    # North 6 4 4 2, south 5 3. Two and one: 8² + 8² + 8² = 192. One and two: 16² + 5² + 3² = 290.
    answer = share_by_area(AreaProblem(areas([6, 4, 4, 2], [5, 3]), 3, 1, None, None), effort=1.0, keep_going=_on)
    assert answer.groups == (((0, 3), (1, 2)), ((0, 1),))
    assert (answer.value, answer.bound, answer.infeasible) == (192, 192, False)


def test_a_limit_to_the_number_of_units_forces_an_uneven_load() -> None:
    # 9 3 3 3 in two. Free: 9 and 3 + 3 + 3, 81 + 81 = 162. At most two each: 9 + 3 and 3 + 3, 144 + 36 = 180.
    loads = areas([9, 3, 3, 3])
    values = [
        share_by_area(AreaProblem(loads, 2, 1, most, None), effort=1.0, keep_going=_on).value for most in (None, 2)
    ]
    assert values == [162, 180]


def test_a_worker_may_stay_idle_only_where_that_is_allowed() -> None:
    one, other = (
        share_by_area(AreaProblem(areas([4], [3]), 3, fewest, None, None), effort=1.0, keep_going=_on)
        for fewest in (0, 1)
    )
    assert (one.value, one.groups) == (25, (((0,),), ((0,),)))
    assert other.infeasible


@pytest.mark.parametrize(("largest", "value"), [(None, 50), (5, 50), (4, None)])
def test_the_most_load_of_one_worker_is_kept(largest: int | None, value: int | None) -> None:
    # 4 3 2 1 in two: 4 + 1 and 3 + 2.
    answer = share_by_area(AreaProblem(areas([4, 3, 2, 1]), 2, 1, None, largest), effort=1.0, keep_going=_on)
    assert answer.infeasible if value is None else answer.value == value


def _on(value: float, bound: float) -> bool:
    return True

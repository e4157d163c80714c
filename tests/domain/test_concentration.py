"""How unevenly something is held for the hours there are: by hand, and where the ends of the scale lie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.concentration import gini, top_share

weights = st.floats(min_value=0.2, max_value=1.5)
holdings = st.lists(st.tuples(weights, st.integers(min_value=0, max_value=9).map(float)), min_size=1, max_size=12)


def test_three_workers_by_hand() -> None:
    held = [(1.0, 1.0), (1.0, 2.0), (2.0, 9.0)]
    # Lorenz curve through (0, 0), (1/4, 1/12), (1/2, 3/12), (1, 1): area under it 1/96 + 4/96 + 30/96.
    assert gini(held) == pytest.approx(1 - 2 * 35 / 96)
    assert top_share(held, 0.5) == pytest.approx(0.75)
    assert top_share(held, 0.25) == pytest.approx(0.375)


def test_holding_alike_for_the_hours_is_even_and_holding_all_is_not() -> None:
    assert gini([(1.0, 4.0), (0.5, 2.0), (0.8, 3.2)]) == pytest.approx(0)
    assert gini([(1.0, 0.0)] * 99 + [(1.0, 50.0)]) == pytest.approx(0.99)
    assert top_share([(1.0, 0.0)] * 99 + [(1.0, 50.0)], 0.2) == pytest.approx(1)


def test_of_nothing_there_is_no_share() -> None:
    assert gini([(1.0, 0.0)]) is None
    assert top_share([], 0.2) is None


@given(holdings)
def test_both_lie_between_even_and_all(held: list[tuple[float, float]]) -> None:
    evenness, top = gini(held), top_share(held, 0.2)
    if evenness is not None and top is not None:
        assert -1e-9 <= evenness <= 1
        assert 0.2 - 1e-9 <= top <= 1 + 1e-9


@given(holdings, st.floats(min_value=0.1, max_value=10))
def test_neither_depends_on_the_unit(held: list[tuple[float, float]], unit: float) -> None:
    other = [(weight * unit, part) for weight, part in held]
    if gini(held) is not None:
        assert gini(other) == pytest.approx(gini(held), abs=1e-9)
        assert top_share(other, 0.2) == pytest.approx(top_share(held, 0.2), abs=1e-6)

"""Small groups are hidden, and cannot be worked out from the total and what is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.policy.small_groups import too_small_to_show

SMALLEST = 6


@pytest.mark.parametrize(
    ("people", "hidden"),
    [
        ({"a": 9, "b": 7}, set()),
        ({"a": 9, "b": 7, "c": 4}, {"b", "c"}),
        ({"a": 9, "b": 5, "c": 4}, {"b", "c"}),
        ({"a": 9, "b": 7, "c": 2, "d": 3}, {"b", "c", "d"}),
        ({"a": 4}, {"a"}),
        ({"a": 9, "b": 0}, set()),
        ({}, set()),
    ],
    ids=[
        "all large",
        "one small takes the next with it",
        "two small",
        "two that are few together",
        "alone",
        "nobody",
        "none",
    ],
)
def test_a_group_is_hidden_where_it_is_small_or_where_another_would_follow_from_it(
    people: dict[str, int], hidden: set[str]
) -> None:
    assert too_small_to_show(people, SMALLEST) == hidden


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(min_value=0, max_value=12)))
def test_what_is_hidden_is_nobody_or_a_large_group_of_several_or_all_there_is(people: dict[str, int]) -> None:
    hidden = too_small_to_show(people, SMALLEST)
    together = sum(people[name] for name in hidden)
    shown = {name: number for name, number in people.items() if number and name not in hidden}
    assert all(number >= SMALLEST for number in shown.values())
    assert not hidden or (len(hidden) > 1 and together >= SMALLEST) or not shown

"""Which groups are too small to be told of: what is said of few people is said of each of them.

The rule is the field's usual one for small numbers: a group below the minimum is hidden, and so are the next smallest
ones while what is hidden could be worked out as the total less what is shown.
"""

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key")


def too_small_to_show(people: Mapping[Key, int], smallest: float) -> frozenset[Key]:
    """Name the groups to hide, from the number of people in each; together they make up a total that is shown.

    A group of nobody hides nothing. If the hidden groups are only one, or hold fewer people together than the
    minimum, the next smallest is hidden as well, until neither is so or all are hidden.

    Parameters
    ----------
    people
        People in each group [person]: groups that do not overlap.
    smallest
        Fewest people of whom something is told [person].
    """
    by_size = [(number, name) for name, number in people.items() if number]
    by_size.sort(key=lambda one: (one[0], str(one[1])))
    hidden = [(number, name) for number, name in by_size if number < smallest]
    shown = by_size[len(hidden) :]
    while hidden and shown and (len(hidden) == 1 or sum(number for number, _ in hidden) < smallest):
        hidden.append(shown.pop(0))
    return frozenset(name for _, name in hidden)

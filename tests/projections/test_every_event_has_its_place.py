"""A new event is read or ignored on purpose by every view: forgetting it is found here."""

from typing import Any

import pytest

from domain.events import REGISTRY
from projections import ALL, Projection


@pytest.mark.parametrize("projection", ALL, ids=lambda one: one.name)
def test_a_view_handles_or_ignores_every_event_and_none_both(projection: Projection[Any]) -> None:
    assert projection.handles | projection.ignores == REGISTRY.classes
    assert not projection.handles & projection.ignores


def test_views_have_names_of_their_own() -> None:
    assert len({projection.name for projection in ALL}) == len(ALL)

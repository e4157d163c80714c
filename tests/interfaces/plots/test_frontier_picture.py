"""The picture of a frontier is legible, says what it is, and is the same for the same figures."""

import pytest

from allocation_engine.interfaces.plots import FORMS, Form, picture_of_frontier
from allocation_engine.interfaces.plots.frontier_points import LINES, _lines, _sheet
from allocation_engine.interfaces.plots.sheet import own_settings
from allocation_engine.optimiser.choices import Frontier, FrontierPoint
from domain.allocation import Plan, Score
from domain.load.explain import WHAT_IT_IS
from tests.interfaces.plots.dark_cases import AS_AT
from tests.interfaces.plots.test_pictures import overlapping, texts

POLICY = "example-england-2026-11"


def frontier(*figures: tuple[float, int, int], complete: bool = True) -> Frontier:
    """Make a frontier of (balance, mismatch, discontinuity)."""
    none = Score((0, 0, 0), (), 0.0, 0.0, 0, 0)
    points = tuple(FrontierPoint(*figure, none, Plan()) for figure in figures)
    return Frontier("sum of squared load ratios", points, complete, "")


CASES = {
    "none": frontier(),
    "one": frontier((0.5, 3, 1)),
    "few": frontier((0.5, 3, 1), (0.6, 2, 1), (0.7, 2, 0), complete=False),
    "many": frontier(*((1 + 0.01 * a + 0.1 * b, 40 - a, 20 - b) for a in range(10) for b in range(9))),
    "large": frontier((123456.78901, 100000, 12345), (123457.5, 1, 99999)),
}


@pytest.mark.parametrize("name", CASES)
def test_no_text_lies_on_another_or_beyond_the_page(name: str) -> None:
    with own_settings():
        drawn = _sheet(CASES[name], POLICY, AS_AT)
    found = texts(drawn)
    page = drawn.figure.bbox
    assert [
        text for text, box in found if box.x0 < 0 or box.y0 < 0 or box.x1 > page.width or box.y1 > page.height
    ] == []
    assert list(overlapping(found)) == []
    words = " ".join(text for text, _ in found)
    for told in (WHAT_IT_IS, "(lp)", POLICY, "23 Nov 2026", "Least is best"):
        assert told in words
    assert ("There may be others" in words) is not CASES[name].complete


@pytest.mark.parametrize("form", FORMS)
def test_the_same_frontier_gives_the_same_bytes(form: Form) -> None:
    first = picture_of_frontier(CASES["few"], POLICY, AS_AT, form)
    assert picture_of_frontier(CASES["few"], POLICY, AS_AT, form) == first
    assert first.startswith(b"\x89PNG" if form == "png" else b"<?xml")


def test_every_point_lies_on_one_line_and_the_last_line_holds_all_the_rest() -> None:
    many = _lines(CASES["many"].points)
    assert len(many) == len(LINES)
    assert sum(len(points) for _, _, points in many) == len(CASES["many"].points)
    assert many[-1][1].endswith(" or more")
    assert [label for _, label, _ in _lines(CASES["few"].points)] == ["continuity 0", "1"]

"""Every picture is legible, says what it is, and is the same for the same figures."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from allocation_engine.interfaces.plots import FORMS, Form, picture_of_timeline, picture_of_weeks
from allocation_engine.interfaces.plots.lanes import bunches
from allocation_engine.interfaces.plots.sheet import Sheet, own_settings
from allocation_engine.interfaces.plots.time_axis import MOST_TICKS, ticks
from allocation_engine.interfaces.plots.weekly_loads import _sheet as sheet_of_weeks
from allocation_engine.interfaces.plots.worker_timeline import _sheet as sheet_of_timeline
from allocation_engine.interfaces.plots.worker_timeline import stretches_unknown
from allocation_engine.reporting.timeline import Stretch
from domain.load.explain import WHAT_IT_IS
from tests.interfaces.plots.dark_cases import AS_AT, TIMELINES, WEEKS, timeline

CASES = [*(("timeline", name) for name in TIMELINES), *(("weeks", name) for name in WEEKS)]


def sheet(kind: str, name: str) -> Sheet:
    with own_settings():
        return sheet_of_timeline(TIMELINES[name]) if kind == "timeline" else sheet_of_weeks(WEEKS[name])


def picture(kind: str, name: str, form: Form) -> bytes:
    return picture_of_timeline(TIMELINES[name], form) if kind == "timeline" else picture_of_weeks(WEEKS[name], form)


def texts(drawn: Sheet) -> list[tuple[str, Bbox]]:
    """Draw a sheet; give every text on it that can be seen, with its box in pixels."""
    with own_settings():
        canvas = FigureCanvasAgg(drawn.figure)
        canvas.draw()  # type: ignore[no-untyped-call]
        found = []
        for one in drawn.figure.findobj(Text):
            assert isinstance(one, Text)
            if one.get_visible() and one.get_text().strip():
                found.append((one.get_text(), one.get_window_extent(canvas.get_renderer())))  # type: ignore[no-untyped-call]
    return found


@cache
def placed(kind: str, name: str) -> tuple[Sheet, list[tuple[str, Bbox]]]:
    drawn = sheet(kind, name)
    return drawn, texts(drawn)


@pytest.mark.parametrize(("kind", "name"), CASES, ids=lambda one: one.replace(" ", "-"))
def test_no_text_lies_on_another_or_beyond_the_page(kind: str, name: str) -> None:
    drawn, found = placed(kind, name)
    page = drawn.figure.bbox
    outside = [text for text, box in found if box.x0 < 0 or box.y0 < 0 or box.x1 > page.width or box.y1 > page.height]
    assert outside == []
    assert list(overlapping(found)) == []


def overlapping(found: list[tuple[str, Bbox]]) -> Iterator[tuple[str, str]]:
    """Give the texts that lie on each other, going through them from the left."""
    open_still: list[tuple[str, Bbox]] = []
    for text, box in sorted(found, key=lambda one: one[1].x0):
        open_still = [(other, another) for other, another in open_still if another.x1 > box.x0]
        yield from ((other, text) for other, another in open_still if another.y0 < box.y1 and box.y0 < another.y1)
        open_still.append((text, box))


def test_the_search_for_overlapping_texts_finds_them() -> None:
    boxes = [("a", Bbox([[0, 0], [10, 10]])), ("b", Bbox([[9, 9], [20, 20]])), ("c", Bbox([[10.5, 0], [20, 8.5]]))]
    assert list(overlapping(boxes)) == [("a", "b")]


@pytest.mark.parametrize(("kind", "name"), CASES, ids=lambda one: one.replace(" ", "-"))
def test_every_picture_says_what_it_is_by_which_policy_and_as_at_which_day(kind: str, name: str) -> None:
    words = " ".join(text for text, _ in placed(kind, name)[1])
    for told in (WHAT_IT_IS, "(lp)", "example-england-2026-11", "23 Nov 2026"):
        assert told in words
    assert "ratio" not in words


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("kind", "name"), [("timeline", "one week"), ("weeks", "one worker in one week")])
def test_the_same_figures_give_the_same_bytes_whatever_the_readers_own_settings(
    kind: str, name: str, form: Form
) -> None:
    first = picture(kind, name, form)
    with mpl.rc_context({"font.size": 30.0, "axes.facecolor": "black", "svg.hashsalt": None}):
        assert picture(kind, name, form) == first
    assert first.startswith(b"\x89PNG" if form == "png" else b"<?xml")


def test_drawing_leaves_no_setting_behind_and_loads_no_pyplot() -> None:
    before = dict(mpl.rcParams)
    picture("timeline", "one week", "svg")
    assert dict(mpl.rcParams) == before


def test_a_picture_holds_no_date_of_its_making_and_no_address_of_a_program() -> None:
    content = picture("weeks", "one worker in one week", "svg").decode()
    metadata = content[content.index("<metadata>") : content.index("</metadata>")]
    assert "<dc:date>" not in metadata
    assert WHAT_IT_IS in metadata
    assert "atplotlib" not in metadata


def test_words_of_an_svg_are_outlines_and_stand_beside_them_as_comments() -> None:
    content = picture("timeline", "hours not known", "svg").decode()
    assert "<text" not in content
    assert {"Capacity not known", "Cumulative", "Acute", "Over capacity"} <= set(re.findall(r"<!-- (.*?) -->", content))


def test_marks_that_would_touch_are_one_mark_with_their_number() -> None:
    assert bunches([], 1.0) == []
    assert bunches([3.0, 1.0, 1.5, 2.5], 1.0) == [(1.0, 2), (2.5, 2)]
    crowd = bunches([place / 7 for place in range(100)], 2.0)
    assert sum(number for _, number in crowd) == 100
    assert all(after - before >= 2.0 for (before, _), (after, _) in pairwise(crowd))


@pytest.mark.parametrize("name", TIMELINES)
def test_there_are_between_one_and_thirteen_or_so_ticks_within_the_time(name: str) -> None:
    shown = TIMELINES[name]
    chosen, _ = ticks(shown.since, shown.as_at)
    assert 4 <= len(chosen) <= MOST_TICKS + 1
    assert all(shown.since <= one <= shown.as_at for one in chosen)


def test_capacity_is_not_known_only_while_in_post() -> None:
    shown = timeline(capacity=None)
    joined = shown.points[50].at
    assert list(stretches_unknown(shown.points, ())) == [Stretch(shown.since, AS_AT)]
    assert list(stretches_unknown(shown.points, (Stretch(shown.since, joined),))) == [Stretch(joined, AS_AT)]
    assert list(stretches_unknown(shown.points, (Stretch(shown.since, AS_AT),))) == []
    assert list(stretches_unknown(timeline().points, ())) == []


def test_who_is_in_post_no_longer_has_no_capacity_and_the_picture_says_so() -> None:
    left = replace(TIMELINES["hours not known"], not_in_post=(Stretch(TIMELINES["hours not known"].since, AS_AT),))
    with own_settings():
        words = [text for text, _ in texts(sheet_of_timeline(left))]
    assert any("not in post" in text for text in words)
    assert "Capacity not known" not in words


def test_rows_stand_in_the_order_of_the_figures_which_is_by_id() -> None:
    drawn, _ = placed("weeks", "30 workers over 52 weeks")
    labels = [label.get_text() for label in drawn.figure.axes[0].get_yticklabels()]
    assert labels == sorted(labels)
    assert len(labels) == 30


def test_no_file_is_left_by_drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    picture("timeline", "one week", "png")
    assert list(tmp_path.iterdir()) == []

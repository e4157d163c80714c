"""How far a search has come is shown to who watches, and Ctrl-C gives the best plan so far."""

import os
import signal
from collections.abc import Iterator
from io import StringIO
from math import inf
from typing import Any

import pytest
from rich.console import Console

from allocation_engine.interfaces.cli import read_commands
from allocation_engine.interfaces.cli.interruption import Interruption
from allocation_engine.interfaces.cli.plan_options import SearchOptions
from allocation_engine.interfaces.cli.search_watch import STOPPING, SearchWatch, line_of
from allocation_engine.interfaces.cli.terminal import Terminal
from allocation_engine.optimiser import Level, Limits, Progress
from tests.interfaces.cli.command_line import CommandLine

HEAVIEST = Progress("heaviest load ratio", 0.75, 0.6, 3.0)


@pytest.fixture(autouse=True)
def heard_as_before() -> Iterator[None]:
    """Whatever a test makes of Ctrl-C, it is heard afterwards as it was before."""
    before = signal.getsignal(signal.SIGINT)
    yield
    assert signal.getsignal(signal.SIGINT) is before
    signal.signal(signal.SIGINT, before)


def terminal(*, as_json: bool = False, watched: bool = True) -> tuple[Terminal, StringIO]:
    written = StringIO()
    return Terminal(as_json, err=Console(file=written, force_terminal=watched, width=80)), written


def shown(options: SearchOptions, on: Terminal) -> SearchWatch:
    """Search a little: a level is settled, another is on its way, and something comes after."""
    with SearchWatch(on, options) as watch:
        assert watch.search.on_level is not None
        assert watch.search.on_progress is not None
        watch.search.on_level(Level("unallocated, urgent", 0.0, 0.0))
        assert watch.search.on_progress(HEAVIEST) is True
        watch._line.refresh()
        watch.turn_to("Looking at [what] comes after")
    return watch


@pytest.mark.parametrize(
    ("value", "bound", "told"),
    [
        (0.75, 0.6, "best 0.75, bound 0.6, gap 20.0%"),
        (0.75, 0.75, "best 0.75, bound 0.75, gap 0.0%"),
        (4.0, -13.0, "best 4, bound -13, gap above 100%"),
        (0.75, -inf, "best 0.75, nothing proven yet"),
        (inf, 0.5, "nothing found yet"),
    ],
)
def test_a_line_says_the_level_the_best_the_bound_and_the_gap(value: float, bound: float, told: str) -> None:
    assert line_of(Progress("any level", value, bound, 1.0)) == f"any level: {told}"


def test_the_longest_line_fits_beside_the_sign_and_the_time() -> None:
    longest = line_of(Progress("sum of the 15 heaviest load ratios", 14.2345, 12.2345, 1.0))
    assert len(longest) <= 80 - len("- ") - len(" 0:00:00")


def test_whoever_watches_sees_how_far_the_search_has_come() -> None:
    on, written = terminal()
    shown(SearchOptions(), on)
    assert line_of(HEAVIEST) in written.getvalue()
    assert "Looking at [what] comes after" in written.getvalue()


@pytest.mark.parametrize(
    ("options", "on"),
    [
        (SearchOptions(quiet=True), terminal()),
        (SearchOptions(), terminal(as_json=True)),
        (SearchOptions(), terminal(watched=False)),
    ],
    ids=["quiet", "json", "no terminal"],
)
def test_nothing_is_shown_where_nobody_is_to_see_it(options: SearchOptions, on: tuple[Terminal, StringIO]) -> None:
    quiet, written = on
    shown(options, quiet)
    assert written.getvalue().strip() == ""


def test_the_limits_of_the_search_are_those_asked_for() -> None:
    watch = shown(SearchOptions(effort=3.0, seconds=60.0), terminal()[0])
    assert (watch.search.effort, watch.search.limits) == (3.0, Limits(seconds=60.0))


def test_ctrl_c_asks_the_search_to_stop_and_is_said() -> None:
    on, written = terminal()
    with SearchWatch(on, SearchOptions()) as watch:
        assert watch.search.on_progress is not None
        os.kill(os.getpid(), signal.SIGINT)
        assert watch.search.on_progress(HEAVIEST) is False
        watch._line.refresh()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL, "a second one ends the command where it stands"
    assert STOPPING in written.getvalue()


def test_ctrl_c_is_heard_again_after_somebody_else_has_taken_it() -> None:
    with Interruption() as interruption:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        interruption.listen()
        os.kill(os.getpid(), signal.SIGINT)
        assert interruption.asked


def test_after_the_search_ctrl_c_ends_the_command_as_anywhere_else() -> None:
    with SearchWatch(terminal()[0], SearchOptions()) as watch:
        watch.turn_to("Looking at what comes after")
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody presses Ctrl-C as soon as they see a search make progress."""
    tell = SearchWatch._on_progress

    def press(watch: SearchWatch, progress: Progress) -> bool:
        tell(watch, progress)
        os.kill(os.getpid(), signal.SIGINT)
        return tell(watch, progress)

    monkeypatch.setattr(SearchWatch, "_on_progress", press)


def test_a_proposal_stopped_with_ctrl_c_is_the_best_so_far_and_says_so(service: CommandLine, pressed: None) -> None:
    made: Any = service.document("propose")
    assert (made["stopped"], made["status"]) == ("asked to stop", "feasible")
    page = " ".join(service.text("propose").split())
    assert "The search was stopped, as you asked: this is the best plan found until then" in page
    assert "Proven" not in page


def test_a_look_at_choices_says_if_the_plan_is_that_of_a_search_that_was_stopped(
    service: CommandLine, pressed: None
) -> None:
    status, out, err = service.call("rule-costs")
    assert status == 0
    assert "A rule is there for a reason" in out
    assert "stopped, as you asked: this is about the best plan found until then" in " ".join(err.split())


def test_a_search_that_was_not_stopped_says_nothing_of_it(service: CommandLine) -> None:
    status, _, err = service.call("propose", "--seconds", "600")
    assert (status, err) == (0, "")
    assert service.document("propose", "--seconds", "600")["stopped"] is None


def test_a_command_that_is_interrupted_says_so(service: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_store: str | None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(read_commands, "existing_engine", interrupted)
    assert service.call("load") == (130, "", "Interrupted; nothing more was done.\n")

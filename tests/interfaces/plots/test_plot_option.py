"""load --plot: a file beside the answer, or one clear refusal and nothing written."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from domain.load.explain import WHAT_IT_IS
from tests.interfaces.cli.command_line import CommandLine

AS_AT = ("--as-at", "2026-11-20")


@pytest.mark.parametrize(("file", "begin"), [("w.svg", b"<?xml"), ("w.png", b"\x89PNG"), ("W.SVG", b"<?xml")])
def test_one_worker_is_drawn_into_the_file_and_the_page_names_it(service: CommandLine, file: str, begin: bytes) -> None:
    page = service.text("load", "w-0004", "--plot", file, *AS_AT)
    assert "Why:" in page
    assert f"The picture is in {file}" in page
    assert Path(file).read_bytes().startswith(begin)


@pytest.mark.parametrize("team", [(), ("--team", "t-01")], ids=["service", "team"])
def test_everybody_or_a_team_is_drawn_by_week(service: CommandLine, team: tuple[str, ...]) -> None:
    asked = ("load", *team, "--plot", "weeks.svg", "--since", "2026-10-12", *AS_AT)
    assert "The picture is in weeks.svg" in service.text(*asked)
    told = Path("weeks.svg").read_text("utf-8")
    assert "Load by week" in told
    assert WHAT_IT_IS in told
    assert "<!-- 12 Oct" in told


def test_with_json_the_document_holds_the_figures_and_the_file_is_written(service: CommandLine) -> None:
    plot: Any = service.document("load", "w-0004", "--plot", "w.png", *AS_AT)["plot"]
    assert plot["file"] == "w.png"
    shown = plot["timeline"]
    assert (shown["worker_id"], shown["unit"], shown["note"]) == ("w-0004", "lp", WHAT_IT_IS)
    account: Any = service.document("load", "w-0004", *AS_AT)["workers"]
    assert shown["points"][-1]["acute"] == pytest.approx(account[0]["acute"], rel=1e-9)
    assert shown["points"][-1]["cumulative"] == pytest.approx(account[0]["cumulative"], rel=1e-9)
    assert Path("w.png").stat().st_size > 10_000

    weeks: Any = service.document("load", "--plot", "all.svg", *AS_AT)["plot"]
    rows = [row["row_id"] for row in weeks["weekly_loads"]["rows"]]
    assert rows == sorted(rows)
    assert len(weeks["weekly_loads"]["weeks"]) == 27


def test_without_plot_there_is_no_picture_in_the_document(service: CommandLine) -> None:
    assert "plot" not in service.document("load", "w-0004")


def test_the_same_question_gives_the_same_file(service: CommandLine) -> None:
    service.text("load", "--plot", "one.svg", *AS_AT)
    service.text("load", "--plot", "two.svg", *AS_AT)
    assert Path("one.svg").read_bytes() == Path("two.svg").read_bytes()


REFUSED = [
    (("--plot", "w.pdf"), ".svg or .png"),
    (("--plot", "w"), ".svg or .png"),
    (("--plot", "nowhere/w.svg"), "nowhere"),
    (("--plot", "folder.svg"), "folder.svg"),
    (("--plot", "w.svg", "--since", "2026-11-21"), "ends on 2026-11-20"),
    (("--plot", "w.svg", "--since", "1999-01-01"), "2021-"),
    (("--plot", "w.svg", "--since", "then"), "--since"),
]


@pytest.mark.parametrize("whose", [("w-0004",), ()], ids=["worker", "service"])
@pytest.mark.parametrize(("asked", "named"), REFUSED, ids=lambda one: " ".join(one) if isinstance(one, tuple) else "")
def test_what_cannot_be_drawn_is_refused_in_a_sentence_and_nothing_is_written(
    service: CommandLine, asked: tuple[str, ...], named: str, whose: tuple[str, ...]
) -> None:
    Path("folder.svg").mkdir()
    before = sorted(Path().iterdir())
    code, message = service.refused("load", *whose, *asked, *AS_AT)
    assert code == "settings"
    assert named in message
    assert sorted(Path().iterdir()) == before


def test_a_wrong_ending_is_refused_before_the_store_is_looked_for(empty: CommandLine) -> None:
    assert ".svg or .png" in empty.refused("load", "--plot", "w.pdf")[1]


def test_an_older_picture_stays_when_the_question_is_refused(service: CommandLine) -> None:
    Path("w.svg").write_text("an older picture", "utf-8")
    service.refused("load", "w-9999", "--plot", "w.svg")
    assert Path("w.svg").read_text("utf-8") == "an older picture"


def test_a_picture_of_the_first_days_that_can_be_asked_about_does_not_fail(service: CommandLine) -> None:
    page = service.text("load", "--plot", "w.svg", "--as-at", "1900-01-03")
    assert "The picture is in w.svg" in page


def test_nothing_is_loaded_to_draw_with_until_a_picture_is_asked_for(service: CommandLine) -> None:
    program = (
        "import sys; from allocation_engine.interfaces.cli.main import main; "
        "status = main(sys.argv[1:]); "
        "sys.exit(status or 10 * ('matplotlib' in sys.modules))"
    )
    environment = os.environ | {"PYTHONPATH": os.fspath(Path(__file__).parents[3])}

    def status(*asked: str) -> int:
        called = subprocess.run(
            [sys.executable, "-c", program, *asked], capture_output=True, env=environment, check=False
        )
        return called.returncode

    assert status("load", "w-0004") == 0
    assert status("load", "w-0004", "--plot", "w.svg") == 10

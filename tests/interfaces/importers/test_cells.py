"""What one cell says, where a file alone cannot show it."""

from datetime import date, time

import pytest

from allocation_engine.interfaces.importers.cells import CellFault, CellValue, child_id, date_of, text_of


@pytest.mark.parametrize(("cell", "child"), [(123.0, "123"), (123, "123"), ("CH\xa0012", "CH 012"), ("-", None)])
def test_an_id_is_text_without_the_marks_of_the_spreadsheet(cell: CellValue, child: str | None) -> None:
    assert child_id(cell) == child


def test_leading_noughts_of_an_id_stay() -> None:
    assert child_id("00123") != child_id("123")


@pytest.mark.parametrize("cell", [True, date(2026, 1, 1), time(0), "1.5E+12"])
def test_what_cannot_be_an_id_is_a_fault(cell: CellValue) -> None:
    with pytest.raises(CellFault) as caught:
        child_id(cell)
    assert caught.value.code == "unreadable_child_id"


@pytest.mark.parametrize(
    "cell",
    [None, "", " - ", "N/A", "#REF!", "ongoing", 0, time(0), date(1900, 1, 1), date(9999, 12, 31), "31/12/9999"],
)
def test_what_stands_for_no_date_is_no_date(cell: CellValue) -> None:
    assert date_of(cell) is None


def test_a_plain_date_is_itself() -> None:
    assert date_of(date(2026, 1, 2)) == date(2026, 1, 2)


@pytest.mark.parametrize("cell", [True, 2019, -1, 4_000_000, "2019", "03/15/2026", "30/02/2026", "last week"])
def test_what_cannot_be_a_date_is_a_fault_and_is_not_guessed(cell: CellValue) -> None:
    with pytest.raises(CellFault) as caught:
        date_of(cell)
    assert caught.value.code == "unreadable_date"
    assert str(cell) not in caught.value.why


@pytest.mark.parametrize(
    ("text", "day"),
    [("01/02/29", date(2029, 2, 1)), ("01/02/30", date(1930, 2, 1)), ("2026/1/2", date(2026, 1, 2))],
)
def test_two_digits_of_a_year_are_read_as_excel_reads_them(text: str, day: date) -> None:
    assert date_of(text) == day


def test_white_space_of_every_kind_is_one_space() -> None:
    assert text_of("Worker\u2003\xa0A1\n") == "Worker A1"

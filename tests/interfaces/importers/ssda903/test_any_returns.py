"""Whatever return was sent before: once one has been taken in, the store stands as it says."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.evolve.case import CaseState
from domain.identifiers import CaseId
from tests.interfaces.importers.ssda903.returns import (
    Returns,
    Row,
    care,
    case_id,
    episodes_file,
    held,
    returns,
    workers_file,
)

START = date(2026, 1, 5)
DAYS = st.integers(0, 12)


def day(number: int) -> str:
    return (START + timedelta(days=number)).strftime("%d/%m/%Y")


@st.composite
def worker_rows(draw: st.DrawFn) -> Row:
    start, length = draw(DAYS), draw(st.none() | st.integers(1, 8))
    end = "" if length is None else day(start + length)
    who, why = draw(st.sampled_from(["SW1", "SW2", "SW3"])), draw(st.sampled_from(["", "MANAGE", "LEFTRL"]))
    return held("101", who, day(start), end, why)


@st.composite
def care_rows(draw: st.DrawFn) -> Row:
    start, length = draw(DAYS), draw(st.none() | st.integers(0, 8))
    return care("101", day(start), "" if length is None else day(start + length))


# Each return shows the child from one and the same day on: a later beginning would leave what was told before it.
FROM_THE_FIRST_DAY = held("101", "SW1", day(0), day(2))
WORKERS = st.lists(worker_rows(), max_size=4).map(lambda rows: [FROM_THE_FIRST_DAY, *rows])
CARE = st.lists(care_rows(), max_size=3)
# Without the episodes, what episodes told stays: so either every return has them or none.
SENT = st.lists(st.tuples(WORKERS, CARE), min_size=1, max_size=4) | st.lists(
    st.tuples(WORKERS, st.none()), min_size=1, max_size=4
)


def state(store: Returns, number: int) -> CaseState:
    try:
        return store.case("101", day(number))
    except KeyError:
        return CaseState(case_id=CaseId(case_id("101")))


@settings(max_examples=80)
@given(SENT)
def test_after_any_returns_the_store_stands_as_the_last_alone_says(
    sent: list[tuple[list[Row], list[Row] | None]],
) -> None:
    files = [(workers_file(*rows), None if episodes is None else episodes_file(*episodes)) for rows, episodes in sent]
    with returns() as store, returns() as fresh:
        for workers, episodes in files:
            store.send(workers, episodes)
        fresh.send(*files[-1])
        assert [state(store, number) for number in range(-1, 25)] == [state(fresh, number) for number in range(-1, 25)]
        assert store.send(*files[-1]).records == ()

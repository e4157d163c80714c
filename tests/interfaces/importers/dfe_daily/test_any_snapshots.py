"""Whatever was sent before, and however often: once a payload has been taken in, the store stands as it says."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from domain.evolve.case import CaseState
from domain.identifiers import CaseId
from tests.interfaces.importers.dfe_daily.payloads import (
    Daily,
    Json,
    assessment,
    case_id,
    child,
    daily,
    episode,
    plan,
    worker,
)

START = date(2026, 1, 5)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAYS = st.integers(0, 12)
FACTORS = st.lists(st.sampled_from(["10A", "11A", "24A", "4A"]), max_size=3, unique=True)


def day(number: int) -> str:
    return (START + timedelta(days=number)).isoformat()


@st.composite
def stints(draw: st.DrawFn) -> Json:
    start, length = draw(DAYS), draw(st.none() | st.integers(0, 8))
    end = None if length is None else day(start + length)
    return worker(draw(st.sampled_from(["SWE1", "SWE2", "SWE3"])), day(start), end)


@st.composite
def episodes(draw: st.DrawFn, number: int) -> Json:
    if draw(st.integers(0, 9)) == 0:
        return {"social_care_episode_id": f"E{number}", "purge": True}
    start, length = draw(DAYS), draw(st.none() | st.integers(0, 10))
    sections: dict[str, JsonValue] = {}
    if draw(st.booleans()):
        sections["child_and_family_assessments"] = [assessment(*draw(FACTORS), authorised=day(start))]
    if draw(st.booleans()):
        sections["child_protection_plans"] = [plan("child_protection_plan", day(start))]
    closed = None if length is None else day(start + length)
    workers = tuple(draw(st.lists(stints(), max_size=4)))
    return episode(f"E{number}", day(start), closed, workers=workers, **sections)


@st.composite
def snapshots(draw: st.DrawFn) -> list[JsonValue]:
    """Draw a payload of two children, each with the same three episodes every day, or purged."""
    children: list[JsonValue] = []
    for number in range(2):
        if draw(st.integers(0, 9)) == 0:
            children.append({"la_child_id": f"K{number}", "purge": True})
        else:
            children.append(child(f"K{number}", *(draw(episodes(one)) for one in range(3))))
    return draw(st.permutations(children))


def state(store: Daily, child_id: str, moment: datetime) -> CaseState:
    """Give a case as at a moment; nothing told of it is nothing known."""
    try:
        return store.case(child_id, as_at=moment)
    except KeyError:
        return CaseState(case_id=CaseId(case_id(child_id)))


@settings(max_examples=60)
@given(st.lists(snapshots(), min_size=1, max_size=5))
def test_after_any_snapshots_the_store_stands_as_the_last_alone_says(sent: list[list[JsonValue]]) -> None:
    with daily() as store, daily() as fresh:
        for payload in sent:
            store.send(*payload)
        fresh.send(*sent[-1])
        for one in ("K0", "K1"):
            for number in range(-1, 28):
                moment = NOON + timedelta(days=number)
                assert state(store, one, moment) == state(fresh, one, moment)
        assert store.send(*sent[-1]).records == ()

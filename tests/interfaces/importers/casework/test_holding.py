"""Stints that overlap in any way become steps that say, on every day, who is primary worker and who works beside them."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from allocation_engine.interfaces.importers.casework import Course, Run, Stint
from allocation_engine.interfaces.importers.casework.facts import Fact, facts_of
from domain.events.order import rank_of
from domain.evolve.case import CaseState, evolve_case
from domain.identifiers import CaseId, WorkerId

CASE = CaseId("c-1")
START = date(2026, 1, 5)
LAST = 24


def day(number: int) -> date:
    return START + timedelta(days=number)


@st.composite
def stints(draw: st.DrawFn) -> Stint:
    start, length = draw(st.integers(-3, 15)), draw(st.none() | st.integers(1, 10))
    worker_id = WorkerId(draw(st.sampled_from(["w-1", "w-2", "w-3", "w-4"])))
    return Stint(worker_id, day(start), None if length is None else day(start + length))


STINTS = st.lists(stints(), max_size=6)
RUNS = st.builds(
    lambda start, length: Run("", day(start), None if length is None else day(start + length)),
    st.integers(0, 6),
    st.none() | st.integers(0, 15),
)


def state_at(facts: list[Fact], number: int) -> CaseState:
    """Fold the facts up to noon of a day, as every view does."""
    noon = datetime.combine(day(number), time(12), UTC)
    state = CaseState(case_id=CASE)
    for fact in sorted(facts, key=lambda one: (one.at, rank_of(type(one.event)), one.source_id)):
        if fact.at <= noon:
            state = evolve_case(state, fact.event, fact.at)
    return state


def active(held: list[Stint], run: Run, number: int) -> dict[str, date]:
    """Give who works on a day and since when without a break, within the run."""
    if not (run.start <= day(number) and (run.end is None or day(number) < run.end)):
        return {}
    found: dict[str, date] = {}
    for one in held:
        since = max(one.start, run.start)
        if since <= day(number) and (one.end is None or day(number) < one.end):
            while (
                any(
                    other.worker_id == one.worker_id
                    and other.start < since
                    and (other.end is None or other.end >= since)
                    for other in held
                )
                and since > run.start
            ):
                since -= timedelta(days=1)
            found[one.worker_id] = min(since, found.get(one.worker_id, since))
    return found


@settings(max_examples=300)
@given(RUNS, STINTS)
def test_on_every_day_the_primary_is_one_who_started_last_and_all_others_work_beside_them(
    run: Run, held: list[Stint]
) -> None:
    facts = list(facts_of(Course(CASE, (run,), tuple(held)), lambda _: CaseState(case_id=CASE)))
    assert len({fact.source_id for fact in facts}) == len(facts)
    for number in range(LAST):
        state, working = state_at(facts, number), active(held, run, number)
        assert (state.primary is None) == (not working)
        if state.primary is None:
            continue
        assert working[state.primary.worker_id] == max(working.values())
        beside = {one.worker_id for one in state.co_workers}
        yesterday = state_at(facts, number - 1).primary
        just_handed_over = {yesterday.worker_id} if yesterday is not None else set()
        assert beside <= working.keys() - {state.primary.worker_id}
        assert working.keys() - {state.primary.worker_id} <= beside | just_handed_over


@given(RUNS, STINTS)
def test_the_order_in_which_stints_are_told_does_not_matter(run: Run, held: list[Stint]) -> None:
    forwards, backwards = (
        list(facts_of(Course(CASE, (run,), tuple(order)), lambda _: CaseState(case_id=CASE)))
        for order in (held, held[::-1])
    )
    assert forwards == backwards

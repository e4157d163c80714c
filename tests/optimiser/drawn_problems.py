"""Hypothesis strategies for small problems; figures lie on a coarse grid, so that what is equal is exactly equal."""

from hypothesis import strategies as st

from domain.allocation import AllocationProblem, Candidate, Caps, CaseNeed
from domain.identifiers import CaseId, GroupId, WorkerId
from domain.vocabulary import HarmType, Priority, RiskLevel, Role

WORKER_IDS = [WorkerId(f"w-{number}") for number in range(1, 5)]
CASE_IDS = [CaseId(f"c-{number}") for number in range(1, 5)]
GROUPS = [GroupId("g-1"), GroupId("g-2")]

groups = st.none() | st.sampled_from(GROUPS)
group_sets = st.frozensets(st.sampled_from(GROUPS), max_size=1)
harms = st.sampled_from([HarmType.GANGS, HarmType.MISSING])
skill_sets = st.frozensets(st.sampled_from(["harm:gangs"]))
language_sets = st.frozensets(st.sampled_from(["cy"]))
areas = st.none() | st.sampled_from(["north", "south"])
loads = st.integers(1, 12).map(float)


@st.composite
def workers(draw: st.DrawFn, worker_id: WorkerId) -> Candidate:
    """Draw a worker, now and then of unknown hours, away, or past a cap already."""
    caseload = draw(st.integers(0, 4))
    return Candidate(
        worker_id=worker_id,
        predicted_load=float(draw(st.integers(0, 60))),
        capacity=draw(st.sampled_from([100.0, 100.0, 50.0, 80.0, None])),
        caseload_cap=draw(st.integers(1, 6)),
        high_risk_cap=draw(st.integers(0, 3)),
        harm_type_cap=draw(st.integers(1, 4)),
        hours_available=30.0,
        new_cases_cap=draw(st.sampled_from([None, None, 1, 2])),
        hours_taken=float(draw(st.integers(15, 32))),
        caseload=caseload,
        high_risk=draw(st.integers(0, min(2, caseload))),
        by_harm=draw(st.dictionaries(harms, st.integers(0, caseload))),
        away=draw(st.sampled_from([False] * 9 + [True])),
        role=draw(st.sampled_from([None, Role.SOCIAL_WORKER, Role.YOUTH_WORKER])),
        area=draw(areas),
        skills=draw(skill_sets),
        languages=draw(language_sets),
        sibling_groups=draw(group_sets),
        peer_groups=draw(group_sets),
    )


@st.composite
def cases(draw: st.DrawFn, case_id: CaseId, there: list[WorkerId]) -> CaseNeed:
    """Draw a case that waits or that may move from one of the workers there."""
    some = st.frozensets(st.sampled_from(there), max_size=1)
    holder = draw(st.sampled_from([None] * 3 + list(there)))
    return CaseNeed(
        case_id=case_id,
        priority=draw(st.sampled_from(Priority)),
        waiting_days=float(draw(st.integers(0, 20))),
        harm_types=draw(st.none() | st.lists(harms, max_size=2, unique=True).map(tuple)),
        risk=draw(st.none() | st.sampled_from(RiskLevel)),
        hours=float(draw(st.integers(0, 6))),
        needs=draw(skill_sets),
        languages=draw(language_sets),
        area=draw(areas),
        sibling_group=draw(groups),
        peer_group=draw(groups),
        conflicts=draw(some),
        co_workers=draw(some) - {holder},
        past_primaries=tuple(draw(some)),
        needs_co_worker=draw(st.booleans()),
        current_worker_id=holder,
    )


@st.composite
def problems(draw: st.DrawFn, most_workers: int = 4, most_cases: int = 4) -> AllocationProblem:
    """Draw a problem with every kind of rule in it."""
    there = WORKER_IDS[: draw(st.integers(1, most_workers))]
    waiting = CASE_IDS[: draw(st.integers(1, most_cases))]
    row = st.tuples(*(loads for _ in there))
    pairs = st.frozensets(st.tuples(st.sampled_from(waiting), st.sampled_from(there)), max_size=1)
    return AllocationProblem(
        workers=tuple(draw(workers(worker_id)) for worker_id in there),
        cases=tuple(draw(cases(case_id, there)) for case_id in waiting),
        added_load=draw(st.tuples(*(row for _ in waiting))),
        added_load_co=draw(st.tuples(*(row for _ in waiting))),
        caps=draw(caps()),
        pinned=draw(st.just(frozenset()) | pairs),
        forbidden=draw(pairs),
    )


@st.composite
def caps(draw: st.DrawFn) -> Caps:
    """Draw the limits that hold for the plan as a whole."""
    return Caps(
        harm_type_share=draw(st.sampled_from([0.5, 0.75, 1.0])),
        harm_type_share_from=draw(st.integers(1, 5)),
        co_worker_hours_share=0.5,
        moves_allowed=draw(st.integers(0, 2)),
        primary_roles=draw(st.sampled_from([frozenset(Role), frozenset({Role.SOCIAL_WORKER})])),
        co_worker_roles=draw(st.sampled_from([frozenset(Role), frozenset({Role.YOUTH_WORKER})])),
    )

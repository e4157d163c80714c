"""Which pairs no rule blocks, for services of any size: what is alike to the rules is asked about once."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from domain.allocation import AllocationProblem, Candidate, CaseNeed, blocked
from domain.identifiers import TeamId
from domain.vocabulary import AssignmentRole

Places = NDArray[np.int64]
Member = TypeVar("Member", Candidate, CaseNeed)


def open_pairs(problem: AllocationProblem, cases: Iterable[int], role: AssignmentRole) -> tuple[Places, Places]:
    """Give (case, worker) by their places for every pair that `domain.allocation.blocked` leaves open, sorted.

    A rule of pairs looks at what makes workers alike (hours, absence, role, team, skills, peer groups) and cases alike
    (needs, teams, peer group), and at lists that a case or the problem holds by name. So one pair of each two kinds is
    asked about, and the named ones are then taken out, or put back where a worker holds the case. A test compares
    this with asking about every pair.
    """
    chosen = list(cases)
    rules_alone = AllocationProblem((), (), (), (), caps=problem.caps, added_variance=(), added_variance_co=())
    workers = _alike(range(len(problem.workers)), problem.workers, _kind_of_worker)
    by_team: dict[TeamId | None, list[Places]] = {}
    for members in workers:
        by_team.setdefault(problem.workers[members[0]].team_id, []).append(members)
    found: list[Places] = []
    for members in _alike(chosen, problem.cases, _kind_of_case):
        example = _unnamed(problem.cases[members[0]])
        near = [kind for team in sorted(example.teams) for kind in by_team.get(team, ())] if example.teams else workers
        found += [
            np.add.outer(members * len(problem.workers), kind).ravel()
            for kind in near
            if blocked(rules_alone, problem.workers[kind[0]], example, role) is None
        ]
    keys = np.concatenate(found) if found else np.empty(0, np.int64)
    named, kept = _by_name(problem, chosen, role)
    keys = np.union1d(np.setdiff1d(keys, named), kept)
    width = max(len(problem.workers), 1)
    return keys // width, keys % width


def _by_name(problem: AllocationProblem, cases: list[int], role: AssignmentRole) -> tuple[Places, Places]:
    """Give the pairs that a list closes by name, and those that a worker holds now and may always keep."""
    width, closed, kept = len(problem.workers), [], []
    for c in cases:
        case = problem.cases[c]
        there = (worker_id for worker_id in case.conflicts | case.co_workers if worker_id in problem.worker_index)
        closed += [c * width + problem.worker_index[worker_id] for worker_id in there]
        holder = case.current_worker_id
        if role is AssignmentRole.PRIMARY and holder is not None and holder in problem.worker_index:
            kept.append(c * width + problem.worker_index[holder])
    closed += [problem.case_index[case] * width + problem.worker_index[who] for case, who in problem.forbidden]
    return np.array(closed, np.int64), np.array(kept, np.int64)


def _alike(
    places: Iterable[int], members: tuple[Member, ...], kind: Callable[[Member], Hashable]
) -> list[NDArray[np.int64]]:
    kinds: dict[Hashable, list[int]] = {}
    for place in places:
        kinds.setdefault(kind(members[place]), []).append(place)
    return [np.array(found, np.int64) for found in kinds.values()]


def _kind_of_worker(worker: Candidate) -> Hashable:
    no_day = worker.capacity == 0
    return (
        worker.capacity is None,
        worker.away or no_day,
        worker.role,
        worker.team_id,
        worker.skills,
        worker.peer_groups,
    )


def _kind_of_case(case: CaseNeed) -> Hashable:
    return case.needs, case.teams, case.peer_group


def _unnamed(case: CaseNeed) -> CaseNeed:
    return replace(case, conflicts=frozenset(), co_workers=frozenset(), current_worker_id=None)

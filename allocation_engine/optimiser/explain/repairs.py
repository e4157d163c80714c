"""The best plan found in which one worker takes one case: a swap, an exchange, or a short chain of moves that keeps every rule."""

from collections.abc import Iterator
from functools import cached_property
from heapq import nsmallest
from itertools import islice

from allocation_engine.optimiser.aims import Fairness
from allocation_engine.optimiser.explain.levels_changed import changes_between, sort_key
from allocation_engine.optimiser.explain.plan_in_hand import Change, PlanInHand
from domain.allocation import blocked
from domain.identifiers import CaseId, WorkerId
from domain.vocabulary import AssignmentRole

LONGEST = 16
"""Cases of a chain up to which each of their workers counts as one more who receives something."""

LOOKS = 160
"""Changes that a search looks at; the same on every machine, and about a sixth of a second at authority size."""

OTHERS = 8
"""Workers to whom a case is tried to be passed on, or with whom it is tried to be shared: the least loaded first."""

INCOMING = 24
"""Cases that are tried to be passed to a worker who is touched, those of the most loaded first."""

KEPT = 4
"""Changes from which a chain is made longer: the best so far, or while there is none those that break least."""

Worth = tuple[float, ...]
Tried = tuple[Worth, int, Change]


def best_repair(hand: PlanInHand, case_id: CaseId, worker_id: WorkerId, fairness: Fairness) -> Change | None:
    """Give the best change found that hands the case to the worker and keeps every rule; None if none was found."""
    return _Search(hand, case_id, worker_id, fairness).best()


class _Search:
    """Changes looked at one by one, the best of them made longer, within a number of looks."""

    def __init__(self, hand: PlanInHand, case_id: CaseId, worker_id: WorkerId, fairness: Fairness) -> None:
        self.hand, self.case_id, self.worker_id, self.fairness = hand, case_id, worker_id, fairness
        self.looks_left = LOOKS
        self._seen: set[frozenset[tuple[CaseId, WorkerId | None, WorkerId | None]]] = set()
        self._open: dict[tuple[CaseId, AssignmentRole], list[WorkerId]] = {}
        carried = {one.worker_id: one.predicted_load / (one.capacity or 1.0) for one in hand.problem.workers}
        self._ratio = carried | {who: ratio for ratio, who in hand.ratios}

    def best(self) -> Change | None:
        """Give the best change found that keeps every rule; None if none was found."""
        kept: list[Tried] = []
        broken: list[Tried] = []
        self._look(self._begin(), kept, broken)
        lengthened: set[int] = set()
        while self.looks_left > 0:
            beam = [one for one in nsmallest(KEPT, kept or broken) if one[1] not in lengthened]
            if not beam:
                break
            lengthened.add(beam[0][1])
            self._look(self._longer(beam[0][2]), kept, broken)
        return min(kept)[2] if kept else None

    def _look(self, changes: Iterator[Change], kept: list[Tried], broken: list[Tried]) -> None:
        for change in changes:
            if self.looks_left <= 0:
                return
            key = frozenset((case_id, *seats) for case_id, seats in change.items())
            if key in self._seen:
                continue
            self._seen.add(key)
            self.looks_left -= 1
            faults = sum(1 for _ in islice(self.hand.faults(change), 4))
            tried = (
                self._worth(change) if not faults else (float(faults), float(len(change))),
                len(self._seen),
                change,
            )
            (broken if faults else kept).append(tried)

    def _worth(self, change: Change) -> Worth:
        now, cases = self.hand.score, len(self.hand.problem.cases)
        receivers = len(now.ratios) + 2 * min(cases, LONGEST)  # as many levels for every change, so that they compare
        return sort_key(changes_between(now, self.hand.score_after(change), self.fairness, receivers))

    def _begin(self) -> Iterator[Change]:
        """Hand the case over, with every co-worker that is worth a try where it has none yet."""
        change = self.hand.handed_to(self.case_id, self.worker_id)
        if not self.hand.problem.case(self.case_id).needs_co_worker or change[self.case_id][1] is not None:
            yield change
            return
        for co_worker in self.open_to(self.case_id, AssignmentRole.CO_WORKER)[:OTHERS]:
            yield {**change, self.case_id: (self.worker_id, co_worker)}

    def _longer(self, change: Change) -> Iterator[Change]:
        """Make one more move: whoever a change touches passes on a case, or takes one; last, a case is left waiting."""
        case = self.hand.problem.case(self.case_id)
        siblings = self.hand.members("sibling_group", case.sibling_group)
        stays = {self.case_id, *(one.case_id for one in siblings)}
        touched = sorted(self.hand.touched(change), key=lambda who: (who != self.worker_id, who))
        held = self.hand.held_after(change)
        theirs = [one for who in touched for one in held.primaries_of(who) if one not in stays]
        for case_id in theirs:
            for who in self.open_to(case_id, AssignmentRole.PRIMARY)[:OTHERS]:
                if who != self.hand.seats(case_id, change)[0]:
                    yield self.hand.handed_to(case_id, who, change)
        for other in touched:
            if other != self.worker_id:
                passed = (one for one in self._heaviest_first if one not in stays and one not in change)
                there = (one for one in passed if self.hand.plan.primary[one] not in touched)
                able = (one for one in there if self._may(one, other))
                yield from (self.hand.handed_to(one, other, change) for one in islice(able, INCOMING))
        for case_id in theirs:
            yield self.hand.left_waiting(case_id, change)

    @cached_property
    def _heaviest_first(self) -> list[CaseId]:
        """The planned cases, those of the most loaded workers first."""
        return sorted(self.hand.plan.primary, key=lambda one: (-self._ratio[self.hand.plan.primary[one]], one))

    def _may(self, case_id: CaseId, worker_id: WorkerId) -> bool:
        problem = self.hand.problem
        return blocked(problem, problem.worker(worker_id), problem.case(case_id)) is None

    def open_to(self, case_id: CaseId, role: AssignmentRole) -> list[WorkerId]:
        """Give the workers whom no rule keeps from the case, those with the lightest load first."""
        if (case_id, role) not in self._open:
            problem = self.hand.problem
            case = problem.case(case_id)
            there = [worker.worker_id for worker in problem.workers if blocked(problem, worker, case, role) is None]
            self._open[case_id, role] = sorted(there, key=lambda who: (self._ratio[who], who))
        return self._open[case_id, role]

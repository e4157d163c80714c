"""What a rule is: a code, a sentence a manager would say, where it comes from, and a check without any solver."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from domain.allocation.problem import AllocationProblem, Candidate, CaseNeed, Plan
from domain.rejection import Rejection
from domain.vocabulary import AssignmentRole

PairCheck = Callable[[AllocationProblem, Candidate, CaseNeed, AssignmentRole], str | None]
PlanCheck = Callable[[AllocationProblem, Plan], Iterator[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class PairRule:
    """A rule about one worker and one case. `short` names it in a list; `blocks` says what stands in the way, or nothing."""

    code: str
    short: str
    sentence: str
    source: str
    blocks: PairCheck

    def rejection(self, fault: str, subject: str) -> Rejection:
        """Put a fault as a refusal under this rule."""
        return Rejection(self.code, fault, self.source, subject)


@dataclass(frozen=True, slots=True)
class PlanRule:
    """A rule about a worker's whole caseload or the whole plan. `faults` gives (what is wrong, about whom)."""

    code: str
    short: str
    sentence: str
    source: str
    faults: PlanCheck

    def rejections(self, problem: AllocationProblem, plan: Plan) -> Iterator[Rejection]:
        """Check a plan."""
        for fault, subject in self.faults(problem, plan):
            yield Rejection(self.code, fault, self.source, subject)


def pair_rule(code: str, short: str, sentence: str, source: str) -> Callable[[PairCheck], PairRule]:
    """Make a check the rule of this code."""
    return lambda check: PairRule(code, short, sentence, source, check)


def plan_rule(code: str, short: str, sentence: str, source: str) -> Callable[[PlanCheck], PlanRule]:
    """Make a check the rule of this code."""
    return lambda check: PlanRule(code, short, sentence, source, check)

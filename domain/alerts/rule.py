"""What a blind-spot rule is: a small pure function with a code and the plain question that it asks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from domain.alerts.finding import Finding
from domain.alerts.record import Record
from domain.policy.practice import PracticePolicy

Find = Callable[[Record, PracticePolicy], Iterator[Finding]]


@dataclass(frozen=True)
class AlertRule:
    """A rule with what is said of it.

    Attributes
    ----------
    code
        Stable name, for machines and for the alert's id.
    title
        A few words for a table.
    question
        What the rule asks, in one plain sentence.
    personal
        Whether its evidence is what a worker chose to tell: to be shown to them and to who supports them, not widely.
    """

    code: str
    title: str
    question: str
    find: Find
    personal: bool = False

    def __call__(self, record: Record, policy: PracticePolicy) -> Iterator[Finding]:
        """Find where the rule applies."""
        return self.find(record, policy)


def alert_rule(code: str, title: str, question: str, *, personal: bool = False) -> Callable[[Find], AlertRule]:
    """Make a rule of the function that finds where it applies."""

    def made(find: Find) -> AlertRule:
        return AlertRule(code, title, question, find, personal)

    return made

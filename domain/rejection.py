"""A refusal that users can expect, as a value: which rule, in plain words, and where the rule comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why something was not done.

    Attributes
    ----------
    code
        Stable name of the rule, for machines (`caseload_cap`).
    reason
        One plain sentence for the person who asked, saying what stands in the way.
    source
        Where the rule comes from: a law, a published figure, a local policy.
    subject
        The worker, case or proposal it is about, if it is about one.
    """

    code: str
    reason: str
    source: str = ""
    subject: str | None = None

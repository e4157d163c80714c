"""What changed in a worker's load between two accounts, contribution by contribution."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from domain.identifiers import CaseId
from domain.load.account import Contribution, LoadAccount, SourceOfLoad, load_account
from domain.load.exposure import NOTHING, TwoCompartments, sum_of
from domain.load.facts import CaseHistory, Relieved, WorkerHistory
from domain.load.parameters import LoadParameters
from domain.load.recovery import days, relief_steps
from domain.vocabulary import AssignmentRole


class KindOfChange(StrEnum):
    """What became of one contribution."""

    NEW = "new"
    GREW = "grew"
    EASED = "eased"
    NO_LONGER_HELD = "no_longer_held"
    OFF_THE_RECORD = "off_the_record"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a case, an incident or a supervision given between two accounts [lp].

    `since` is when it began. `role` is the role in which a case is or was held. Off the record is what the earlier
    account had and the later one has no more: it was corrected or retracted in between.
    """

    kind: KindOfChange
    source: SourceOfLoad
    subject: str
    role: AssignmentRole | None
    since: datetime
    before: TwoCompartments
    after: TwoCompartments
    still_held: bool

    @property
    def load(self) -> TwoCompartments:
        """The change itself [lp], below zero where the load eased."""
        return self.after - self.before


@dataclass(frozen=True)
class Changes:
    """The way from one account of a worker to another.

    Attributes
    ----------
    before, after
        The two accounts.
    parts
        What changed, the largest change first, whichever way it went; they add up to `load`.
    """

    before: LoadAccount
    after: LoadAccount
    parts: tuple[Change, ...]

    @cached_property
    def load(self) -> TwoCompartments:
        """How the load changed [lp]."""
        return self.after.load - self.before.load

    @cached_property
    def capacity(self) -> float | None:
        """How capacity changed [lp]; None where it is not known at both ends."""
        if self.before.capacity is None or self.after.capacity is None:
            return None
        return self.after.capacity - self.before.capacity


def changes_between(before: LoadAccount, after: LoadAccount) -> Changes:
    """Compare two accounts of one worker, drawn up at two moments or from what was known at two."""
    earlier, later = _by_subject(before), _by_subject(after)
    parts = [_change(earlier.get(key, []), later.get(key, [])) for key in {**earlier, **later}]
    changed = [one for one in parts if one.kind not in {KindOfChange.GREW, KindOfChange.EASED} or one.load != NOTHING]
    changed.sort(key=lambda one: (-abs(one.load.total), one.source, one.subject, one.role or ""))
    return Changes(before, after, tuple(changed))


Subject = tuple[SourceOfLoad, str, AssignmentRole | None]


def _by_subject(account: LoadAccount) -> dict[Subject, list[Contribution]]:
    """Put together what is one to the reader: an incident heard of twice is one incident."""
    found: dict[Subject, list[Contribution]] = {}
    for one in account.contributions:
        found.setdefault((one.source, one.subject, one.role), []).append(one)
    return found


def _change(before: list[Contribution], after: list[Contribution]) -> Change:
    shown = (after or before)[0]
    was, now = sum_of(one.load for one in before), sum_of(one.load for one in after)
    was_held, is_held = any(one.still_held for one in before), any(one.still_held for one in after)
    if not before:
        kind = KindOfChange.NEW
    elif not after:
        kind = KindOfChange.OFF_THE_RECORD
    elif was_held and not is_held:
        kind = KindOfChange.NO_LONGER_HELD
    else:
        kind = KindOfChange.GREW if now.total > was.total else KindOfChange.EASED
    since = min(one.since for one in (after or before))
    return Change(kind, shown.source, shown.subject, shown.role, since, was, now, is_held)


@dataclass(frozen=True, slots=True)
class SessionsSince:
    """Sessions since a moment that advanced the recovery clock, and the load that would be there without them [lp]."""

    sessions: int
    without: TwoCompartments
    load: TwoCompartments

    @property
    def eased(self) -> TwoCompartments:
        """What they took off [lp] of what would be there now."""
        return self.without - self.load


def sessions_since(
    since: datetime,
    account: LoadAccount,
    history: WorkerHistory,
    cases: Mapping[CaseId, CaseHistory],
    parameters: LoadParameters,
) -> SessionsSince:
    """Say what the sessions after a moment took off an account: the same account, had they not been held.

    Parameters
    ----------
    since
        Sessions up to and at this moment stay.
    account
        The account as it is, drawn up from the same facts.
    history, cases, parameters
        What `account` was drawn up from.
    """
    kept = tuple(fact for fact in history if not isinstance(fact, Relieved) or fact.at <= since)
    without = load_account(account.worker_id, kept, cases, parameters, account.as_at)
    known = tuple(fact for fact in history if fact.at <= account.as_at)
    sessions = sum(step.at > days(since) for step in relief_steps(known, parameters))
    return SessionsSince(sessions, without.load, account.load)

"""Errors of the engine, one tree below the domain's root.

AllocationError (domain)
├── SettingsError            a setting is missing or makes no sense
├── StoreError
│   ├── StoreUnavailable     the store cannot be opened or reached
│   ├── ConcurrentWrite      something a decision rested on arrived in between
│   ├── UnreadableEvent      a stored event cannot be read, at this position
│   ├── KeysUnavailable      the keys of persons cannot be opened, reached or found
│   ├── PersonWasErased      something about a person came after they were erased
│   ├── BackupUnusable       a backup cannot be written, read or restored
│   └── ProjectionStopped    a projection met an event it cannot apply, at this position
├── ProposalError
│   ├── UnknownProposal      no proposal has this id
│   ├── ProposalMoved        the proposal is no longer what the decider saw
│   └── DecisionRefused      the decision cannot be taken, with the rule
│       └── StaleProposal    what the proposal relied on has changed, and what changed
└── IntakeError
    ├── UnreadableWorkbook   the file is not one that can be read, and why
    ├── NotAnnexA            the workbook can be read and is not Annex A
    └── UnreadableDelivery   what another system sent cannot be read as what it should be, and why
"""

from dataclasses import dataclass

from domain.errors import AllocationError
from domain.rejection import Rejection


class SettingsError(AllocationError):
    """A setting is missing or makes no sense."""

    def __init__(self, setting: str, fault: str) -> None:
        self.setting = setting
        self.fault = fault
        super().__init__(f"{setting}: {fault}")


class StoreError(AllocationError):
    """The event store could not do what was asked."""


class StoreUnavailable(StoreError):
    """The store cannot be opened or reached."""

    def __init__(self, store: str, why: str) -> None:
        self.store = store
        self.why = why
        super().__init__(f"the store {store} cannot be used: {why}")


class ConcurrentWrite(StoreError):
    """An append was refused because an event that it depends on arrived in between."""

    def __init__(self, after: int) -> None:
        self.after = after
        super().__init__(f"something this depends on was recorded after position {after}: read again and decide anew")


class UnreadableEvent(StoreError):
    """A stored event cannot be read by this version."""

    def __init__(self, position: int, wire_type: str, why: str) -> None:
        self.position = position
        self.wire_type = wire_type
        self.why = why
        super().__init__(f"the event at position {position} ({wire_type}) cannot be read: {why}")


class ProjectionStopped(StoreError):
    """A projection met an event it cannot apply. It stops there: a view that skips events is wrong without a sign."""

    def __init__(self, projection: str, position: int, wire_type: str, why: str) -> None:
        self.projection = projection
        self.position = position
        self.wire_type = wire_type
        self.why = why
        super().__init__(f"the view {projection} stopped at position {position} ({wire_type}): {why}")


class KeysUnavailable(StoreError):
    """The keys of persons cannot be opened or reached, or are not those of this store."""

    def __init__(self, keys: str, why: str) -> None:
        self.keys = keys
        self.why = why
        super().__init__(f"the keys of persons in {keys} cannot be used: {why}")


class PersonWasErased(StoreError):
    """Something about a person was to be recorded after they were erased; nothing of it was stored."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        super().__init__(
            f"{subject} was erased, so nothing more is recorded about them; whoever comes back gets a new id"
        )


class BackupUnusable(StoreError):
    """A backup cannot be written, read or restored."""

    def __init__(self, file: str, why: str) -> None:
        self.file = file
        self.why = why
        super().__init__(f"the backup {file} cannot be used: {why}")


class ProposalError(AllocationError):
    """A proposal could not be made or decided."""


class UnknownProposal(ProposalError):
    """No proposal has this id."""

    def __init__(self, proposal_id: str) -> None:
        self.proposal_id = proposal_id
        super().__init__(f"there is no proposal {proposal_id}")


class ProposalMoved(ProposalError):
    """The proposal is no longer at the version that the decider saw: it was amended or decided since."""

    def __init__(self, proposal_id: str, version: int) -> None:
        self.proposal_id = proposal_id
        self.version = version
        super().__init__(f"proposal {proposal_id} has changed since you read it: read it again and decide on that")


class DecisionRefused(ProposalError):
    """A decision cannot be taken; `rejection` says which rule is in its way."""

    def __init__(self, rejection: Rejection) -> None:
        self.rejection = rejection
        super().__init__(rejection.reason)


@dataclass(frozen=True, slots=True)
class Change:
    """One event that a stale proposal had not seen: where, what, about whom."""

    position: int
    wire_type: str
    subjects: tuple[str, ...]


class StaleProposal(DecisionRefused):
    """What the proposal relied on has changed since; `changes` says what."""

    def __init__(self, proposal_id: str, changes: tuple[Change, ...]) -> None:
        self.proposal_id = proposal_id
        self.changes = changes
        told = "; ".join(f"{c.wire_type} for {', '.join(c.subjects)} at position {c.position}" for c in changes)
        super().__init__(
            Rejection(
                code="stale",
                reason=f"proposal {proposal_id} is out of date: {told}. Make a new proposal and decide on that.",
                source="A proposal holds only for what it saw (docs/adr)",
                subject=proposal_id,
            ),
        )


class IntakeError(AllocationError):
    """Something given to the engine could not be taken in. Nothing of it was stored."""


class UnreadableWorkbook(IntakeError):
    """The file cannot be read as a workbook."""

    def __init__(self, file: str, code: str, why: str) -> None:
        self.file = file
        self.code = code
        self.why = why
        super().__init__(f"{file}: {why}")


class NotAnnexA(UnreadableWorkbook):
    """The workbook can be read and is not Annex A."""


class UnreadableDelivery(IntakeError):
    """What another system sent cannot be read as what it should be: `source` says which, `code` and `why` the fault."""

    def __init__(self, source: str, code: str, why: str) -> None:
        self.source = source
        self.code = code
        self.why = why
        super().__init__(f"{source}: {why}")

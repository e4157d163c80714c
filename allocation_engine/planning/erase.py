"""Erase persons: recorded in a named person's name, then their keys destroyed. Nothing that was sealed is read again.

First the log says who is erased, by whom and why; then the keys go. Whatever comes between the two, the same command
takes it up again: what is on record is not recorded twice, and what is destroyed stays so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from allocation_engine.errors import ConcurrentWrite, DecisionRefused, SettingsError
from allocation_engine.persistence.event_log import Criterion
from allocation_engine.persistence.keys.erasures import is_erased, proposals_naming, stored_plain
from allocation_engine.persistence.store import Store
from allocation_engine.planning.stamp import Stamp
from allocation_engine.planning.what_if.board import forget_looks
from allocation_engine.planning.what_if.saved import forget_saved
from domain.events.corrections import PersonErased
from domain.events.persons import is_person
from domain.rejection import Rejection
from domain.vocabulary import ErasureReason

SOURCE = "Retention and erasure (docs/adr/0009)"
ERASURES = frozenset({PersonErased})


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure did: who is erased now, who of them was before, which proposals went with them.

    `position` is the head of the log after it.
    """

    subjects: tuple[str, ...]
    already: tuple[str, ...]
    proposals: tuple[str, ...]
    position: int


def erase(store: Store, subjects: Sequence[str], reason: ErasureReason, stamp: Stamp) -> Erasure:
    """Erase persons by their tags, `worker:…` or `case:…`. When this returns, no process reads what was said of them.

    Proposals that name them go with them: they show people side by side. So do all looks ahead, and saved what-ifs that name
    them. Views are built anew when they are next read.

    Raises
    ------
    SettingsError
        The store has no keys of persons.
    DecisionRefused
        A tag is no person's, nothing is on record of one, or something is that was stored before there were keys.
        Nobody is erased then.
    """
    if store.keyring is None:
        raise SettingsError(
            "ALLOCATION_ENGINE_PERSON_KEYS", "this store is used without keys of persons, so nobody can be erased"
        )
    wanted = tuple(dict.fromkeys(subjects))
    for subject in wanted:
        if refusal := _refusal(store, subject):
            raise DecisionRefused(refusal)
    already = tuple(subject for subject in wanted if is_erased(store, subject))
    for subject in wanted:
        _put_on_record(store, subject, reason, stamp)
    proposals = tuple(sorted({name for subject in wanted for name in proposals_naming(store, subject)}))
    left = [name for name in (*wanted, *proposals) if not is_erased(store, name)]
    if left:
        store.keyring.destroy(left)
    forget_looks(store.documents)
    forget_saved(store.documents, [subject.partition(":")[2] for subject in wanted])
    return Erasure(wanted, already, proposals, store.log.head())


def _refusal(store: Store, subject: str) -> Rejection | None:
    if not is_person(subject):
        return Rejection("not_a_person", f"{subject} is no person; write worker:ID or case:ID", SOURCE, subject)
    if not store.log.read_undecoded((Criterion(frozenset({subject})),), limit=1)[0]:
        return Rejection("unknown_person", f"nothing is on record of {subject}", SOURCE, subject)
    plain = stored_plain(store, subject)
    if plain:
        why = f"{plain} events about {subject} were stored before there were keys of persons, where no erasure reaches"
        return Rejection("stored_plain", f"{why}: `backup`, and `restore` into a new store, which seals them", SOURCE)
    return None


def _put_on_record(store: Store, subject: str, reason: ErasureReason, stamp: Stamp) -> None:
    """Record the erasure, unless it is on record; whoever else does so at this moment has done it for us."""
    about = (Criterion(frozenset({subject}), ERASURES),)
    page = store.log.read(about)
    if page.events:
        return
    record = stamp.record(PersonErased(subjects=(subject,), erased=subject, reason=reason))
    try:
        store.log.append([record], unless=about, after=page.head)
    except ConcurrentWrite:
        return

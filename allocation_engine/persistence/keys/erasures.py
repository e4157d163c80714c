"""What the log says of persons and keys: who was erased, whose events are not sealed, whether these are its keys."""

from collections.abc import Iterator
from typing import get_args

from allocation_engine.errors import KeysUnavailable
from allocation_engine.persistence.event_log import Criterion
from allocation_engine.persistence.keys.keyring import Erased
from allocation_engine.persistence.keys.sealing import is_sealed, names_in
from allocation_engine.persistence.store import Store
from domain.events import REGISTRY
from domain.events.allocation import AllocationEvent
from domain.events.corrections import PersonErased
from domain.events.persons import concerned_by

LOOKED_AT = 20
"""So many of the newest events are looked at to see whether the keys are those of the store."""

ERASURES_AT_ONCE = 100_000


def require_keys(store: Store) -> None:
    """Refuse keys under which the newest events of the store are not sealed: new ones would be made beside the old.

    Raises
    ------
    KeysUnavailable
        A key is neither there nor marked as destroyed.
    """
    if store.keyring is None:
        return
    newest, _ = store.log.read_undecoded(after=max(0, store.log.head() - LOOKED_AT), limit=LOOKED_AT)
    for stored in newest:
        names = names_in(stored.event.type, stored.event.data) if is_sealed(stored.event.data) else ()
        for name in names:
            if store.keyring.find(name) is None:
                why = f"there is no key for {name}, under which this store holds events; give the keys of this store"
                raise KeysUnavailable(store.keyring.where, why)


def erased_on_record(store: Store) -> Iterator[str]:
    """Give everybody of whom the log says that they were erased, in the order in which it does."""
    others = REGISTRY.classes - {PersonErased}
    for page in store.log.column_pages(upto=store.log.head(), size=ERASURES_AT_ONCE, skip=others):
        for position in page["position"]:
            for one in store.log.read(after=position - 1, limit=1).events:
                if isinstance(one.record.event, PersonErased):
                    yield from one.record.event.subjects


def is_erased(store: Store, subject: str) -> bool:
    """Tell whether a person's key was destroyed."""
    return store.keyring is not None and isinstance(store.keyring.find(subject), Erased)


def stored_plain(store: Store, subject: str) -> int:
    """Count the events about a person that were stored before there were keys: no erasure can reach them."""
    stored, _ = store.log.read_undecoded((Criterion(frozenset({subject})),))
    plain = [one for one in stored if not is_sealed(one.event.data)]
    return sum(subject in concerned_by(store.mapper.decode_at(one).event).tags for one in plain)


def proposals_naming(store: Store, subject: str) -> tuple[str, ...]:
    """Give the tags of the proposals that name a person."""
    about = Criterion(frozenset({subject}), frozenset(get_args(AllocationEvent)))
    stored, _ = store.log.read_undecoded((about,))
    return tuple(sorted({tag for one in stored for tag in one.event.tags if tag.startswith("proposal:")}))


def erasures_left(store: Store) -> tuple[str, ...]:
    """Give everybody who is on record as erased and whose key was not destroyed; nobody in a store without keys."""
    if store.keyring is None:
        return ()
    return tuple(dict.fromkeys(one for one in erased_on_record(store) if not is_erased(store, one)))


def destroy_what_is_on_record(store: Store) -> tuple[str, ...]:
    """Destroy the keys of everybody on record as erased whose key is there: after a crash, or after old keys came back."""
    left = erasures_left(store)
    if left and store.keyring is not None:
        proposals = {name for subject in left for name in proposals_naming(store, subject)}
        store.keyring.destroy([*left, *sorted(proposals)])
    return left

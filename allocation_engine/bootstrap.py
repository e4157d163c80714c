"""Where clock, ids, files and settings meet the rest: once, here."""

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from importlib.resources import files
from pathlib import Path
from uuid import UUID, uuid4

from allocation_engine.engine import Engine
from allocation_engine.errors import SettingsError
from allocation_engine.persistence.append_context import WithinAppend
from allocation_engine.persistence.keys import open_keyring
from allocation_engine.persistence.keys.erasures import require_keys
from allocation_engine.persistence.store import open_store
from allocation_engine.planning.policy_adoption import require_known_units
from allocation_engine.settings import DEFAULT_STORE, Settings
from domain.errors import InvalidPolicySet
from domain.policy.policy_set import PolicySet

EXAMPLE_POLICY = "example-england-2026-11.toml"


def now() -> datetime:
    """Read the clock."""
    return datetime.now(UTC)


def example_policy() -> PolicySet:
    """Read the example policy set that is shipped."""
    text = (files("domain.policy") / "policy_sets" / EXAMPLE_POLICY).read_text("utf-8")
    return PolicySet.from_mapping(tomllib.loads(text))


def read_policy(path: Path) -> PolicySet:
    """Read a policy set from a TOML file of the shape of the shipped example.

    Raises
    ------
    SettingsError
        The file cannot be opened.
    InvalidPolicySet
        It is no TOML, or no complete and consistent policy set, and where.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SettingsError("FILE", f"{path} cannot be read: {type(error).__name__}") from None
    return policy_of_bytes(content, str(path))


def policy_of_bytes(given: bytes, name: str) -> PolicySet:
    """Read a policy set from the bytes of a TOML file; `InvalidPolicySet` says what is wrong, and where."""
    try:
        content = tomllib.loads(given.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise InvalidPolicySet(name, f"it is no TOML file ({error})") from None
    policy = PolicySet.from_mapping(content)
    require_known_units(policy, example_policy())
    return policy


def open_engine(
    store: str = DEFAULT_STORE,
    *,
    person_keys: str | None = None,
    master_key_file: Path | None = None,
    check_keys: bool = True,
    within_append: WithinAppend | None = None,
    clock: Callable[[], datetime] = now,
    new_id: Callable[[], UUID] = uuid4,
) -> Engine:
    """Open the engine on a store.

    Parameters
    ----------
    store
        `sqlite:///file`, `postgresql://…` or `memory://`; made where there is none yet.
    person_keys, master_key_file
        Where the keys of persons are, as in `Settings`; beside a SQLite store by default.
    check_keys
        Refuse keys that are not those of the store. Only whoever restores keys opens it without.
    within_append
        What each append to the log happens within, such as a span of a trace.
    clock, new_id
        Where time and ids come from; tests and replays give their own.

    Raises
    ------
    SettingsError
        The store needs a place for the keys of persons.
    StoreUnavailable, KeysUnavailable
        The store or the keys cannot be opened, or do not belong together, and why.
    """
    place = Settings(store=store, person_keys=person_keys).person_keys_place()
    keyring = None if place is None else partial(open_keyring, place, master_key_file)
    opened = open_store(store, keyring=keyring, within_append=within_append)
    try:
        if check_keys:
            require_keys(opened)
    except BaseException:
        opened.close()
        raise
    return Engine(store=opened, clock=clock, new_id=new_id, example_policy=example_policy())

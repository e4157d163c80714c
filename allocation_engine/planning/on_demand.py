"""A mapping that works its values out when they are asked for, once each."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class OnDemand(Mapping[Key, Value]):
    """Keys are known from the start, values follow from a function: an account of a thousand is not drawn up for one."""

    def __init__(self, keys: Mapping[Key, object], value_of: Callable[[Key], Value]) -> None:
        self._keys = keys
        self._value_of = cache(value_of)

    def __getitem__(self, key: Key) -> Value:
        if key not in self._keys:
            raise KeyError(key)
        return self._value_of(key)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

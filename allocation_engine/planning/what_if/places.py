"""Places for the names of a service: compiled code knows teams, areas and skills by number, and sets of skills as bits."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from allocation_engine.errors import SettingsError
from allocation_engine.optimiser.forward import NO_ONE

MOST_BITS = 62


@dataclass
class Places:
    """Gives each name a place, in the order in which they are first asked for."""

    what: str
    _known: dict[str, int] = field(default_factory=dict)

    def of(self, name: str | None) -> int:
        """Give the place of a name; `NO_ONE` where there is none."""
        return NO_ONE if name is None else self._known.setdefault(name, len(self._known))

    def bits(self, names: Iterable[str]) -> int:
        """Give a set of names as bits."""
        found = 0
        for name in sorted(names):
            place = self.of(name)
            if place >= MOST_BITS:
                raise SettingsError(self.what, f"a run forward tells {MOST_BITS} apart at most, and here are more")
            found |= 1 << place
        return found

    def known_bits(self, names: Iterable[str]) -> int:
        """Give as bits those of the names that have a place already: what no case needs makes no difference."""
        return self.bits(name for name in names if name in self._known)

    def known(self) -> tuple[str, ...]:
        """Give the names in the order of their places."""
        return tuple(self._known)

    def __len__(self) -> int:
        return len(self._known)

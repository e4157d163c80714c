"""Reads the log as a feed: from any position, as often as wanted, remembering how far it was handled."""

from collections.abc import Iterator

from allocation_engine.client.answers import StoredEvent
from allocation_engine.client.calling import Calling

MOST_AT_ONCE = 500


class Feed:
    """The events past a position, in order, up to where the log ends; iterate again later for what has come since.

    Keep `position` where a restart finds it. It moves past an event only when the next one is asked for, so an event whose
    handling broke off is given again: each comes at least once, and none is left out.
    """

    def __init__(self, calling: Calling, after: int = 0, limit: int = MOST_AT_ONCE) -> None:
        self.position = after
        self._calling = calling
        self._limit = limit

    def __iter__(self) -> Iterator[StoredEvent]:
        """Give what there is."""
        while True:
            page = self._calling.get("/v1/events", {"after": self.position, "limit": self._limit}).json()
            for one in page["events"]:
                event = StoredEvent.model_validate(one)
                yield event
                self.position = event.position
            if page["next"] is None:
                return

"""A thin client of the HTTP service, for whoever writes Python on the other side. It needs httpx and pydantic alone.

`client` has a method for each thing to ask, `calling` tries again until there is an answer, `feed` reads the log,
`following` waits for proposals, `errors` is what can go wrong.
"""

from allocation_engine.client.answers import Decided, Event, Outcome, Outcomes, Proposal, StoredEvent, Streamed
from allocation_engine.client.calling import Retries
from allocation_engine.client.client import Client
from allocation_engine.client.errors import ClientError, Fault, Problem, TookTooLong, Unreachable
from allocation_engine.client.feed import Feed

__all__ = [
    "Client",
    "ClientError",
    "Decided",
    "Event",
    "Fault",
    "Feed",
    "Outcome",
    "Outcomes",
    "Problem",
    "Proposal",
    "Retries",
    "StoredEvent",
    "Streamed",
    "TookTooLong",
    "Unreachable",
]

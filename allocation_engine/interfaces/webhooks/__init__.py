"""Signed webhooks to other systems, as the Standard Webhooks specification describes them; no web framework is needed.

`webhooks` and `dead_letters` are what people do, `deliverer` gives each subscription its `turn`; `target` and `addresses`
say where nothing is sent, `name_lookups` looks names up in time, `connection` holds every connection to both, `sender` sends.
"""

from allocation_engine.interfaces.webhooks.addresses import PRIVATE_NETWORKS
from allocation_engine.interfaces.webhooks.dead_letters import DEAD_LETTERS_KEPT, DeadLetters
from allocation_engine.interfaces.webhooks.deliverer import Deliverer
from allocation_engine.interfaces.webhooks.errors import (
    PositionAhead,
    TargetFault,
    TargetRefused,
    UnknownDeadLetter,
    UnknownSubscription,
    WebhookError,
)
from allocation_engine.interfaces.webhooks.name_lookups import NameLookups
from allocation_engine.interfaces.webhooks.schedule import RetrySchedule
from allocation_engine.interfaces.webhooks.sender import DELIVERED, Fault, HttpSending, Outcome
from allocation_engine.interfaces.webhooks.subscription import DeadLetter, Stopped, Subscription, SubscriptionRequest
from allocation_engine.interfaces.webhooks.target import TargetRules
from allocation_engine.interfaces.webhooks.turn import Attempt, DeliveryRules
from allocation_engine.interfaces.webhooks.webhooks import Webhooks

__all__ = [
    "DEAD_LETTERS_KEPT",
    "DELIVERED",
    "PRIVATE_NETWORKS",
    "Attempt",
    "DeadLetter",
    "DeadLetters",
    "Deliverer",
    "DeliveryRules",
    "Fault",
    "HttpSending",
    "NameLookups",
    "Outcome",
    "PositionAhead",
    "RetrySchedule",
    "Stopped",
    "Subscription",
    "SubscriptionRequest",
    "TargetFault",
    "TargetRefused",
    "TargetRules",
    "UnknownDeadLetter",
    "UnknownSubscription",
    "WebhookError",
    "Webhooks",
]

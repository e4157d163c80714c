"""Errors of the webhooks, one tree below the project's root; each carries a stable `code`.

AllocationError (domain)
└── WebhookError
    ├── UnknownSubscription   no subscription has this id
    ├── UnknownDeadLetter     the subscription has no dead letter for this position
    ├── PositionAhead         sending was to begin past what has been reached
    └── TargetRefused         nothing is sent to this address, and why
"""

from enum import StrEnum
from typing import ClassVar

from domain.errors import AllocationError


class TargetFault(StrEnum):
    """Why nothing is sent to a target."""

    MALFORMED = "malformed"
    SCHEME = "scheme"
    USERINFO = "userinfo"
    FRAGMENT = "fragment"
    PORT = "port"
    UNRESOLVABLE = "unresolvable"
    LOOKUP_TIMEOUT = "lookup_timeout"
    UNSPECIFIED = "unspecified"
    LOOPBACK = "loopback"
    PRIVATE = "private"
    CARRIER_GRADE_NAT = "carrier_grade_nat"
    LINK_LOCAL = "link_local"
    CLOUD_METADATA = "cloud_metadata"
    MULTICAST = "multicast"
    RESERVED = "reserved"


_INTERNAL = "is not on the public internet; give a public address, or have its network allowed in the settings"

WHAT_TO_DO: dict[TargetFault, str] = {
    TargetFault.MALFORMED: "is no URL of the form https://host/path in plain ASCII, at most 2,048 characters",
    TargetFault.SCHEME: "must begin with https://",
    TargetFault.USERINFO: "must not hold a user name or password; messages are signed instead",
    TargetFault.FRAGMENT: "must not have a fragment (#…): a receiver never sees it",
    TargetFault.PORT: "may name port 80, 443, or one from 1024 on",
    TargetFault.UNRESOLVABLE: "has a host that no address is known for; check its spelling",
    TargetFault.LOOKUP_TIMEOUT: "has a host whose address was not found in time; try again in a minute",
    TargetFault.UNSPECIFIED: _INTERNAL,
    TargetFault.LOOPBACK: _INTERNAL,
    TargetFault.PRIVATE: _INTERNAL,
    TargetFault.CARRIER_GRADE_NAT: _INTERNAL,
    TargetFault.LINK_LOCAL: _INTERNAL,
    TargetFault.CLOUD_METADATA: "is where a cloud tells its machines their secrets; nothing is ever sent there",
    TargetFault.MULTICAST: "is no single receiver; give a public address of one host",
    TargetFault.RESERVED: _INTERNAL,
}


class WebhookError(AllocationError):
    """Something about a webhook could not be done; nothing was changed."""

    code: ClassVar[str] = "webhook"


class UnknownSubscription(WebhookError):
    """No subscription has this id."""

    code = "unknown_webhook"

    def __init__(self, subscription_id: str) -> None:
        self.subscription_id = subscription_id
        super().__init__("there is no webhook with this id; the list of webhooks shows those there are")


class UnknownDeadLetter(WebhookError):
    """The subscription has no dead letter for this position: it was dropped, replayed, or never was one."""

    code = "unknown_dead_letter"

    def __init__(self, subscription_id: str, position: int) -> None:
        self.subscription_id = subscription_id
        self.position = position
        super().__init__(f"this webhook has no dead letter for position {position}; its list shows those there are")


class PositionAhead(WebhookError):
    """Sending was to begin past what has been reached: the events up to there would be left out without a sign."""

    code = "position_ahead"

    def __init__(self, position: int, reached: int) -> None:
        self.position = position
        self.reached = reached
        super().__init__(f"nothing can begin after position {position}; give one from 0 to {reached}")


class TargetRefused(WebhookError):
    """Nothing is sent to this target. Which address a name led to is not told: it would map a private network."""

    code = "target_refused"

    def __init__(self, reason: TargetFault, host: str = "") -> None:
        self.reason = reason
        self.host = host
        shown = f"the URL, host {host}," if host else "the URL"
        super().__init__(f"{shown} {WHAT_TO_DO[reason]} ({reason.value})")

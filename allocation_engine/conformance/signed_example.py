"""A signed webhook to try a receiver with: the same secret and message must give the same signature."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

SECRET = "whsec_" + base64.b64encode(b"an-example-secret-of-32-bytes-ok").decode()
MESSAGE_ID, TIMESTAMP = "msg_conformance", "1795000000"
BODY = '{"type":"events.stored","head":42}'


@dataclass(frozen=True, slots=True)
class SignedExample:
    """A message as a receiver gets it, and the secret that it was signed with."""

    secret: str
    headers: dict[str, str]
    body: str


def signed_example() -> SignedExample:
    """Sign as Standard Webhooks has it: HMAC-SHA256 of id, timestamp and body as they came, joined by full stops."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    mark = hmac.new(key, f"{MESSAGE_ID}.{TIMESTAMP}.{BODY}".encode(), hashlib.sha256).digest()
    headers = {
        "webhook-id": MESSAGE_ID,
        "webhook-timestamp": TIMESTAMP,
        "webhook-signature": f"v1,{base64.b64encode(mark).decode()}",
    }
    return SignedExample(SECRET, headers, BODY)

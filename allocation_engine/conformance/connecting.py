"""Steps about the connection: the service is reached, safely, at the right time, by the right caller."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from allocation_engine.conformance.steps import Failed, Session, expect, expect_problem, must, step

LOCAL = frozenset({"localhost", "127.0.0.1", "::1", "testserver"})
MOST_SECONDS_APART = 60


@step(
    "The service is reached and describes itself",
    "Check the address: it is what comes before /v1. A proxy in between must pass /v1/openapi.json on.",
)
def described(session: Session) -> None:
    """Read the description."""
    body = expect(session.http.get("/v1/openapi.json"), 200)
    must(str(body.get("openapi", "")).startswith("3.1"), "what is there is no OpenAPI 3.1 description")


@step(
    "The way to it is encrypted",
    "Call it by https. Without, the key and what is said of children can be read underway.",
)
def encrypted(session: Session) -> None:
    """Look at the address."""
    url = session.http.base_url
    must(url.scheme == "https" or url.host in LOCAL, f"the address begins with {url.scheme}://")


@step(
    "Both clocks agree", "Set both machines' clocks by NTP: events carry moments, and one from the future is refused."
)
def clocks_agree(session: Session) -> None:
    """Compare the answer's date with the clock here."""
    told = session.http.get("/v1/openapi.json").headers.get("date")
    if told is None:
        raise Failed("the answer has no Date header")
    apart = abs((datetime.now(UTC) - parsedate_to_datetime(told)).total_seconds())
    must(apart <= MOST_SECONDS_APART, f"they are {apart:.0f} s apart")


@step(
    "Nobody is let in without a key",
    "Something in between adds a key of its own: take it out, or the log has wrong names.",
)
def no_key(session: Session) -> None:
    """Call without a key."""
    response = session.http.get("/v1/me", headers={"Authorization": ""})
    expect_problem(response, 401, "unauthenticated")
    must("www-authenticate" in response.headers, "the answer lacks WWW-Authenticate: a proxy drops it")


@step("A wrong key is refused", "See the step before.")
def wrong_key(session: Session) -> None:
    """Call with a key that nobody was given."""
    expect_problem(
        session.http.get("/v1/me", headers={"Authorization": "Bearer ae_000000000000_0"}), 401, "unauthenticated"
    )


@step(
    "The key is a system's, and may send and read",
    "Ask for a key of the role `system` with the scopes `events` and `read`, and check that it was copied whole.",
)
def right_key(session: Session) -> None:
    """Ask who calls."""
    body = expect(session.http.get("/v1/me"), 200)
    must(body.get("role") == "system", f"the role is {body.get('role')!r}")
    missing = {"events", "read"} - set(body.get("scopes", ()))
    must(not missing, f"these scopes are missing: {', '.join(sorted(missing))}")


@step(
    "Your correlation id comes back",
    "A proxy drops X-Correlation-ID. Let it pass: it finds a call in both systems' logs.",
)
def correlation_id(session: Session) -> None:
    """Send one along."""
    wanted = "7f6b7a1e-3a54-4b07-9a0c-0d6f6e0f7c11"
    response = session.http.get("/v1/me", headers={"X-Correlation-ID": wanted})
    must(response.headers.get("x-correlation-id", "").replace("-", "") == wanted.replace("-", ""), "another came back")

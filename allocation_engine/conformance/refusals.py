"""Steps about refusals: what does not fit is refused as the description says, and no refusal repeats what was sent."""

from allocation_engine.conformance.steps import Session, expect, expect_problem, must, step

TOO_LARGE = 17 << 20
"""One MiB more than the service takes unless it is set otherwise."""


@step(
    "What is wrong is named, and never repeated",
    "Read `faults`: each names a field. Log them freely: no value is in them.",
)
def no_echo(session: Session) -> None:
    """Send a value that must not come back."""
    secret = f"{session.mark}-must-not-come-back"
    event = session.event("echo", occurred_at=secret, event={"case_id": secret + "!", secret: secret})
    response = session.post("/v1/events", event)
    body = expect_problem(response, 422, "invalid_event")
    must(body.get("faults"), "`faults` names no field")
    must(secret not in response.text.replace(f"event.{secret}", ""), "the answer repeats what was sent")


@step("An unknown type of event is refused", "The description lists the types, with an example of each.")
def unknown_type(session: Session) -> None:
    """Send an event of no type that there is."""
    event = session.event("unknown", type="case.made_up.v1")
    expect_problem(session.post("/v1/events", event), 422, "unknown_event_type")


@step(
    "A body of another kind is refused", "Send `Content-Type: application/json`, or a kind that the description names."
)
def other_kind(session: Session) -> None:
    """Send plain text."""
    expect_problem(session.post("/v1/events", b"case assigned", "text/plain"), 415, "unsupported_media_type")


@step("An answer of another kind is refused", "Ask for application/json, or for lists text/csv.")
def other_answer(session: Session) -> None:
    """Ask for XML."""
    expect_problem(session.http.get("/v1/workers", headers={"Accept": "application/xml"}), 406, "not_acceptable")


@step(
    "A body that is too large is refused",
    "Send fewer events at once, or stream them. A proxy may refuse smaller ones still.",
)
def too_large(session: Session) -> None:
    """Send more than is taken; a proxy's own refusal does as well."""
    response = session.post("/v1/events", b" " * TOO_LARGE)
    must(response.status_code == 413, f"status {response.status_code} instead of 413")  # noqa: PLR2004


@step(
    "A path that is not there is told as a problem", "A proxy answers in the service's place: check what it passes on."
)
def no_path(session: Session) -> None:
    """Ask for nothing."""
    expect_problem(session.http.get(f"/v1/{session.mark}"), 404, "not_found")


@step("A system's key decides nothing", "Give decisions to people: a manager's own key, or their token.")
def no_decisions(session: Session) -> None:
    """Try to approve with the system's key."""
    response = session.post(f"/v1/proposals/{session.mark}/approve", {"reason": "None"}, headers={"If-Match": '"1"'})
    expect(response, 403)

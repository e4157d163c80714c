"""Steps about deciding: a proposal is made, and decided on what was read; at the end, what was sent is taken back."""

import time

from allocation_engine.conformance.steps import Failed, Session, Skipped, expect, expect_problem, must, step

WAIT_SECONDS = 60.0
LOOK_SECONDS = 0.5
REASON = {"reason": "Turned down in a conformance run"}


@step("A proposal is asked for and made", "It is made beside the service: ask whoever runs it whether that part is up.")
def proposal(session: Session) -> None:
    """Ask for one and wait for it."""
    headers = _manager(session)
    response = session.post("/v1/proposals", {"seconds": 2}, headers=headers, key=f"{session.mark}-proposal")
    expect(response, 202)
    place = response.headers.get("location")
    must(place, "the answer lacks Location")
    until = time.monotonic() + WAIT_SECONDS
    while expect(session.http.get(str(place), headers=headers), 200)["status"] == "requested":
        if time.monotonic() > until:
            raise Failed(f"it was not made within {WAIT_SECONDS:.0f} s")
        time.sleep(LOOK_SECONDS)


@step(
    "A decision says what it is on", "Send the proposal's ETag as If-Match, quotes included. A proxy must pass both on."
)
def decision(session: Session) -> None:
    """Decide without having read, on another reading, and on the right one."""
    headers = _manager(session)
    again = session.post("/v1/proposals", {"seconds": 2}, headers=headers, key=f"{session.mark}-proposal")
    place = str(again.headers.get("location"))
    must("idempotency-replayed" in again.headers, "the request for the proposal is not known again")
    expect_problem(session.post(f"{place}/reject", REASON, headers=headers), 428, "if_match_required")
    other = session.post(f"{place}/reject", REASON, headers={**headers, "If-Match": '"1"'})
    expect_problem(other, 412, "changed_since_read")
    read = session.http.get(place, headers=headers)
    tag = read.headers.get("etag")
    must(tag, "the proposal comes without ETag")
    if expect(read, 200)["status"] == "withdrawn":
        raise Skipped("this sandbox holds no workers who could take a case, so there was nothing to propose")
    expect(session.post(f"{place}/reject", REASON, headers={**headers, "If-Match": str(tag)}), 200)


@step("What this run has sent is taken back", "Events of this run are left; their source ids begin with its mark.")
def taken_back(session: Session) -> None:
    """Retract every event of this run."""
    for source_id in session.sent:
        body = {"source_system": session.system, "source_id": source_id, "reason": "recorded_in_error"}
        response = session.post("/v1/retractions", body)
        must(response.status_code in {200, 201}, f"one could not be retracted: status {response.status_code}")


def _manager(session: Session) -> dict[str, str]:
    if session.manager_key is None:
        raise Skipped("give a manager's key with --manager-key")
    return {"Authorization": f"Bearer {session.manager_key}"}

"""Steps about sending: events are taken in once each, in any form, in any order, and put right afterwards."""

import json
from typing import Any

from allocation_engine.conformance.steps import Session, expect, expect_problem, must, step

CLOUDEVENT = "application/cloudevents+json"
CLOUDEVENTS = "application/cloudevents-batch+json"
NDJSON = "application/x-ndjson"


def cloud_event(session: Session, name: str) -> dict[str, Any]:
    """Make an event as a CloudEvent 1.0."""
    plain = session.event(name)
    return {
        "specversion": "1.0",
        "type": plain["type"],
        "source": plain["source_system"],
        "id": plain["source_id"],
        "time": plain["occurred_at"],
        "datacontenttype": "application/json",
        "data": plain["event"],
    }


@step("An event in plain JSON is stored", "The answer's `faults` name the fields that are wrong.")
def plain_event(session: Session) -> None:
    """Send one, and read it back where the answer says."""
    event = session.event("plain")
    response = session.post("/v1/events", event)
    session.stored(response, event["source_id"])
    place = response.headers.get("location")
    must(place, "the answer lacks Location: a proxy drops or rewrites it")
    body = expect(session.http.get(str(place)), 200)
    must(body["envelope"]["source_id"] == event["source_id"], "another event is at the place that Location names")


@step("An event as a CloudEvent is stored", "Send it as application/cloudevents+json, structured mode, with `time`.")
def structured_cloud_event(session: Session) -> None:
    """Send one."""
    event = cloud_event(session, "cloud")
    session.stored(session.post("/v1/events", event, CLOUDEVENT), event["id"])


@step("An event that is sent twice is stored once", "Give an event the same source id each time it is sent.")
def repeated(session: Session) -> None:
    """Send the first one again, in its other form too."""
    body = expect(session.post("/v1/events", session.event("plain")), 200)
    must(body.get("status") == "already_known", f"the answer says {body.get('status')!r}")
    body = expect(session.post("/v1/events", cloud_event(session, "plain"), CLOUDEVENT), 200)
    must(body.get("status") == "already_known", "as a CloudEvent the same event passes for another one")


@step("Another event under a known id is refused", "Never use a source id twice. A change goes as a correction.")
def id_reused(session: Session) -> None:
    """Send another content under the first one's id."""
    other = session.event("plain", occurred_at=session.days_ago(2))
    expect_problem(session.post("/v1/events", other), 409, "source_id_reused")


@step(
    "A repeated call gets the answer of the first",
    "A proxy drops Idempotency-Key. Let it pass, and send the same key with each try of one call.",
)
def replayed(session: Session) -> None:
    """Send one call twice with one key."""
    event, key = session.event("replayed"), f"{session.mark}-replayed"
    first = session.post("/v1/events", event, key=key)
    body = session.stored(first, event["source_id"])
    again = session.post("/v1/events", event, key=key)
    must(expect(again, 201) == body, "the second answer reads otherwise")
    must(again.headers.get("idempotency-replayed") == "true", "the second answer does not say that it is a repetition")


@step("A key that was used for another call is refused", "Make a new Idempotency-Key for each call, such as a UUID.")
def key_misused(session: Session) -> None:
    """Send another call with a used key."""
    other = session.event("misused")
    expect_problem(session.post("/v1/events", other, key=f"{session.mark}-replayed"), 422, "idempotency_key_reused")


@step("Order does not matter", "Send events as they come. The log is ordered by when things happened, not by arrival.")
def reordered(session: Session) -> None:
    """Send what happened later first."""
    case = {"case_id": f"{session.mark}-order", "worker_id": f"{session.mark}-w"}
    ended = session.event("ended", type="case.unassigned.v1", event=case)
    began = session.event("began", event=case, occurred_at=session.days_ago(5))
    for event in (ended, began):
        session.stored(session.post("/v1/events", event), event["source_id"])


@step("An event from long ago is stored", "Back-date freely: say when it happened, not when you send it.")
def back_dated(session: Session) -> None:
    """Send one of last year."""
    event = session.event("old", occurred_at=session.days_ago(400))
    session.stored(session.post("/v1/events", event), event["source_id"])


@step(
    "A batch is answered item by item",
    "Read `items`: each has the place of its event. 207 says that some were refused.",
)
def batch(session: Session) -> None:
    """Send one that is new, one that is known, one that is wrong."""
    events = [session.event("batch"), session.event("plain"), {"type": "none"}]
    session.sent.append(events[0]["source_id"])
    body = expect(session.post("/v1/events/batch", {"events": events}), 207)
    told = [one["status"] for one in body["items"]]
    must(told == ["stored", "already_known", "refused"], f"the items read {', '.join(told)}")


@step(
    "An atomic batch is stored whole or not at all",
    "With `atomic` one wrong event keeps all others out: mend it, send all.",
)
def atomic(session: Session) -> None:
    """Send a good one beside a wrong one, then the good one alone."""
    good = session.event("atomic")
    expect_problem(
        session.post("/v1/events/batch", {"events": [good, {"type": "none"}], "atomic": True}), 422, "invalid_event"
    )
    session.stored(session.post("/v1/events", good), good["source_id"])


@step("A batch of CloudEvents is stored", "Send a JSON array as application/cloudevents-batch+json.")
def batch_of_cloud_events(session: Session) -> None:
    """Send two."""
    events = [cloud_event(session, name) for name in ("cloud-1", "cloud-2")]
    session.sent += [str(one["id"]) for one in events]
    body = expect(session.post("/v1/events/batch", events, CLOUDEVENTS), 200)
    must(body.get("stored") == len(events), f"{body.get('stored')} of {len(events)} are stored")


@step(
    "A stream of lines is stored", "Send one JSON object a line as application/x-ndjson; a proxy must not hold it back."
)
def stream(session: Session) -> None:
    """Send two lines that fit and one that does not."""
    events = [session.event(name) for name in ("line-1", "line-2")]
    session.sent += [one["source_id"] for one in events]
    lines = b"\n".join([*(json.dumps(one).encode() for one in events), b'{"type": "none"}', b""])
    body = expect(session.post("/v1/events/stream", lines, NDJSON), 200)
    must(
        (body.get("stored"), body.get("refused")) == (2, 1),
        f"{body.get('stored')} stored, {body.get('refused')} refused",
    )


@step("An event is corrected", "Name the event by its own source id, and say what it should have read.")
def corrected(session: Session) -> None:
    """Correct the first one, twice the same."""
    right = session.event("plain", occurred_at=session.days_ago(3))
    expect(session.post("/v1/corrections", right), 201)
    expect(session.post("/v1/corrections", right), 200)


@step("An event is taken back", "Name the event by its own source id; `recorded_in_error` is one of the reasons.")
def retracted(session: Session) -> None:
    """Take one back, twice the same, and one that was never sent."""
    body = {"source_system": session.system, "source_id": f"{session.mark}-cloud", "reason": "recorded_in_error"}
    expect(session.post("/v1/retractions", body), 201)
    expect(session.post("/v1/retractions", body), 200)
    expect_problem(session.post("/v1/retractions", {**body, "source_id": f"{session.mark}-never"}), 404, "not_found")

"""Steps about reading: what was sent is read back, page by page, in the forms that are promised."""

import csv
import io

from allocation_engine.conformance.steps import Session, expect, must, step

PAGE = 2
AT_ONCE = 500


@step(
    "The feed is read page by page, from any position",
    "Follow `next` as it is given, keep the last position that you handled, and begin there next time.",
)
def feed(session: Session) -> None:
    """Read what this run has sent in pages of two, and again from the middle."""
    place = f"/v1/events?after={_before(session)}&limit={PAGE}"
    positions: list[int] = []
    found: set[str] = set()
    while place is not None and not set(session.sent) <= found:
        body = expect(session.http.get(place), 200)
        must(len(body["events"]) <= PAGE, "a page holds more events than were asked for")
        positions += [one["position"] for one in body["events"]]
        found |= {one["envelope"]["source_id"] for one in body["events"]}
        place = body["next"]
    must(set(session.sent) <= found, "not all that was sent is in the feed")
    must(positions == sorted(set(positions)), "positions do not rise from event to event")
    middle = positions[len(positions) // 2]
    again = expect(session.http.get(f"/v1/events?after={middle}&limit=1"), 200)["events"]
    must(
        again[0]["position"] == positions[len(positions) // 2 + 1],
        "read again from the middle, the feed goes on elsewhere",
    )


@step(
    "What has not changed is not sent again",
    "Send the ETag back as If-None-Match, quotes included. A proxy must neither drop nor rewrite either of them.",
)
def not_modified(session: Session) -> None:
    """Read the same question twice, the second time with the ETag of the first."""
    place = f"/v1/waiting-cases?as_at={session.days_ago(30).replace('+', '%2B')}&known_at={_known(session)}"
    first = session.http.get(place)
    expect(first, 200)
    tag = first.headers.get("etag")
    must(tag, "the answer lacks ETag")
    again = session.http.get(place, headers={"If-None-Match": str(tag)})
    must(again.status_code == 304, f"status {again.status_code} instead of 304")  # noqa: PLR2004  as the step says
    must(not again.content, "the answer with status 304 has a body")


@step("Lists come as CSV where they are asked for so", "Send `Accept: text/csv`; a proxy must pass Accept on.")
def as_csv(session: Session) -> None:
    """Ask for the workers as CSV."""
    response = session.http.get("/v1/workers", headers={"Accept": "text/csv"})
    must(response.status_code == 200, f"status {response.status_code} instead of 200")  # noqa: PLR2004  likewise
    kind = response.headers.get("content-type", "").split(";")[0]
    must(kind == "text/csv", f"it comes as {kind}")
    rows = list(csv.reader(io.StringIO(response.text)))
    must(rows and all(len(row) == len(rows[0]) for row in rows), "the rows are not of one length")


@step("All pages of a list are of one moment", "Follow `next` as it is given: it remembers the question.")
def pages(session: Session) -> None:
    """Read the workers one by one, a few of them."""
    place, moments, ids = "/v1/workers?limit=1", set(), []
    for _ in range(3):
        body = expect(session.http.get(place), 200)
        moments.add(body["as_at"])
        ids += [one["worker_id"] for one in body["workers"]]
        if (place := body["next"]) is None:
            break
    must(len(moments) == 1, "the pages are of different moments")
    must(ids == sorted(set(ids)), "a worker comes twice, or out of order")


def _before(session: Session) -> int:
    """Give a position before this run's first event, looking back from the end of the log."""
    head = int(expect(session.http.get("/v1/events?limit=1"), 200)["head"])
    after = max(0, head - AT_ONCE)
    while after > 0:
        events = expect(session.http.get(f"/v1/events?after={after}&limit={AT_ONCE}"), 200)["events"]
        mine = [one["position"] for one in events if one["envelope"]["source_id"].startswith(session.mark)]
        if mine and mine[0] > after + 1:
            return int(mine[0]) - 1
        after = max(0, after - AT_ONCE)
    return 0


def _known(session: Session) -> str:
    return session.days_ago(1).replace("+", "%2B")

"""The rules on what workers say: a check-in far from the computed load, a concern that nobody answered.

Both ask a leader to talk with somebody. Neither says anything of the worker: check-ins are voluntary, and where felt and
computed load part, the account may be what is wrong.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.alerts.finding import Evidence, Finding, day_of
from domain.alerts.record import CheckIn, Record, WorkerCourse
from domain.alerts.rule import alert_rule
from domain.policy.practice import PracticePolicy

HEAVIER, LIGHTER = "heavier", "lighter"


@alert_rule(
    "check_in_far_from_load",
    "check-in far from load",
    "Does somebody say that their load feels quite other than what is computed?",
    personal=True,
)
def check_in_far_from_load(record: Record, policy: PracticePolicy) -> Iterator[Finding]:
    """Find runs of check-ins that lie far from the computed load, both ways; a run is one alert from its first on."""
    for worker in record.workers:
        run: list[CheckIn] = []
        direction: str | None = None
        for check_in in worker.check_ins:
            now = _direction(check_in, policy)
            if run and direction is not None and now != direction:
                yield _far(worker, run, direction, check_in.computed.at)
                run = []
            direction = now
            if now is not None:
                run.append(check_in)
        if run and direction is not None:
            yield _far(worker, run, direction, None)


def _direction(check_in: CheckIn, policy: PracticePolicy) -> str | None:
    """Say whether the load feels much heavier or lighter than computed; not known capacity allows no comparison."""
    capacity = check_in.computed.capacity
    if capacity is None:
        return None
    share = check_in.computed.load.total / capacity
    if check_in.felt_load >= policy.felt_heavy.value and share <= policy.load_light.value:
        return HEAVIER
    if check_in.felt_load <= policy.felt_light.value and share >= policy.load_heavy.value:
        return LIGHTER
    return None


def _far(worker: WorkerCourse, run: list[CheckIn], direction: str, over_at: datetime | None) -> Finding:
    first = run[0]
    share = first.computed.load.total / (first.computed.capacity or 1.0)
    evidence = []
    for one in run:
        evidence.append(Evidence("felt load, told voluntarily", one.computed.at, one.event_id, one.felt_load, "of 5"))
        evidence.append(Evidence("computed load", one.computed.at, None, one.computed.load.total, "lp"))
        evidence.append(Evidence("capacity", one.computed.at, None, one.computed.capacity, "lp"))
    more = "" if len(run) == 1 else f" ({len(run)} check-ins in a row)"
    return Finding(
        subject=f"worker:{worker.worker_id}",
        worker_id=worker.worker_id,
        onset=str(first.event_id),
        since=first.computed.at,
        raised_at=first.computed.at,
        over_at=over_at,
        evidence=tuple(evidence),
        sentence=(
            f"On {day_of(first.computed.at)} {worker.worker_id} chose to tell a felt load of {first.felt_load} of 5, "
            f"{direction} than the computed {share:.0%} of capacity{more}. Please talk with them in confidence: "
            "the account may miss something. It says nothing of how they work."
        ),
    )


@alert_rule(
    "concern_unanswered",
    "concern not answered",
    "Did somebody say that they carry too much, and nobody answered?",
)
def concern_unanswered(record: Record, policy: PracticePolicy) -> Iterator[Finding]:
    """Find capacity concerns that waited too long for an answer."""
    allowed = timedelta(days=policy.alerts.concern_unanswered.value)
    for worker in record.workers:
        for concern in worker.concerns:
            raised_at = concern.at + allowed
            if raised_at >= (concern.answered_at or record.as_at):
                continue
            evidence = [Evidence("concern raised", concern.at, concern.event_id)]
            answered = "nobody has answered yet"
            if concern.answered_at is not None:
                evidence.append(Evidence("answered", concern.answered_at))
                answered = f"it was answered on {day_of(concern.answered_at)} only"
            yield Finding(
                subject=f"worker:{worker.worker_id}",
                worker_id=worker.worker_id,
                onset=str(concern.event_id),
                since=concern.at,
                raised_at=raised_at,
                over_at=concern.answered_at,
                evidence=tuple(evidence),
                sentence=f"On {day_of(concern.at)} a concern was raised that {worker.worker_id} carries too much; {answered}.",
            )

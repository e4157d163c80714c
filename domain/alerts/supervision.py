"""The rules on what is owed to a worker: follow-up after an incident, and an agreement on supervision."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.alerts.finding import Evidence, Finding, day_of
from domain.alerts.record import Happened, InPost, OwedFollowUp, Record, WorkerCourse
from domain.alerts.rule import alert_rule
from domain.policy.practice import PracticePolicy
from domain.vocabulary import FollowUpDue

IN_WORDS = {FollowUpDue.HOURS_72: "72-hour", FollowUpDue.DAYS_28: "28-day"}


@alert_rule(
    "follow_up_overdue",
    "follow-up overdue",
    "After a serious incident, is a follow-up with somebody who was exposed overdue?",
)
def follow_up_overdue(record: Record, policy: PracticePolicy) -> Iterator[Finding]:
    """Find follow-ups that were not done in time, each once: those of 72 hours and of 28 days are owed apart."""
    grace = timedelta(days=policy.alerts.follow_up_grace.value)
    for worker in record.workers:
        for owed in worker.owed:
            raised_at = owed.due_at + grace
            if raised_at < record.as_at and (owed.done_at is None or owed.done_at > raised_at):
                yield _overdue(worker, owed, raised_at)


def _overdue(worker: WorkerCourse, owed: OwedFollowUp, raised_at: datetime) -> Finding:
    evidence = [
        Evidence(f"incident {owed.incident_id}", owed.happened_at, owed.event_id),
        Evidence(f"{IN_WORDS[owed.due]} follow-up due", owed.due_at),
    ]
    if owed.done_at is not None:
        evidence.append(Evidence("done late", owed.done_at))
    done = "is not done" if owed.done_at is None else f"was done on {day_of(owed.done_at)} only"
    return Finding(
        subject=f"worker:{worker.worker_id}",
        worker_id=worker.worker_id,
        onset=f"{owed.incident_id}/{owed.due.value}",
        since=owed.due_at,
        raised_at=raised_at,
        over_at=owed.done_at,
        evidence=tuple(evidence),
        sentence=(
            f"The {IN_WORDS[owed.due]} follow-up with {worker.worker_id} after incident {owed.incident_id} of "
            f"{day_of(owed.happened_at)} was due on {day_of(owed.due_at)} and {done}."
        ),
    )


@alert_rule(
    "no_supervision_agreement",
    "no supervision agreement",
    "Is somebody in post with no agreement on supervision?",
)
def no_supervision_agreement(record: Record, policy: PracticePolicy) -> Iterator[Finding]:
    """Find stretches in post that went on for too long without any supervision agreement."""
    allowed = timedelta(days=policy.alerts.agreement_missing.value)
    for worker in record.workers:
        for post in worker.posts:
            end = post.until or record.as_at
            within = (one for one in worker.agreements if post.since <= one.at <= end)
            first = min(within, key=lambda one: one.at, default=None)
            raised_at = post.since + allowed
            if raised_at < (end if first is None else first.at):
                yield _unagreed(worker, post, raised_at, first)


def _unagreed(worker: WorkerCourse, post: InPost, raised_at: datetime, first: Happened | None) -> Finding:
    evidence = [Evidence("in post since", post.since, post.event_id)]
    told = f"{worker.worker_id} is in post since {day_of(post.since)} with no agreement on supervision on record."
    if first is not None:
        evidence.append(Evidence("first agreement", first.at, first.event_id))
        told = f"{worker.worker_id}, in post since {day_of(post.since)}, had no supervision agreed until {day_of(first.at)}."
    elif post.until is not None:
        evidence.append(Evidence("left", post.until))
        told = f"{worker.worker_id} left on {day_of(post.until)} with no supervision ever agreed."
    return Finding(
        subject=f"worker:{worker.worker_id}",
        worker_id=worker.worker_id,
        onset=str(post.event_id),
        since=post.since,
        raised_at=raised_at,
        over_at=post.until if first is None else first.at,
        evidence=tuple(evidence),
        sentence=told,
    )

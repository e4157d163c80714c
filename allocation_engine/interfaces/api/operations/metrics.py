"""What Prometheus reads: requests by endpoint and status, how long they took, events stored, webhooks, open jobs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from allocation_engine.interfaces.webhooks import DELIVERED, Attempt, Fault, Stopped

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(frozen=True)
class Metrics:
    """The metrics of one process. Labels are endpoints, statuses and reasons, each of a closed set; never ids."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    events: Counter = field(init=False)
    attempts: Counter = field(init=False)
    answer_seconds: Histogram = field(init=False)
    dead_letters: Gauge = field(init=False)
    webhooks_stopped: Gauge = field(init=False)
    open_jobs: Gauge = field(init=False)
    head: Gauge = field(init=False)

    def __post_init__(self) -> None:
        made = {
            "requests": Counter(
                "allocation_requests", "Requests answered", ["operation", "status"], registry=self.registry
            ),
            "seconds": Histogram(
                "allocation_request_seconds",
                "Time to the answer [s]",
                ["operation"],
                buckets=SECONDS,
                registry=self.registry,
            ),
            "events": Counter("allocation_events", "Events by what became of them", ["status"], registry=self.registry),
            "attempts": Counter(
                "allocation_webhook_attempts",
                "Attempts to deliver a message, by what came of them",
                ["outcome"],
                registry=self.registry,
            ),
            "answer_seconds": Histogram(
                "allocation_webhook_answer_seconds",
                "Time to a receiver's answer [s]",
                buckets=SECONDS,
                registry=self.registry,
            ),
            "dead_letters": Gauge(
                "allocation_webhook_dead_letters",
                "Messages given up that wait to be replayed or dropped",
                registry=self.registry,
            ),
            "webhooks_stopped": Gauge(
                "allocation_webhooks_stopped",
                "Webhooks that get nothing, by reason",
                ["reason"],
                registry=self.registry,
            ),
            "open_jobs": Gauge("allocation_open_proposals", "Proposals asked for and not made", registry=self.registry),
            "head": Gauge("allocation_log_position", "Last position of the log", registry=self.registry),
        }
        for name, metric in made.items():
            object.__setattr__(self, name, metric)
        for outcome in (DELIVERED, *Fault):  # so that what has not happened yet reads 0
            self.attempts.labels(outcome)

    def count_attempt(self, attempt: Attempt) -> None:
        """Count an attempt to deliver a message, and how long its receiver took, if there was an answer."""
        outcome = attempt.outcome
        self.attempts.labels(outcome.name).inc()
        if outcome.status is not None and outcome.seconds is not None:
            self.answer_seconds.observe(outcome.seconds)

    def show_webhooks(self, stopped: Mapping[Stopped, int], dead_letters: int) -> None:
        """Show how the webhooks of the store stand."""
        self.dead_letters.set(dead_letters)
        for reason, number in stopped.items():
            self.webhooks_stopped.labels(reason).set(number)

    def text(self) -> bytes:
        """Give the metrics in Prometheus's text form."""
        return generate_latest(self.registry)

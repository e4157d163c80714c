"""What Prometheus reads: requests by endpoint and status, how long they took, events stored, webhooks, open jobs."""

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


@dataclass(frozen=True)
class Metrics:
    """The metrics of one process. Labels are endpoints and statuses, never ids."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    events: Counter = field(init=False)
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
            "open_jobs": Gauge("allocation_open_proposals", "Proposals asked for and not made", registry=self.registry),
            "head": Gauge("allocation_log_position", "Last position of the log", registry=self.registry),
        }
        for name, metric in made.items():
            object.__setattr__(self, name, metric)

    def text(self) -> bytes:
        """Give the metrics in Prometheus's text form."""
        return generate_latest(self.registry)

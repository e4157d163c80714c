"""Makes spans, and sends what is allowed of them to a collector. Needs the packages of the group `telemetry`."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

from fastapi.telemetry import TelemetryConfig
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Span, SpanKind, StatusCode

from allocation_engine.interfaces.telemetry.allowed import AllowedOnly
from allocation_engine.interfaces.telemetry.attributes import ERROR_TYPE, EVENTS, OUTCOME, STATUS
from allocation_engine.interfaces.telemetry.requests import traced
from allocation_engine.interfaces.webhooks.sender import Outcome, Sender, Sending

NAME = "allocation-engine"


class Tracing:
    """Spans of one process. They go to a provider of its own: what other libraries trace does not go with them."""

    def __init__(
        self, exporter: SpanExporter, processor: Callable[[SpanExporter], SpanProcessor] = BatchSpanProcessor
    ) -> None:
        ours = Resource.create({SERVICE_NAME: NAME, SERVICE_VERSION: version(NAME)})
        self._provider = TracerProvider(resource=ours.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
        self._provider.add_span_processor(processor(AllowedOnly(exporter)))
        self._tracer = self._provider.get_tracer(NAME, version(NAME))

    @property
    def of_requests(self) -> TelemetryConfig:
        """Say to FastAPI what it traces of requests."""
        return traced(self._provider)

    @contextmanager
    def append(self, events: int) -> Iterator[None]:
        """Trace an append of so many events. One that is undone is no failure: what is known already ends like this."""
        with self._span("append", SpanKind.INTERNAL, {EVENTS: events}) as span, _errors_named(span):
            yield

    @contextmanager
    def work(self, name: str) -> Iterator[None]:
        """Trace a piece of work beside the server, such as the making of a proposal."""
        with self._span(name, SpanKind.INTERNAL, {}) as span, _errors_named(span, are_faults=True):
            yield

    def sending(self, inner: Sending) -> Sending:
        """Trace each attempt to deliver a message. The receiver is told nothing of the trace."""

        @contextmanager
        def opened() -> Iterator[Sender]:
            with inner() as sender:
                yield _TracedSender(sender, self)

        return opened

    def attempt(self) -> AbstractContextManager[Span]:
        """Trace an attempt to deliver a message, whose outcome is to be noted."""
        return self._span("webhook attempt", SpanKind.CLIENT, {})

    def close(self) -> None:
        """Send what is not sent yet, and end."""
        self._provider.shutdown()

    def _span(self, name: str, kind: SpanKind, attributes: Mapping[str, str | int]) -> AbstractContextManager[Span]:
        """Begin a span. What an error says is not noted: it may repeat what a caller sent."""
        return self._tracer.start_as_current_span(
            name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
        )


@contextmanager
def _errors_named(span: Span, *, are_faults: bool = False) -> Iterator[None]:
    """Note the kind of an error that goes through, and whether the span has failed by it."""
    try:
        yield
    except Exception as error:
        span.set_attribute(ERROR_TYPE, type(error).__qualname__)
        if are_faults:
            span.set_status(StatusCode.ERROR)
        raise


def to_collector() -> Tracing:
    """Send spans to the collector that the environment names, in groups, by a thread of their own."""
    return Tracing(OTLPSpanExporter())


@dataclass(frozen=True)
class _TracedSender:
    """Sends messages as another does, each attempt in a span."""

    inner: Sender
    tracing: Tracing

    def post(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Outcome:
        """Send one message."""
        with self.tracing.attempt() as span:
            outcome = self.inner.post(url, headers, body, now)
            span.set_attribute(OUTCOME, outcome.name)
            if outcome.status is not None:
                span.set_attribute(STATUS, outcome.status)
            if outcome.fault is not None:
                span.set_attribute(ERROR_TYPE, outcome.fault)
                span.set_status(StatusCode.ERROR)
        return outcome

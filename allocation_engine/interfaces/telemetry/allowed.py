"""What leaves with a span: the attributes listed here. Ids, addresses, queries and messages of errors stay, whoever put them there."""

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanContext, Status

from allocation_engine.interfaces.telemetry.attributes import ALLOWED

FLUSH_MILLISECONDS = 30_000


class AllowedOnly(SpanExporter):
    """Hands spans on to another exporter without what is not allowed.

    A span's attributes cannot be taken off it while it lasts, and FastAPI puts the path and the query on it as they came;
    so each is copied, with what is known to be harmless, on its way out.
    """

    def __init__(self, inner: SpanExporter) -> None:
        self._inner = inner

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send what is allowed of some spans."""
        return self._inner.export([_allowed(one) for one in spans])

    def shutdown(self) -> None:
        """Close the other exporter."""
        self._inner.shutdown()

    def force_flush(self, timeout_millis: int = FLUSH_MILLISECONDS) -> bool:
        """Have the other exporter send what it holds."""
        return self._inner.force_flush(timeout_millis)


def _allowed(span: ReadableSpan) -> ReadableSpan:
    """Copy a span. Its events and links are left out, and the words of its status: they may repeat what a caller sent."""
    return ReadableSpan(
        name=span.name,
        context=_bare(span.context),
        parent=_bare(span.parent),
        resource=span.resource,
        attributes={name: value for name, value in (span.attributes or {}).items() if name in ALLOWED},
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _bare(context: SpanContext | None) -> SpanContext | None:
    """Leave out the state that other systems hand along with a trace: any text may stand in it."""
    if context is None:
        return None
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)

"""Structured logs: one JSON object a line, with the request's correlation id and its trace's, and never personal data."""

import logging
import sys
from typing import TextIO

import structlog
from asgi_correlation_id import correlation_id
from opentelemetry.trace import format_trace_id, get_current_span
from structlog.typing import EventDict, WrappedLogger


def set_up_logs(stream: TextIO = sys.stderr) -> None:
    """Write our logs, and those of libraries from warnings on, as lines of JSON."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _with_correlation,
            with_trace,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
        foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)


def _with_correlation(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if (found := correlation_id.get()) is not None:
        event.setdefault("correlation_id", found)
    return event


def with_trace(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Add the id of the trace that a line belongs to, if anything is traced."""
    context = get_current_span().get_span_context()
    if context.is_valid:
        event.setdefault("trace_id", format_trace_id(context.trace_id))
    return event

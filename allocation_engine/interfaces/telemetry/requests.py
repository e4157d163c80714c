"""What FastAPI, which traces requests by itself, may tell of them: a span for each request, and that only to our provider."""

from collections.abc import MutableMapping
from typing import Any

from fastapi.telemetry import TelemetryConfig
from opentelemetry.trace import TracerProvider

SILENT: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""Nothing at all. By default FastAPI tells whatever provider the process has, paths and words of errors included."""

UNTRACED_PATHS = frozenset({"/health/live", "/health/ready", "/metrics"})
"""What is asked every few seconds, by machines."""


def traced(provider: TracerProvider) -> TelemetryConfig:
    """Have requests traced by a provider: their method, route as it is written in the code, status and time."""
    return {**SILENT, "tracing": True, "tracer_provider": provider, "exclude": _is_untraced}


def _is_untraced(scope: MutableMapping[str, Any]) -> bool:
    return scope.get("path") in UNTRACED_PATHS

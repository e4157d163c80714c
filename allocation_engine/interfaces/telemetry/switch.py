"""Whether traces are told, and to which collector: the variables of the OpenTelemetry specification say it, none of ours."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog

from allocation_engine.errors import SettingsError

if TYPE_CHECKING:
    from allocation_engine.interfaces.telemetry.tracing import Tracing

log = structlog.get_logger("allocation_engine.telemetry")

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
EXPORTER, DISABLED = "OTEL_TRACES_EXPORTER", "OTEL_SDK_DISABLED"
PROTOCOL = "http/protobuf"


def tracing_of(values: Mapping[str, str]) -> "Tracing | None":
    """Give what makes spans where a collector is named; None, with nothing loaded, where none is.

    What else the specification has variables for (headers, sampling, the service's name) its own packages read from the
    environment. Where they are not installed this is said in the log, and the service does without.

    Raises
    ------
    SettingsError
        A variable asks for what is not to be had here.
    """
    if not _is_asked_for(values):
        return None
    try:
        from allocation_engine.interfaces.telemetry.tracing import to_collector  # noqa: PLC0415  optional packages
    except ModuleNotFoundError as missing:
        if not (missing.name or "").startswith("opentelemetry"):
            raise
        log.warning("traces are asked for, but their packages are not installed: allocation-engine[telemetry]")
        return None
    return to_collector()


@contextmanager
def tracing_while(values: Mapping[str, str]) -> Iterator["Tracing | None"]:
    """Give what `tracing_of` gives, and send at the end what is not sent yet."""
    tracing = tracing_of(values)
    try:
        yield tracing
    finally:
        if tracing is not None:
            tracing.close()


def _is_asked_for(values: Mapping[str, str]) -> bool:
    endpoint = _first_set(values, ENDPOINTS)
    exporter = values.get(EXPORTER, "").strip().lower() or "otlp"
    if endpoint is None or exporter == "none" or values.get(DISABLED, "").strip().lower() == "true":
        return False
    if exporter != "otlp":
        raise SettingsError(EXPORTER, "must be otlp or none")
    protocol = _first_set(values, PROTOCOLS)
    if protocol is not None and values[protocol].strip().lower() != PROTOCOL:
        raise SettingsError(protocol, f"must be {PROTOCOL}; collectors take it at port 4318")
    if not values[endpoint].strip().lower().startswith(("https://", "http://")):
        raise SettingsError(endpoint, "must be the https:// or http:// address of a collector")
    return True


def _first_set(values: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((name for name in names if values.get(name, "").strip()), None)

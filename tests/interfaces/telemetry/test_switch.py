"""Traces are told where the standard's variables name a collector; otherwise nothing is, and nothing of it is loaded."""

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.telemetry import switch
from allocation_engine.interfaces.telemetry.switch import tracing_of, tracing_while

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": " "},
        {"OTEL_SERVICE_NAME": "ours", "OTEL_TRACES_EXPORTER": "otlp"},
        {**ENDPOINT, "OTEL_SDK_DISABLED": "TRUE"},
        {**ENDPOINT, "OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_nothing_is_traced_where_no_collector_is_named_or_it_is_switched_off(values: Mapping[str, str]) -> None:
    assert tracing_of(values) is None


@pytest.mark.parametrize(
    ("values", "setting"),
    [
        ({**ENDPOINT, "OTEL_TRACES_EXPORTER": "console"}, "OTEL_TRACES_EXPORTER"),
        ({**ENDPOINT, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL"),
        ({**ENDPOINT, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json"}, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        ({**ENDPOINT, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "x"}, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
    ],
)
def test_what_is_not_to_be_had_is_refused_by_the_variable_that_asks_for_it(
    values: Mapping[str, str], setting: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        tracing_of(values)
    assert setting in str(refused.value)


def test_without_the_packages_the_service_does_without_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    class Log:
        def warning(self, what: str) -> None:
            told.append(what)

    monkeypatch.setattr(switch, "log", Log())
    for name in [
        one for one in sys.modules if one.startswith(("opentelemetry.sdk", "allocation_engine.interfaces.tel"))
    ]:
        if name != switch.__name__:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk", None)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    with tracing_while(ENDPOINT) as tracing:
        assert tracing is None
    assert told == ["traces are asked for, but their packages are not installed: allocation-engine[telemetry]"]


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("allocation_engine.interfaces.api.serving", "opentelemetry.sdk opentelemetry.exporter"),
        ("allocation_engine.interfaces.cli.main", "opentelemetry"),
        ("allocation_engine", "opentelemetry"),
    ],
)
def test_nothing_of_it_is_loaded_where_it_is_not_asked_for(module: str, unwanted: str) -> None:
    code = f"import sys, {module}\nprint([one for one in sys.modules if one.startswith(tuple({unwanted.split()!r}))])"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "[]"


def test_what_is_not_sent_yet_is_sent_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[Any] = []

    class Tracing:
        def close(self) -> None:
            closed.append(self)

    made = Tracing()
    monkeypatch.setattr(switch, "tracing_of", lambda _: made)
    with tracing_while(ENDPOINT) as tracing:
        assert closed == []
    assert closed == [made]
    assert closed == [tracing]

"""Serve: open the engine, put the service together from the settings, and run it until it is told to stop."""

import gc
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn
from fastapi import FastAPI

from allocation_engine.bootstrap import open_engine
from allocation_engine.engine import Engine
from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.api.access.tokens import Tokens
from allocation_engine.interfaces.api.app import create_app
from allocation_engine.interfaces.api.jobs.embedded import looks_worked_on, proposals_made
from allocation_engine.interfaces.api.jobs.making import Place, holder_name
from allocation_engine.interfaces.api.operations.housekeeping import kept_tidy
from allocation_engine.interfaces.api.operations.logs import set_up_logs
from allocation_engine.interfaces.api.service import Service, ServiceLimits
from allocation_engine.interfaces.importers.pseudonyms import load_or_create_key
from allocation_engine.interfaces.telemetry.requests import SILENT
from allocation_engine.interfaces.telemetry.switch import tracing_of
from allocation_engine.interfaces.webhooks import Deliverer, HttpSending, TargetRules
from allocation_engine.interfaces.webhooks.sender import Sending
from allocation_engine.planning.what_if.ask import available_cores
from allocation_engine.settings import Settings

if TYPE_CHECKING:
    from allocation_engine.interfaces.telemetry.tracing import Tracing

COLLECTED_AFTER = (20_000, 20, 20)
"""When each generation is collected: objects more than were freed, then collections of the generation before."""

GRACE_SECONDS = 30
FETCH_SECONDS = 10.0

ISSUER, AUDIENCE, JWKS = "ALLOCATION_ENGINE_ISSUER", "ALLOCATION_ENGINE_AUDIENCE", "ALLOCATION_ENGINE_JWKS"
PER_SECOND, BODY_MIB = "ALLOCATION_ENGINE_REQUESTS_PER_SECOND", "ALLOCATION_ENGINE_BODY_MIB"
NETWORKS = "ALLOCATION_ENGINE_WEBHOOK_NETWORKS"
MAKERS, LOOKERS = "ALLOCATION_ENGINE_PROPOSAL_PROCESSES", "ALLOCATION_ENGINE_WHAT_IF_PROCESSES"


def run_server(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until the process is told to stop; requests in flight are finished first.

    Raises
    ------
    SettingsError
        Several processes were asked for on a store that is for one.
    """
    if workers > 1 and not settings.store.startswith("postgres"):
        raise SettingsError("--workers", "a SQLite store is served by one process; use PostgreSQL for more")
    os.environ["ALLOCATION_ENGINE_STORE"] = settings.store
    uvicorn.run(
        "allocation_engine.interfaces.api.serving:application",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


def application() -> FastAPI:
    """Make the application of one server process from the environment."""
    set_up_logs()
    settings = Settings.from_mapping(os.environ)
    tracing = tracing_of(os.environ)
    engine = open_engine(
        settings.store,
        person_keys=settings.person_keys,
        master_key_file=settings.master_key_file,
        within_append=None if tracing is None else tracing.append,
    )
    service = service_of(engine, os.environ)
    place = Place(settings.store, settings.person_keys, settings.master_key_file)
    makers, lookers = _number(os.environ, MAKERS, 1), _number(os.environ, LOOKERS, available_cores())

    @contextmanager
    def running() -> Iterator[None]:
        with ExitStack() as beside:
            if tracing is not None:
                beside.callback(tracing.close)
            beside.enter_context(engine)
            beside.enter_context(kept_tidy(engine))
            beside.enter_context(deliverer_of(service, tracing))
            if makers:
                beside.enter_context(proposals_made(engine, place, makers))
            if lookers:
                beside.enter_context(looks_worked_on(engine, place, lookers))
            collect_less_often()
            yield

    return create_app(service, running, SILENT if tracing is None else tracing.of_requests)


def deliverer_of(service: Service, tracing: "Tracing | None" = None) -> Deliverer:
    """Give what delivers a service's webhooks; its attempts are counted, and traced if anything is."""
    sending: Sending = HttpSending(service.webhook_targets)
    if tracing is not None:
        sending = tracing.sending(sending)
    return Deliverer(service.engine.store, service.clock, sending=sending, observe=service.metrics.count_attempt)


def collect_less_often() -> None:
    """Keep the garbage collector from going through all loaded modules, and all remembered rows, again and again.

    They are millions of objects, and every request waits the quarter of a second and more that it takes. What a request
    makes is gone with it but for cycles, so that nothing is lost by looking for those only when there are many.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


def service_of(engine: Engine, values: Mapping[str, str]) -> Service:
    """Put the service together from settings such as the environment's."""
    limits = ServiceLimits()
    limits = replace(
        limits,
        per_second=_number(values, PER_SECOND, limits.per_second, least=1),
        body_mib=_number(values, BODY_MIB, limits.body_mib, least=1),
    )
    settings = Settings.from_mapping(values)
    return Service(
        engine,
        tokens=_tokens(engine, values),
        limits=limits,
        pseudonym_key=lambda: load_or_create_key(settings.pseudonym_key_file()),
        webhook_targets=_targets(values),
        holder=holder_name(),
    )


def _tokens(engine: Engine, values: Mapping[str, str]) -> Tokens | None:
    given = {name: values.get(name, "").strip() for name in (ISSUER, AUDIENCE, JWKS)}
    if not any(given.values()):
        return None
    for name, value in given.items():
        if not value:
            raise SettingsError(name, "is not set; tokens need the issuer, the audience and the place of its keys")
    return Tokens(given[ISSUER], given[AUDIENCE], _fetcher(given[JWKS]), engine.clock)


def _fetcher(place: str) -> Callable[[], Mapping[str, Any]]:
    """Give what reads a JWKS from an address or a file."""
    if place.startswith(("https://", "http://localhost", "http://127.0.0.1")):
        return lambda: httpx.get(place, timeout=FETCH_SECONDS, follow_redirects=False).raise_for_status().json()
    if "://" in place:
        raise SettingsError(JWKS, "give an https:// address or the path of a file")
    return lambda: json.loads(Path(place).read_bytes())


def _targets(values: Mapping[str, str]) -> TargetRules:
    """Read where webhooks may go beside the public internet: networks of the organisation's own, and plain HTTP there."""
    text = values.get(NETWORKS, "").strip()
    try:
        networks = tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError:
        raise SettingsError(NETWORKS, "must be networks such as 10.20.0.0/16, with commas between them") from None
    return TargetRules(allow_http=bool(networks), allowed_networks=networks)


def _number(values: Mapping[str, str], name: str, usual: int, least: int = 0) -> int:
    text = values.get(name, "").strip()
    if not text:
        return usual
    if not text.isdecimal() or int(text) < least:
        raise SettingsError(name, f"must be a whole number from {least} on")
    return int(text)

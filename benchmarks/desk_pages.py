"""How soon every page of the desk answers at the server, warm, each time with an event taken in since the last page.

Run `python -m benchmarks.desk_pages --workers 15 200`. README.md beside this file says what it shows.
"""

import argparse
import json
import logging
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import perf_counter, process_time
from uuid import UUID

import httpx
import structlog
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from allocation_engine.bootstrap import open_engine
from allocation_engine.interfaces.api.access.keys import KeyRequest
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.app import create_app
from allocation_engine.interfaces.api.jobs.looking import work_on
from allocation_engine.interfaces.api.service import Service
from allocation_engine.interfaces.api.serving import collect_less_often
from allocation_engine.interfaces.generator import ServiceShape, generate
from allocation_engine.interfaces.web.pages import ROUTERS
from allocation_engine.interfaces.web.pages.what_if_questions import QUESTIONS
from allocation_engine.interfaces.web.visit import FORM_KEY, PREFIX, sessions_of
from allocation_engine.planning import Search
from benchmarks.conditions import conditions, peak_memory_mib
from benchmarks.following import BENCHMARK, Ticking
from benchmarks.made_up_store import ENDS_AT
from domain.events import DomainEvent, Envelope, EventRecord
from domain.events.case import CaseRiskReassessed
from domain.events.practice import CriticalIncidentRecorded, Exposure, SupervisionHeld
from domain.events.worker import CheckInRecorded
from domain.identifiers import CaseId, IncidentId
from domain.vocabulary import ExposureRoute, IncidentKind, RiskLevel, Severity, SupervisionKind

MS = 1000.0
WANTED_MS = ((15, 150.0), (200, 500.0))
"""Up to so many workers a page is to answer within so long."""

NO_PAGES = re.compile(r"/$|/sign-in/|/progress$|\.json$|\.toml$|/import/(look|take-in)$|/(alternatives|frontier)$")
"""Served beside pages that are read: where signing in leads, parts of pages, files, what follows on a form, and
searches for other plans, which take as long as they are given."""

OK = 200


@dataclass(frozen=True)
class Timed:
    """How long a page took over all loads [ms], its size, and what is wanted (None: nothing for so many workers).

    `processor` is the median of the processor's time that it took: on a busy machine the clock counts what others do.
    """

    workers: int
    page: str
    median: float
    p95: float
    processor: float
    kib: float
    wanted: float | None

    @property
    def held(self) -> bool:
        """Whether it answers as soon as is wanted, in the median."""
        return self.wanted is None or self.median <= self.wanted


class Desk:
    """A manager at the desk of a made-up service."""

    def __init__(self, service: Service, chance: Random) -> None:
        self.service, self.engine = service, service.engine
        self._chance = chance
        self._numbers = count(1)
        self._browser = TestClient(create_app(service), base_url="http://127.0.0.1")
        secret = sessions_of(service).link(KeyRequest(actor="m-benchmark", role=Role.MANAGER))
        answer = self._browser.post(f"{PREFIX}/sign-in/{secret}")
        assert answer.status_code == OK, answer.text
        situation = self.engine.situation()
        self._workers = sorted(situation.caseloads)
        self._cases = sorted(held.case.case_id for own in situation.caseloads.values() for held in own)

    def get(self, path: str) -> httpx.Response:
        """Open a page; anything but the page is an error."""
        answer: httpx.Response = self._browser.get(f"{PREFIX}{path}")
        assert answer.status_code == OK, f"{path} answers {answer.status_code}"
        return answer

    def send(self, on: str, to: str, **fields: str) -> str:
        """Send a form from a page, and give the path that it leads to."""
        key = re.search(rf'name="{FORM_KEY}" value="([0-9a-f]+)"', self.get(on).text)
        assert key is not None
        answer = self._browser.post(f"{PREFIX}{to}", data={FORM_KEY: key[1], **fields})
        assert answer.status_code == OK, f"{to} answers {answer.status_code}"
        return str(answer.url.path.removeprefix(PREFIX))

    def take_in(self) -> None:
        """Take in an event of some worker, as another system sends it."""
        number, at = next(self._numbers), self.engine.clock()
        envelope = Envelope(
            event_id=UUID(int=self._chance.getrandbits(128)),
            occurred_at=at,
            recorded_at=at,
            actor=BENCHMARK,
            source_system="benchmark",
            source_id=f"news-{number}",
        )
        self.engine.store.log.ingest([EventRecord(envelope=envelope, event=self._news(number))])

    def _news(self, number: int) -> DomainEvent:
        worker_id, case_id = self._chance.choice(self._workers), self._chance.choice(self._cases)
        news: tuple[DomainEvent, ...] = (
            CriticalIncidentRecorded(
                incident_id=IncidentId(f"news-{number}"),
                kind=IncidentKind.VIOLENCE_DISCLOSED,
                severity=Severity.SERIOUS,
                exposures=(Exposure(worker_id=worker_id, route=ExposureRoute.DIRECT),),
            ),
            CaseRiskReassessed(case_id=CaseId(case_id), risk=self._chance.choice(list(RiskLevel))),
            CheckInRecorded(worker_id=worker_id, felt_load=self._chance.randint(1, 5)),
            SupervisionHeld(
                supervisor_id=self._workers[0],
                worker_ids=(worker_id,) if worker_id != self._workers[0] else (self._workers[1],),
                kind=SupervisionKind.ONE_TO_ONE,
                minutes=60,
            ),
        )
        return news[number % len(news)]

    def filled(self) -> Mapping[str, Sequence[str]]:
        """Give what stands for each name in an address: what is not there yet is made first."""
        situation = self.engine.situation()
        saved = self.send("/what-if/saved/new", "/what-if/saved/new", title="More referrals")
        draft = self.send("/policy", "/policy/drafts/new")
        monday = re.search(r'name="starts"[^>]*value="([0-9-]+)"', self.get("/what-if/absence").text)
        assert monday is not None
        given = {"worker": str(self._workers[-1]), "starts": monday[1], "weeks": "2", "absence": "sickness"}
        look, replay = self.send("/what-if/absence", "/what-if/absence", **given), self.send(draft, f"{draft}/replay")
        for one in (look, replay):
            while work_on(self.engine, _last(one), "benchmark"):
                pass
        return {
            "worker_id": [self._workers[-1]],
            "case_id": [situation.waiting[0].case.case_id],
            "proposal_id": [self.engine.propose(BENCHMARK, search=Search(effort=2.0)).proposal_id],
            "position:int": ["1"],
            "question": list(QUESTIONS),
            "/policy/drafts/{id_}": [_last(draft)],
            "/policy/replays/{look_id}": [_last(replay)],
            "/what-if/saved/{id_}": [_last(saved)],
            "/what-if/looks/{look_id}": [_last(look)],
        }


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """Make each service, open its pages, and print the table."""
    asked = _parser().parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    told = conditions()
    timed = [one for workers in asked.workers for one in _of_service(workers, asked)]
    told |= {
        "loads": f"{asked.loads} of each page, an event taken in before each",
        "memory": f"{peak_memory_mib():,.0f} MiB at most",
    }
    (_print_json if asked.json else _print_table)(timed, told)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk_pages", description=__doc__)
    parser.add_argument("--workers", type=int, nargs="+", default=[15, 200], help="sizes of the services")
    parser.add_argument("--weeks", type=int, default=26, help="length of the history")
    parser.add_argument("--loads", type=int, default=20, help="how often each page is opened and timed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", default="", help="only pages whose address holds this")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    return parser


def _of_service(workers: int, asked: argparse.Namespace) -> Iterator[Timed]:
    shape = ServiceShape(ends_at=ENDS_AT, workers=workers, waiting=max(3, workers // 2), weeks=asked.weeks)
    wanted = next((most_ms for most, most_ms in WANTED_MS if workers <= most), None)
    with tempfile.TemporaryDirectory() as folder:
        store = f"sqlite:///{Path(folder) / 'service.sqlite'}"
        with open_engine(store, clock=Ticking(ENDS_AT)) as engine:
            engine.ingest(generate(shape, seed=asked.seed))
            desk = Desk(Service(engine), Random(asked.seed))  # noqa: S311 - what the news is about
            collect_less_often()  # as the server does
            filled = desk.filled()
            for route, address in sorted(addresses(filled)):
                if asked.page in route:
                    taken, worked, size = opened(desk, address, asked.loads)
                    yield Timed(
                        workers,
                        address if route.endswith("{question}") else route,
                        median(taken) * MS,
                        quantiles(taken, n=20, method="inclusive")[-1] * MS,
                        median(worked) * MS,
                        size / 1024,
                        wanted,
                    )


def addresses(filled: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Give every page that the desk serves, as its router names it and as it is opened."""
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and not NO_PAGES.search(route.path):
                name = re.search(r"\{(.*)\}", route.path)
                if name is None:
                    yield route.path, route.path
                    continue
                whole = route.path[: name.end()]
                for value in filled.get(whole) or filled[name[1]]:
                    given = "?scenario=a&kind=starters" if route.path.endswith("/change") else ""
                    yield route.path, route.path.replace(name[0], value) + given


def opened(desk: Desk, address: str, loads: int) -> tuple[list[float], list[float], int]:
    """Open a page so often, news in between; give the time by clock and processor of each [s], and the size [byte]."""
    size = 0
    taken, worked = [], []
    for load in range(-2, loads):
        desk.take_in()
        began, begun = perf_counter(), process_time()
        answer = desk.get(address)
        if load >= 0:  # those before are to warm it
            taken.append(perf_counter() - began)
            worked.append(process_time() - begun)
            size = len(answer.content)
    return taken, worked, size


def _print_json(timed: Sequence[Timed], told: dict[str, str]) -> None:
    print(json.dumps({"conditions": told, "measures": [asdict(one) | {"held": one.held} for one in timed]}, indent=2))


def _print_table(timed: Sequence[Timed], told: dict[str, str]) -> None:
    for name, value in told.items():
        print(f"{name:>10}  {value}")
    print(f"\n{'workers':>7}  {'milliseconds':44}{'median':>9}{'p95':>9}{'processor':>11}{'wanted':>9}{'KiB':>7}")
    for one in timed:
        wanted = "-" if one.wanted is None else f"{one.wanted:.0f}"
        figures = f"{one.median:>9.0f}{one.p95:>9.0f}{one.processor:>11.0f}{wanted:>9}{one.kib:>7.0f}"
        print(f"{one.workers:>7}  {one.page:44}{figures}{'' if one.held else '  missed'}")
    missed = sum(not one.held for one in timed)
    print(f"\nWanted of every page, in the median: {'held' if not missed else f'missed by {missed} pages'}.")


if __name__ == "__main__":
    sys.exit(main())

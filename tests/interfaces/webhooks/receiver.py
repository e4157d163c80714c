"""A receiver of webhooks: a real HTTP server on this machine, that answers as it is told and keeps what it got."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Got:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Say:
    """An answer."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass
class Receiver:
    """What came in, and what to say to the next: `answers` first, then `always`."""

    url: str = ""
    answers: list[Say] = field(default_factory=list)
    always: Say = field(default_factory=Say)
    got: list[Got] = field(default_factory=list)
    came: threading.Condition = field(default_factory=threading.Condition)
    released: threading.Event = field(default_factory=threading.Event)
    connections: set[object] = field(default_factory=set)
    hangs: bool = False

    def take(self, got: Got, connection: object) -> Say | None:
        with self.came:
            self.got.append(got)
            self.connections.add(connection)
            self.came.notify_all()
            say = self.answers.pop(0) if self.answers else self.always
        if self.hangs:
            self.released.wait()
            return None
        return say

    def wait_until(self, enough: Callable[[list[Got]], bool]) -> None:
        with self.came:
            assert self.came.wait_for(lambda: enough(self.got), timeout=60), "nothing came in a minute"


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            say = receiver.take(Got(self.path, headers, body), self.client_address)
            if say is None:
                self.close_connection = True
                return
            self.send_response(say.status)
            for name, value in {"Content-Length": str(len(say.body)), **say.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(say.body)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        thread.join()
        server.server_close()

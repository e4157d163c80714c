"""Sends requests at set moments over kept-alive connections, in a process of its own, and times each from its moment.

Run as `python -m benchmarks.http_load_generator HOST PORT KEY RATE CONNECTIONS`, with one event a line on standard input;
it prints one JSON document. The schedule does not wait for answers: a request that could not be sent in time, because all
connections were busy, has waited from the moment at which it was due, and so the wait counts.

Plain asyncio streams: an HTTP library takes several times as long for a request as the server does.
"""

import asyncio
import gc
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

STORED = b"201"


@dataclass
class Timed:
    """Latency of each request [s], and how they were answered."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    latest_start: float = 0.0


class Connection:
    """One connection; made again when the server has closed it."""

    def __init__(self, host: str, port: int) -> None:
        self._place = (host, port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: bytes) -> bytes:
        """Send a request and give the status of its answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._place)
        reader, writer = self._streams
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_length(head))
        except (OSError, asyncio.IncompleteReadError):
            self._streams = None
            return b"broken"
        return head[9:12]


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0])


async def run(place: tuple[str, int], requests: list[bytes], rate: float, connections: int) -> Timed:
    """Send each request at its moment and wait for the answers."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(connections):
        free.put_nowait(Connection(*place))
    timed, tasks = Timed(), set()
    begin = time.perf_counter() + 0.5

    async def send(request: bytes, due: float) -> None:
        connection = await free.get()
        timed.latest_start = max(timed.latest_start, time.perf_counter() - due)
        status = await connection.send(request)
        timed.seconds.append(time.perf_counter() - due)
        timed.statuses[status.decode()] += 1
        free.put_nowait(connection)

    for number, request in enumerate(requests):
        due = begin + number / rate
        if (early := due - time.perf_counter()) > 0:
            await asyncio.sleep(early)
        task = asyncio.create_task(send(request, due))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    await asyncio.gather(*tasks)
    timed.latest_start = round(timed.latest_start, 4)
    return timed


def _request(body: bytes, number: int, host: str, key: str) -> bytes:
    head = (
        f"POST /v1/events HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: load-{number}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main(host: str, port: str, key: str, rate: str, connections: str) -> None:
    """Send what stands on standard input and print what was measured."""
    bodies = sys.stdin.buffer.read().splitlines()
    requests = [_request(body, number, host, key) for number, body in enumerate(bodies)]
    del bodies
    gc.freeze()  # what is prepared is not gone through again and again while it is sent
    began = time.perf_counter()
    cpu = time.process_time()
    timed = asyncio.run(run((host, int(port)), requests, float(rate), int(connections)))
    took = time.perf_counter() - began
    document = {
        "seconds": took,
        "generator_cpu_seconds": time.process_time() - cpu,
        "latencies": timed.seconds,
        "statuses": timed.statuses,
        "latest_start": timed.latest_start,
    }
    print(json.dumps(document))


if __name__ == "__main__":
    main(*sys.argv[1:])

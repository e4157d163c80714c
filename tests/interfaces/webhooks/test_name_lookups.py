"""A resolver that hangs holds up nobody: whoever asks waits so long and no longer, and few threads hang with it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from allocation_engine.interfaces.webhooks import NameLookups


class Hanging:
    """Answers for names that begin with "well" at once, for others when it is released."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.released = threading.Event()

    def __call__(self, host: str, _port: int) -> list[str]:
        self.asked.append(host)
        if not host.startswith("well"):
            assert self.released.wait(60)
        return ["192.0.2.1"]


@contextmanager
def hanging() -> Iterator[Hanging]:
    resolver = Hanging()
    try:
        yield resolver
    finally:
        resolver.released.set()


def look_ups() -> list[threading.Thread]:
    return [one for one in threading.enumerate() if one.name == "name-lookup"]


def test_what_the_resolver_says_is_told_as_it_is() -> None:
    assert NameLookups(lambda host, port: [host, str(port)]).find("receiver.test", 443, 60) == ["receiver.test", "443"]

    def fails(_host: str, _port: int) -> list[str]:
        raise UnicodeError

    with pytest.raises(UnicodeError):
        NameLookups(fails).find("receiver.test", 443, 60)


def test_whoever_asks_waits_so_long_and_no_longer_for_a_resolver_that_hangs() -> None:
    with hanging() as resolver:
        names = NameLookups(resolver)
        for seconds in (0.01, 0.0, -1.0):
            with pytest.raises(TimeoutError):
                names.find("receiver.test", 443, seconds)
        assert names.find("well.test", 443, 60) == ["192.0.2.1"]


def test_a_name_that_hangs_holds_one_thread_however_often_it_is_asked_for() -> None:
    with hanging() as resolver:
        names = NameLookups(resolver)
        for _ in range(5):
            with pytest.raises(TimeoutError):
                names.find("receiver.test", 443, 0.0)
        (thread,) = look_ups()
        assert thread.daemon
        resolver.released.set()
        thread.join(60)
        assert names.find("receiver.test", 443, 60) == ["192.0.2.1"]
        assert resolver.asked == ["receiver.test"] * 2


def test_whoever_asks_for_a_name_that_is_being_looked_up_gets_the_same_answer() -> None:
    with hanging() as resolver:
        names = NameLookups(resolver)
        with pytest.raises(TimeoutError):
            names.find("receiver.test", 443, 0.0)
        found: list[list[str]] = []
        others = [threading.Thread(target=lambda: found.append(names.find("receiver.test", 443, 60))) for _ in range(3)]
        for one in others:
            one.start()
        resolver.released.set()
        for one in others:
            one.join(60)
        assert found == [["192.0.2.1"]] * 3


def test_where_too_many_hang_no_further_one_is_begun() -> None:
    with hanging() as resolver:
        names = NameLookups(resolver, most=2)
        for host in ("a.test", "b.test", "c.test", "well.test"):
            with pytest.raises(TimeoutError):
                names.find(host, 443, 0.0 if host < "c" else 600)
        assert sorted(resolver.asked) == ["a.test", "b.test"]
        threads = look_ups()
        resolver.released.set()
        for thread in threads:
            thread.join(60)
        assert names.find("well.test", 443, 60) == ["192.0.2.1"]


def test_a_machine_without_a_thread_to_give_is_no_answer_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    names = NameLookups(lambda _host, _port: ["192.0.2.1"])

    def refuses(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", refuses)
        with pytest.raises(TimeoutError):
            names.find("receiver.test", 443, 60)
    assert names.find("receiver.test", 443, 60) == ["192.0.2.1"]

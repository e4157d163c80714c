"""What makes a busy caller cheap: a key that was just looked up is not looked up again, and requests are counted in place."""

from datetime import UTC, datetime, timedelta

import pytest

from allocation_engine.interfaces.api.access import room
from allocation_engine.interfaces.api.access.principal import Principal
from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.api.access.room import Room
from allocation_engine.interfaces.api.access.verified import KEPT_SECONDS, Verified
from allocation_engine.persistence.documents import Documents
from tests.interfaces.api.conftest import Callers

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WHO = Principal("a", "key-1", Role.SYSTEM)


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_a_key_is_known_for_a_second_and_then_looked_up() -> None:
    clock = Clock()
    verified = Verified(clock)
    assert verified.find("ae_1_x", NOW) is None
    verified.keep("ae_1_x", WHO, clock(), None)
    clock.seconds += KEPT_SECONDS * 0.9
    assert verified.find("ae_1_x", NOW) is WHO
    assert verified.find("ae_1_y", NOW) is None
    clock.seconds += KEPT_SECONDS * 0.2
    assert verified.find("ae_1_x", NOW) is None


def test_a_key_expires_at_its_moment_and_not_a_second_later() -> None:
    verified = Verified(Clock())
    verified.keep("ae_1_x", WHO, 100.0, NOW + timedelta(milliseconds=1))
    assert verified.find("ae_1_x", NOW) is WHO
    assert verified.find("ae_1_x", NOW + timedelta(milliseconds=1)) is None


def test_a_revoked_key_is_refused_at_once_where_it_was_revoked(callers: Callers) -> None:
    key = callers.key(Role.SYSTEM)
    headers = {"Authorization": f"Bearer {key}"}
    assert callers.http.get("/v1/me", headers=headers).status_code == 200
    callers.service.keys.revoke(key.split("_")[1])
    assert callers.http.get("/v1/me", headers=headers).status_code == 401


def test_a_rotated_key_stays_valid_beside_the_new_one_for_its_day(callers: Callers) -> None:
    old = callers.key(Role.SYSTEM)
    _, new = callers.service.keys.rotate(old.split("_")[1])
    for key in (old, new, old, new):
        assert callers.http.get("/v1/me", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_a_key_is_looked_up_once_for_many_requests(callers: Callers, monkeypatch: pytest.MonkeyPatch) -> None:
    headers, looked_up = callers.as_(Role.SYSTEM), []
    get = Documents.get

    def counted(documents: Documents, collection: str, key: str) -> object:
        looked_up.append(collection)
        return get(documents, collection, key)

    monkeypatch.setattr(Documents, "get", counted)
    for _ in range(5):
        assert callers.http.get("/v1/me", headers=headers).status_code == 200
    assert looked_up.count("api-key") <= 2  # twice where a second went by on a busy machine


def test_any_second_has_room_for_so_many_requests_of_each_caller() -> None:
    clock = Clock()
    counted = Room(clock)
    assert [counted.take("a", 2) for _ in range(3)] == [True, True, False]
    assert counted.take("b", 2)
    clock.seconds += 0.5
    assert not counted.take("a", 2)
    clock.seconds += 0.5
    assert [counted.take("a", 2) for _ in range(3)] == [True, True, False]


def test_callers_who_are_gone_take_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_CALLERS", 3)
    clock = Clock()
    counted = Room(clock)
    for name in "abcd":
        counted.take(name, 1)
    clock.seconds += 2
    counted.take("e", 1)
    assert set(counted._moments) == {"e"}

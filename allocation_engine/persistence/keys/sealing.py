"""Seals the content of an event under the keys of whoever it is about, and opens it again.

A plain event is stored as `{"envelope":…,"event":…}`, a sealed one as `{"envelope":…,"sealed":{…,"content":"…"}}`: the ids
that file it stay readable, as they do in its tags; the event itself is AES-256-GCM under a nonce of its own. Type, envelope
and all else that stands before the content is authenticated with it, the event id among it: a content that was moved to
another event, or an envelope that was changed, does not open.
"""

import secrets
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from hmac import digest
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic_core import from_json, to_json

from allocation_engine.errors import PersonWasErased
from allocation_engine.persistence.keys.keyring import ERASED, Held, Keyring
from allocation_engine.persistence.keys.ports import KEY_BYTES, NONCE_BYTES
from domain.errors import InvalidEvent
from domain.events import EventRecord
from domain.events.corrections import EventCorrected, PersonErased
from domain.events.persons import Concerned, concerned_by

BEFORE_ENVELOPE = b'{"envelope":'
PLAIN_AT = b'},"event":'
SEALED_AT = b'},"sealed":{'
FOR = b'"for":"'
CONTENT_AT = b'"content":"'
END = b'"}}'

About = Mapping[str, Any]
"""What is readable of a sealed event beside its envelope: `for` or `for_all`, `subjects`, and what a correction is about."""

MEANT = frozenset({"target_event_id", "target_system", "target_source_id", "occurred_at"})
"""Which event a correction is about: it must be known even when what holds instead was erased."""


def is_sealed(data: bytes) -> bool:
    """Tell a sealed event from a plain one. Both marks stand outside of any text: there a quotation mark is escaped."""
    return PLAIN_AT not in data and SEALED_AT in data


class Sealing:
    """Seals and opens with the keys of a keyring."""

    def __init__(self, keyring: Keyring) -> None:
        self.keyring = keyring

    def prepare(self, records: Iterable[EventRecord]) -> None:
        """Make the keys that are missing for these records, all in one go."""
        self.keyring.for_writing([tag for record in records for tag in _concerned(record).tags])

    def seal(self, record: EventRecord, envelope: bytes, event: bytes) -> bytes:
        """Give what is stored of a record, given its parts as JSON.

        Raises
        ------
        PersonWasErased
            Whoever it is about was erased.
        """
        return self._sealed(record, record.event.wire_type(), envelope, event)

    def seal_stored(self, record: EventRecord, wire_type: str, data: bytes) -> bytes:
        """Seal what is stored plain, of whatever version it is; as it stands, if it is nobody's or not as we write it."""
        place = data.find(PLAIN_AT)
        if not _concerned(record).tags or place < 0 or not data.startswith(BEFORE_ENVELOPE):
            return data
        return self._sealed(record, wire_type, data[len(BEFORE_ENVELOPE) : place + 1], data[place + len(PLAIN_AT) : -1])

    def _sealed(self, record: EventRecord, wire_type: str, envelope: bytes, event: bytes) -> bytes:
        concerned = _concerned(record)
        if not concerned.tags:
            return b'{"envelope":%b,"event":%b}' % (envelope, event)
        whose, cipher = self._to_seal(concerned)
        about: dict[str, object] = {**whose, "subjects": sorted(record.event.tags())}
        if isinstance(record.event, EventCorrected):
            about["meant"] = record.event.model_dump(mode="json", include=set(MEANT))
        head = b'{"envelope":%b,"sealed":%b,"content":"' % (envelope, to_json(about)[:-1])
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = nonce + cipher.encrypt(nonce, event, _bound(wire_type, head))
        return head + b2a_base64(sealed, newline=False) + END

    def open(self, wire_type: str, data: bytes) -> tuple[str, bytes]:
        """Give a sealed event as it would be stored plain, with its type.

        One whose person was erased comes back as `correction.person_erased`, under the same envelope.

        Raises
        ------
        InvalidEvent
            The key is missing, or the event is not as it was sealed.
        """
        opened = self._open_of_one(wire_type, data)
        if opened is not None:
            return wire_type, opened
        head, about, content = _parted(wire_type, data)
        envelope = head[: head.index(SEALED_AT) + 1]
        cipher = self._to_open(wire_type, about)
        if isinstance(cipher, str):
            return _erased(wire_type, envelope, about, cipher)
        try:
            event = cipher.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], _bound(wire_type, head))
        except InvalidTag:
            raise _fault(wire_type, "is not as it was sealed: it, its envelope or its key was changed") from None
        return wire_type, b'%b,"event":%b}' % (envelope, event)

    def _open_of_one(self, wire_type: str, data: bytes) -> bytes | None:
        """Open what is under one person's key, as most events are, without reading all of it; None if that fails."""
        sealed_at, content_at = data.find(SEALED_AT), data.rfind(CONTENT_AT) + len(CONTENT_AT)
        name_at = sealed_at + len(SEALED_AT) + len(FOR)
        if not data.startswith(FOR, name_at - len(FOR)) or not data.endswith(END):
            return None
        cipher = self.keyring.find(data[name_at : data.find(b'"', name_at)].decode())
        if not isinstance(cipher, AESGCM):
            return None
        try:
            content = a2b_base64(data[content_at : -len(END)], strict_mode=True)
            event = cipher.decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], _bound(wire_type, data[:content_at]))
        except (InvalidTag, ValueError):
            return None
        return b'%b,"event":%b}' % (data[: sealed_at + 1], event)

    def _to_seal(self, concerned: Concerned) -> tuple[dict[str, object], AESGCM]:
        held = {tag: self.keyring.find(tag) for tag in concerned.tags}
        if None in held.values():
            self.keyring.for_writing(concerned.tags)
            held = {tag: self.keyring.find(tag) for tag in concerned.tags}
        there = {tag: key for tag, key in held.items() if isinstance(key, AESGCM)}
        if not there or (concerned.together and len(there) < len(held)):
            raise PersonWasErased(next(tag for tag in held if tag not in there))
        if len(held) == 1:
            return {"for": concerned.tags[0]}, there[concerned.tags[0]]
        if concerned.together:
            return {"for_all": list(concerned.tags)}, self._of_all(concerned.tags)
        key = secrets.token_bytes(KEY_BYTES)
        return {"for_any": {tag: _wrapped(tag, cipher, key) for tag, cipher in there.items()}}, AESGCM(key)

    def _to_open(self, wire_type: str, about: About) -> AESGCM | str:
        """Find what opens an event; or who was erased, if nothing can."""
        names = _names(about)
        held = {name: self.keyring.find(name) for name in names}
        erased = next((name for name in names if held[name] is ERASED), None)
        if "for_all" in about:
            if erased is None and None not in held.values():
                try:
                    return self._of_all(names)
                except PersonWasErased as gone:
                    return gone.subject
        else:
            there = next((name for name in names if isinstance(held[name], AESGCM)), None)
            if there is not None:
                return self._of_any(wire_type, about, there, held[there])
            erased = None if None in held.values() else erased
        if erased is None:
            missing = ", ".join(name for name in names if held[name] is None)
            why = f"is sealed, and {self.keyring.where} has no key for {missing}; give the keys of this store"
            raise _fault(wire_type, why)
        return erased

    def _of_any(self, wire_type: str, about: About, name: str, key: Held | None) -> AESGCM:
        assert isinstance(key, AESGCM)  # noqa: S101  whoever asks has found it
        if "for" in about:
            return key
        try:
            wrapped = a2b_base64(about["for_any"][name])
            return AESGCM(key.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], name.encode()))
        except (InvalidTag, Base64Error, ValueError):
            raise _fault(wire_type, f"does not open under the key of {name}") from None

    def _of_all(self, names: Sequence[str]) -> AESGCM:
        """Make one key of several: without any one of them it cannot be made again."""
        parts = [self.keyring.key_of(name) for name in names]
        if None in parts:  # destroyed between two looks
            raise PersonWasErased(names[parts.index(None)])
        return AESGCM(digest(b"".join(part for part in parts if part is not None), "\n".join(names).encode(), sha256))


def names_in(wire_type: str, data: bytes) -> tuple[str, ...]:
    """Give the names of the keys that an event is sealed under."""
    _, about, _ = _parted(wire_type, data)
    return _names(about)


def _concerned(record: EventRecord) -> Concerned:
    return concerned_by(record.event)


def _names(about: About) -> tuple[str, ...]:
    return (about["for"],) if "for" in about else tuple(about.get("for_all") or about["for_any"])


def _bound(wire_type: str, head: bytes) -> bytes:
    return b"%b\n%b" % (wire_type.encode(), head)


def _wrapped(name: str, cipher: AESGCM, key: bytes) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return b2a_base64(nonce + cipher.encrypt(nonce, key, name.encode()), newline=False).decode()


def _parted(wire_type: str, data: bytes) -> tuple[bytes, About, bytes]:
    """Part a sealed event: all before the content, what is readable of it, and the content."""
    before, mark, after = data.rpartition(CONTENT_AT)
    try:
        about = from_json(before[before.index(SEALED_AT) + len(SEALED_AT) - 1 :].removesuffix(b",") + b"}")
        content = a2b_base64(after[: after.rindex(END)], strict_mode=True)
        _names(about), about["subjects"]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _fault(wire_type, "is not as sealed events are written") from None
    return before + mark, about, content


def _erased(wire_type: str, envelope: bytes, about: About, who: str) -> tuple[str, bytes]:
    """Say in the place of an event that it was erased; of a correction, that what holds instead was."""
    stand_in = {"subjects": about["subjects"], "erased": who, "reason": None}
    if "meant" not in about:
        return PersonErased.wire_type(), b'%b,"event":%b}' % (envelope, to_json(stand_in))
    correction = {
        **about["meant"],
        "replacement_type": PersonErased.wire_type(),
        "replacement": stand_in,
        "subjects": about["subjects"],
    }
    return wire_type, b'%b,"event":%b}' % (envelope, to_json(correction))


def _fault(wire_type: str, why: str) -> InvalidEvent:
    return InvalidEvent(wire_type, (("(whole)", why),))

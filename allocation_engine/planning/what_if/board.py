"""Looks ahead that somebody asked for: who works on which runs, how far they have come, and what they came to.

No facts about the service's work, so documents and not events. A look's runs are shared out in parts, each under a lease, so
that every core of every machine on the store takes part, and what a crashed process leaves is taken up by another. Parts are
begun in order: what a stop leaves are the first runs without a gap, the same that fewer runs would have given. The last to
be taken is the putting together of the answer.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from allocation_engine.persistence.documents import DocumentChanged, Documents, Write
from allocation_engine.planning.what_if.looks import Look
from domain.identifiers import Moment

LOOKS, PARTS, COURSES, ANSWERS = "what-if-look", "what-if-part", "what-if-courses", "what-if-answer"

LEASE = timedelta(minutes=2)
"""How long a part is left to whoever took it without a sign of life: longer than any single run or search of one takes."""

KEPT = timedelta(days=30)
"""How long looks and their answers are kept: the service has moved on by then."""

RUNS_IN_PART = 10


class AskedLook(BaseModel):
    """A look that somebody asked for.

    Attributes
    ----------
    at
        The moment at which it was asked: what was recorded later is not looked at.
    stopped, done, failed
        Whether somebody stopped it; whether there is an answer; why there is none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    by: str
    at: Moment
    look: Look
    stopped: bool = False
    done: bool = False
    failed: str = ""

    @property
    def is_open(self) -> bool:
        """Whether there is something to be worked on."""
        return not self.done and not self.failed

    @property
    def parts(self) -> int:
        """How many parts its runs make."""
        return ceil(self.look.runs / RUNS_IN_PART)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a look's runs.

    Attributes
    ----------
    number
        From 0; the one after the last run's is the putting together.
    done, finished
        How many of its runs are done, and whether no more will be.
    """

    look_id: str
    number: int
    holder: str = ""
    until: datetime | None = None
    done: int = 0
    finished: bool = False
    version: int = 0

    @property
    def key(self) -> str:
        """What its documents go by: in order of its number."""
        return f"{self.look_id}/{self.number:05d}"

    @property
    def first(self) -> int:
        """Its first run."""
        return self.number * RUNS_IN_PART

    def is_held(self, now: datetime) -> bool:
        """Tell whether somebody works on it."""
        return not self.finished and self.until is not None and self.until >= now


class LookBoard:
    """The looks of a store, as one process sees them that calls itself `holder`. Safe beside others."""

    def __init__(
        self, documents: Documents, clock: Callable[[], datetime], new_id: Callable[[], UUID], holder: str
    ) -> None:
        self._documents, self._clock, self._new_id, self._holder = documents, clock, new_id, holder

    def ask(self, look: Look, by: str) -> AskedLook:
        """Put a look down to be worked on."""
        asked = AskedLook(id=f"look-{self._new_id().hex[-12:]}", by=by, at=self._clock(), look=look)
        self._documents.write(Write(LOOKS, asked.id, _body(asked), seen=0))
        return asked

    def find(self, look_id: str) -> AskedLook | None:
        """Give a look; None where there is none, or no longer."""
        document = self._documents.get(LOOKS, look_id)
        return None if document is None else AskedLook.model_validate_json(document.body)

    def all(self) -> list[AskedLook]:
        """Give all looks, the newest first."""
        found = [AskedLook.model_validate_json(one.body) for one in self._documents.all(LOOKS)]
        return sorted(found, key=lambda one: (one.at, one.id), reverse=True)

    def answer(self, look_id: str) -> dict[str, JsonValue] | None:
        """Give what a look came to."""
        document = self._documents.get(ANSWERS, look_id)
        if document is None:
            return None
        answer: dict[str, JsonValue] = json.loads(document.body)
        return answer

    def runs_done(self, asked: AskedLook) -> int:
        """Give how many runs are done by now."""
        return sum(part.done for part in self._parts(asked) if part.number < asked.parts)

    def free(self, asked: AskedLook) -> int:
        """Give for how many processes there is work now."""
        now, parts = self._clock(), self._parts(asked)
        return sum(self._may_be_taken(asked, parts, part, now) for part in parts)

    def take(self, asked: AskedLook) -> Part | None:
        """Take the first part that nobody works on; None where there is none for now."""
        now = self._clock()
        parts = self._parts(asked)
        for part in parts:
            if self._may_be_taken(asked, parts, part, now):
                taken = self._put(replace(part, holder=self._holder, until=now + LEASE, done=0))
                if taken is not None:
                    return taken
        return None

    def beat(self, part: Part, done: int) -> Part | None:
        """Give a sign of life; None if the part is no longer ours, so that it must be let go."""
        return self._put(replace(part, until=self._clock() + LEASE, done=done))

    def finish(self, part: Part, done: int, courses: bytes) -> None:
        """Put down what a part's runs came to, unless another has it by now."""
        self._put(replace(part, done=done, finished=True), Write(COURSES, part.key, courses))

    def courses(self, asked: AskedLook) -> list[tuple[Part, bytes]]:
        """Give what the runs came to, part by part, up to the first that is not whole."""
        found = []
        for part in self._parts(asked)[: asked.parts]:
            document = self._documents.get(COURSES, part.key)
            if document is None or not part.finished:
                break
            found.append((part, document.body))
            if part.done < min(RUNS_IN_PART, asked.look.runs - part.first):
                break
        return found

    def stop(self, look_id: str) -> None:
        """Stop a look: what is done by now makes the answer."""
        self._change(look_id, lambda asked: asked.model_copy(update={"stopped": True}))

    def fail(self, look_id: str, why: str) -> None:
        """Put down that a look has no answer, and why."""
        self._change(
            look_id, lambda asked: asked.model_copy(update={"failed": why}), *_parts_gone(self._documents, look_id)
        )

    def settle(self, look_id: str, answer: Mapping[str, JsonValue]) -> None:
        """Put down what a look came to; its runs are no longer needed."""
        written = Write(ANSWERS, look_id, json.dumps(answer).encode())
        self._change(
            look_id,
            lambda asked: asked.model_copy(update={"done": True}),
            written,
            *_parts_gone(self._documents, look_id),
        )

    def _may_be_taken(self, asked: AskedLook, parts: list[Part], part: Part, now: datetime) -> bool:
        if part.finished or part.is_held(now) or not asked.is_open:
            return False
        if part.number < asked.parts:
            return not asked.stopped
        before = parts[: asked.parts]
        return all(one.finished or (asked.stopped and not one.is_held(now)) for one in before)

    def _parts(self, asked: AskedLook) -> list[Part]:
        """Give every part and the putting together, begun or not."""
        found = {}
        for document in self._documents.all(PARTS, under=f"{asked.id}/"):
            fields = json.loads(document.body)
            fields["until"] = None if fields["until"] is None else datetime.fromisoformat(fields["until"])
            found[fields["number"]] = Part(**{**fields, "version": document.version})
        return [found.get(number, Part(asked.id, number)) for number in range(asked.parts + 1)]

    def _put(self, part: Part, *beside: Write) -> Part | None:
        body = json.dumps(asdict(part), default=datetime.isoformat).encode()
        try:
            self._documents.write(Write(PARTS, part.key, body, seen=part.version), *beside)
        except DocumentChanged:
            return None
        return replace(part, version=part.version + 1)

    def _change(self, look_id: str, change: Callable[[AskedLook], AskedLook], *beside: Write) -> None:
        """Change a look that is open; one that is not stays as it is."""
        while document := self._documents.get(LOOKS, look_id):
            asked = AskedLook.model_validate_json(document.body)
            if not asked.is_open:
                return
            try:
                self._documents.write(Write(LOOKS, look_id, _body(change(asked)), seen=document.version), *beside)
            except DocumentChanged:
                continue
            return


def _body(asked: AskedLook) -> bytes:
    return asked.model_dump_json().encode()


def forget_looks(documents: Documents, before: datetime | None = None) -> int:
    """Forget looks that were asked before a moment, or all, with their answers; give how many."""
    gone = 0
    for document in documents.all(LOOKS):
        asked = AskedLook.model_validate_json(document.body)
        if before is None or asked.at < before:
            written = [Write(LOOKS, asked.id, None), Write(ANSWERS, asked.id, None)]
            documents.write(*written, *_parts_gone(documents, asked.id))
            gone += 1
    return gone


def _parts_gone(documents: Documents, look_id: str) -> list[Write]:
    keys = [document.key for document in documents.all(PARTS, under=f"{look_id}/")]
    return [Write(collection, key, None) for key in keys for collection in (PARTS, COURSES)]

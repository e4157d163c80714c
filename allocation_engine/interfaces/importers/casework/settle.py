"""Sets what a delivery says of a case against what was told before: only what differs is recorded.

A fact that reads otherwise now is corrected, one that is no longer said is taken back, and what is as it was is left.
A word of somebody else's stands: what a person took back or put right is not told again by the next delivery.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, count
from typing import get_args

from allocation_engine.interfaces.importers.casework.facts import Fact, Matter, matter_of
from allocation_engine.interfaces.importers.casework.on_record import Dated, Ledger, Told
from allocation_engine.interfaces.importers.casework.writer import FactWriter
from domain.events.base import EventRecord
from domain.events.case import CaseClosed, CaseEvent, CaseReferred
from domain.events.order import rank_of

SpeaksFor = Callable[[Told], bool]
"""Tells whether a delivery speaks for something told before: only then does its silence take that back."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What to record, and how many facts were left as a person had put them."""

    records: tuple[EventRecord, ...]
    left_by_hand: int


def settle(facts: Iterable[Fact], ledger: Ledger, speaks_for: SpeaksFor, writer: FactWriter) -> Settled:
    """Record what differs: corrections and retractions first, then what is new, in order of dates."""
    wanted, left_by_hand = _without_by_hand(facts, ledger)
    standing = [told for told in ledger.told.values() if told.stands is not None and not told.by_hand]
    wanted, standing = _without_equal(wanted, standing)
    pairs, new, gone = _paired(wanted, [told for told in standing if speaks_for(told)])
    records = [writer.corrected(told, _dated(fact)) for told, fact in pairs]
    records += [writer.retracted(told) for told in gone]
    records += _new(new, ledger, writer)
    return Settled(tuple(records), left_by_hand)


def _dated(fact: Fact) -> Dated:
    return Dated(fact.event, fact.at)


def _without_by_hand(facts: Iterable[Fact], ledger: Ledger) -> tuple[list[Fact], int]:
    """Leave out what a person has put right, and count where the delivery still says otherwise."""
    wanted = sorted(facts, key=lambda fact: (fact.day, rank_of(type(fact.event)), fact.source_id))
    otherwise = 0
    for told in ledger.told.values():
        fact = _of_by_hand(told, wanted) if told.by_hand else None
        if fact is not None:
            wanted.remove(fact)
            otherwise += _dated(fact) != told.stands
    return wanted, otherwise


def _of_by_hand(told: Told, wanted: list[Fact]) -> Fact | None:
    """Find the fact that somebody has put right: as it stands now, as it was told, or the referral or closure of its part."""
    agreed = (fact for fact in wanted if _dated(fact) == told.stands)
    as_told = (fact for fact in wanted if _dated(fact) in told.said)
    same_part = (
        fact for fact in wanted if isinstance(fact.event, CaseReferred | CaseClosed) and _is_same_part(fact, told)
    )
    return next(chain(agreed, as_told, same_part), None)


def _is_same_part(fact: Fact, told: Told) -> bool:
    return fact.part != "" and _stem(fact.source_id) == _stem(told.source_id)


def _stem(source_id: str) -> str:
    """Give what a source id says of kind, case, part and worker, without the day."""
    return source_id.rpartition(":")[0]


def _without_equal(wanted: list[Fact], standing: list[Told]) -> tuple[list[Fact], list[Told]]:
    told_now = Counter(map(_dated, wanted))
    others: list[Told] = []
    for told in standing:
        if told.stands is not None and told_now[told.stands]:
            told_now[told.stands] -= 1
        else:
            others.append(told)
    left = [fact for fact in reversed(wanted) if _take(told_now, _dated(fact))]
    return left[::-1], others


def _take(counts: Counter[Dated], dated: Dated) -> bool:
    if not counts[dated]:
        return False
    counts[dated] -= 1
    return True


def _paired(wanted: list[Fact], standing: list[Told]) -> tuple[list[tuple[Told, Fact]], list[Fact], list[Told]]:
    """Pair what is said now with what stood before of the same matter and part, in order of dates.

    What is put right keeps the source id of its part, by which later deliveries know whether they speak for it.
    """
    by_matter: defaultdict[tuple[Matter, str], list[Told]] = defaultdict(list)
    for told in sorted(standing, key=lambda one: (one.stands.at if one.stands else None, one.source_id)):
        by_matter[_matter(told), _stem(told.source_id)].append(told)
    pairs: list[tuple[Told, Fact]] = []
    new: list[Fact] = []
    for fact in wanted:
        same = by_matter[matter_of(fact.event), _stem(fact.source_id)]
        if same:
            pairs.append((same.pop(0), fact))
        else:
            new.append(fact)
    return pairs, new, [told for rest in by_matter.values() for told in rest]


def _matter(told: Told) -> Matter:
    event = None if told.stands is None else told.stands.event
    return matter_of(event) if isinstance(event, get_args(CaseEvent)) else ()


def _new(facts: list[Fact], ledger: Ledger, writer: FactWriter) -> Iterator[EventRecord]:
    """Tell what is new. What was told once and taken back holds again; an id that is in use gets a number after it."""
    used: set[str] = set()
    for fact in facts:
        for number in count(1):
            source_id = fact.source_id if number == 1 else f"{fact.source_id}+{number}"
            told = ledger.told.get(source_id)
            if source_id in used or (told is not None and (told.stands is not None or told.by_hand)):
                continue
            used.add(source_id)
            yield writer.told(fact.event, fact.at, source_id) if told is None else writer.corrected(told, _dated(fact))
            break

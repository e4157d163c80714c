"""What episodes say of a case on a day: its statutory footing, and the harm that assessments found."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from allocation_engine.interfaces.importers.dfe_daily.child_record import Assessment, Episode, Plan
from domain.vocabulary import HarmType, PlanType

HARM_OF_FACTOR = {
    "10A": HarmType.MISSING,
    "11A": HarmType.SEXUAL_EXPLOITATION,
    "12A": HarmType.TRAFFICKING,
    "13A": HarmType.GANGS,
    "24A": HarmType.CRIMINAL_EXPLOITATION,
}
"""Factors at the end of assessment that are extra-familial harm. Source: DfE, children in need census, factors guide."""

_ORDER = (
    PlanType.LOOKED_AFTER,
    PlanType.CHILD_PROTECTION,
    PlanType.CHILD_IN_NEED,
    PlanType.CARE_LEAVER,
    PlanType.ASSESSMENT,
)
"""Where several hold at once, the first of these is the footing."""


def plan_on(episodes: Sequence[Episode], day: date) -> PlanType | None:
    """Give the footing on a day; where nothing holds then, the one that ended last before."""
    spans = [one for episode in episodes for one in _spans(episode)]
    holding = {plan for plan, start, end in spans if _began(start, day) and (end is None or day < end)}
    ended = [(end, -_ORDER.index(plan), plan) for plan, start, end in spans if end is not None and end <= day]
    last = max(ended, default=None)
    return next((plan for plan in _ORDER if plan in holding), None if last is None else last[2])


def _spans(episode: Episode) -> Iterator[tuple[PlanType, date | None, date | None]]:
    closed = episode.closure_date
    lists: tuple[tuple[PlanType, tuple[Plan, ...]], ...] = (
        (PlanType.LOOKED_AFTER, episode.child_looked_after_placements),
        (PlanType.CHILD_PROTECTION, episode.child_protection_plans),
        (PlanType.CHILD_IN_NEED, episode.child_in_need_plans),
        (PlanType.ASSESSMENT, episode.section_47_assessments),
    )
    for plan, entries in lists:
        yield from ((plan, one.start_date, one.end_date or closed) for one in entries if not one.purge)
    for assessment in _kept(episode):
        yield PlanType.ASSESSMENT, assessment.start_date, assessment.authorisation_date or closed
    leaver = episode.care_leavers
    if leaver is not None and not leaver.purge:
        yield PlanType.CARE_LEAVER, leaver.contact_date, closed


def _began(start: date | None, day: date) -> bool:
    return start is None or start <= day


def harms_of(episodes: Iterable[Episode]) -> tuple[HarmType, ...] | None:
    """Give the harm found by the latest assessment that says; None where none has: not assessed is not none found.

    An assessment that is not authorised yet counts for what it has found, never for having found nothing.
    """
    said = [
        (one.authorisation_date or one.start_date or date.min, place, one)
        for place, one in enumerate(one for episode in episodes for one in _kept(episode))
        if one.factors is not None and (one.authorisation_date is not None or _harms(one))
    ]
    return _harms(max(said, key=lambda entry: entry[:2])[2]) if said else None


def _harms(assessment: Assessment) -> tuple[HarmType, ...]:
    factors = {factor.strip().upper() for factor in assessment.factors or ()}
    return tuple(harm for code, harm in HARM_OF_FACTOR.items() if code in factors)


def _kept(episode: Episode) -> Iterator[Assessment]:
    return (one for one in episode.child_and_family_assessments if not one.purge)

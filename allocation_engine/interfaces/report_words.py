"""What reports say of themselves, wherever they are shown: how they are counted, and what they must not be read as."""

from allocation_engine.interfaces.words import words
from allocation_engine.reporting.evaluation import Effect, Outcome
from allocation_engine.reporting.foundations import FoundationsReport
from domain.load.explain import WHAT_IT_IS
from domain.policy.practice import PracticePolicy

ACCESS_IS_NOT = (
    "Access is what the service gave room for. It is not a measure of anybody's commitment, and nobody is ranked."
)

NOT_BETTER_OR_WORSE = "Who carries more is not better or worse at the work; rows go by id."
EXPOSURE_IS_NOT = f"{WHAT_IT_IS} {NOT_BETTER_OR_WORSE}"
EXPOSURE_COUNTED = (
    "Cases of a worker include those co-worked; a team's count once. Incidents count by route: there, as co-worker, or "
    "heard of in the team."
)

CHECK_INS_ARE_VOLUNTARY = "Check-ins are voluntary. Neither they nor their absence are ever used to judge performance."

FOLLOW_UPS_COUNTED = (
    "A serious or severe incident opens a follow-up within 72 hours and one within 28 days, for each worker who was there "
    "or worked the case. Only a person closes one; a debrief closes the debrief alone. It is due from when the incident "
    "happened, also where it was told late, and leave puts nothing off."
)
FOLLOW_UPS_ARE_NOT = (
    "Not a sign of how anybody is: who was followed up may still need help, and who was not may be well."
)

FOUNDATIONS_ARE = (
    "How people rate the organisation, never a person, on the five foundations: 1 (not at all) to 5 (fully). Mean, spread "
    "(standard deviation) and number of scores; change since the half-year before."
)
FOUNDATIONS_ARE_NOT = "Not a ranking of teams: those who chose to answer are not everybody, and a difference of a few tenths is within chance."

PER_WEEKS = 10
"""Equity's rates are for so many weeks of full time."""
EQUITY_IS = (
    "Who received the new cases of high or very high risk, for the hours they work, among those whose role holds cases. "
    f"Rate: heavy cases in {PER_WEEKS} weeks of full time. Ratio: a group's rate against that of everybody else, for heavy "
    "cases and for the points of all new cases; 1 is alike. Beside it stands its 95 % interval: where that includes 1, "
    "chance may be all there is."
)
EQUITY_IS_NOT = (
    "Not a ranking, and no proof of unfairness: who can take a case depends on skills, absence and protection of the newly "
    "qualified, and many groups are looked at together. No protected characteristic is held or used; a service that "
    "holds them can join them outside, by its own pseudonyms."
)

TOO_FEW = "too few to say"
EFFECTS_ARE_NOT = (
    "Before and after is no proof of cause: people are supervised when they carry much, and much becomes less by itself "
    "(regression to the mean); other things happen in the same days. An interval that includes 0 leaves open whether "
    "anything changed. Many lines are looked at together: one in twenty stands out by chance."
)
BY_CONSTRUCTION = "by construction: the load model counts these sessions as relief, so this line tests nothing"
ANY_DAY = "any day, to compare"
EFFECT_TITLES = {
    Outcome.FELT_LOAD: "Felt load of voluntary check-ins (1 to 5), after less before",
    Outcome.LOAD_SHARE: "Computed load, in percentage points of capacity, after less before",
    Outcome.REFLECTIVE_QUALITY: "Reflective quality of supervision (1 to 5), after less before",
}


def high_trauma(practice: PracticePolicy) -> str:
    """Say which cases count as high-trauma."""
    return (
        f"High-trauma: of high or very high risk, or with an incident that was {words(practice.trauma_severity)} or worse "
        f"in the last {practice.trauma_incident_period.value:g} days."
    )


def period_name(report: FoundationsReport) -> str:
    """Write the half-year."""
    months = "January to June" if report.period.half == 1 else "July to December"
    return f"{months} {report.period.year}"


def how_compared(practice: PracticePolicy) -> str:
    """Say in words how before and after are compared."""
    days, least = practice.effect_window.value, practice.effect_workers.value
    return (
        f"For every session, a worker's mean of the {days:g} days after it less their mean of the {days:g} days before; "
        "between sessions that are closer the days are divided in the middle, so nothing counts twice. Each worker counts "
        f"once, with the mean over their sessions. Fewer than {least:g} workers: too few to say. The first line does the same "
        "around days chosen by the calendar alone: what changes there changes without any session."
    )


def activity_told(one: Effect) -> str:
    """Write what an effect is of: the whole of a kind of activity, or under it one of its own."""
    if one.activity is None:
        return ANY_DAY
    family = words(one.activity.family)
    return family if one.activity.name is None else f"- {slug_in_words(one.activity.name)}"


def slug_in_words(slug: str) -> str:
    """Write a topic or an activity as words."""
    return words(slug).replace("-", " ")

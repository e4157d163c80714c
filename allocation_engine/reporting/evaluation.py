"""Does supervision help, and learning? Each worker compared with themselves, before and after, with an interval and n."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import fmean

from allocation_engine.persistence.store import Store
from allocation_engine.reporting.intervals import Interval, t_interval
from allocation_engine.reporting.load_courses import read_courses
from domain.effects import Observed, own_change
from domain.identifiers import WorkerId
from domain.policy.policy_set import PolicySet
from domain.policy.practice import PracticePolicy
from projections import EVALUATION
from projections.evaluation import Activity, Family, Rating, TakenPart, taken_part
from projections.load_course import on_days

FEWEST_FOR_A_SPREAD = 2


class Outcome(StrEnum):
    """What is looked at before and after."""

    FELT_LOAD = "felt_load"
    LOAD_SHARE = "load_share"
    REFLECTIVE_QUALITY = "reflective_quality"


@dataclass(frozen=True, slots=True)
class Effect:
    """How workers' own outcome changed around an activity.

    Attributes
    ----------
    activity
        What was taken part in. None: days chosen by the calendar alone, to compare with; loads that rise anyway rise
        around those as well.
    workers, sessions
        How many workers could be compared with themselves, and over how many sessions together.
    change, interval
        Mean of the workers' own changes, and its 95 % interval. None: too few to say.
    by_construction
        Whether the load model counts the activity as relief, so that the change says nothing about the activity.
    """

    activity: Activity | None
    outcome: Outcome
    workers: int
    sessions: int
    change: float | None
    interval: Interval | None
    by_construction: bool


@dataclass(frozen=True, slots=True)
class Rated:
    """Ratings of one activity, 1 to 5; mean None where they, or the people who gave them, are too few to show."""

    activity: str
    ratings: int | None
    mean: float | None


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """Effects around every activity, quality over time by kind of supervision, and ratings by activity."""

    since: datetime
    until: datetime
    middle: datetime
    effects: tuple[Effect, ...]
    quality_over_time: tuple[Effect, ...]
    rated: tuple[Rated, ...]


def report_evaluation(
    store: Store, policy: PolicySet, since: datetime, as_at: datetime, known_at: datetime | None = None
) -> EvaluationReport:
    """Evaluate the sessions of a period.

    Who left is counted as well: leaving them out would keep those alone whom it went well with.
    """
    store.read_models.catch_up(EVALUATION)
    people = taken_part(store.read_models.rows(EVALUATION), as_at, known_at)
    width = timedelta(days=policy.practice.effect_window.value)
    courses = read_courses(store, policy.load, known_at)
    days = list(_days(since - width, as_at))
    asked = on_days(days)
    shares: dict[WorkerId, tuple[Observed, ...]] = {
        one.worker_id: tuple(
            Observed(at, share)
            for at, share in zip(days, courses(one.worker_id).shares(asked), strict=True)
            if share is not None
        )
        for one in people
        if one.sessions
    }
    middle = since + (as_at - since) / 2
    return EvaluationReport(
        since=since,
        until=as_at,
        middle=middle,
        effects=tuple(_effects(people, shares, policy.practice, since, as_at)),
        quality_over_time=tuple(_over_time(people, policy.practice, since, middle)),
        rated=_rated([one for part in people for one in part.ratings if one.at >= since], policy.practice),
    )


def _days(since: datetime, until: datetime, every: timedelta = timedelta(days=1)) -> Iterator[datetime]:
    while since <= until:
        yield since
        since += every


def _effects(
    people: Sequence[TakenPart],
    shares: Mapping[WorkerId, tuple[Observed, ...]],
    practice: PracticePolicy,
    since: datetime,
    until: datetime,
) -> Iterator[Effect]:
    width = timedelta(days=practice.effect_window.value)
    any_day = list(_days(since + width, until - width, every=2 * width))
    for outcome in Outcome:
        for activity in (None, *_activities(people, since)):
            if outcome is Outcome.REFLECTIVE_QUALITY and activity is not None and activity.family is Family.SUPERVISION:
                continue  # it is rated in the sessions themselves: `quality_over_time` asks how it went on
            changes = []
            for one in people:
                took_part = any_day if activity is None else one.sessions.get(activity, ())
                sessions = [at for at in took_part if at >= since]
                own = own_change(sessions, _observed(one, outcome, shares), width)
                if own is not None:
                    changes.append((own.mean, own.sessions))
            yield _effect(activity, outcome, changes, practice)


def _observed(
    one: TakenPart, outcome: Outcome, shares: Mapping[WorkerId, tuple[Observed, ...]]
) -> tuple[Observed, ...]:
    match outcome:
        case Outcome.FELT_LOAD:
            return one.felt
        case Outcome.LOAD_SHARE:
            return shares.get(one.worker_id, ())
        case Outcome.REFLECTIVE_QUALITY:
            return one.quality.get(Activity(Family.SUPERVISION), ())


def _over_time(
    people: Sequence[TakenPart], practice: PracticePolicy, since: datetime, middle: datetime
) -> Iterator[Effect]:
    """Compare each worker's ratings of the later half of the period with those of the earlier half."""
    for activity in _activities(people, since):
        if activity.family is not Family.SUPERVISION:
            continue
        changes = []
        for one in people:
            rated = [rating for rating in one.quality.get(activity, ()) if rating.at >= since]
            earlier = [rating.value for rating in rated if rating.at < middle]
            later = [rating.value for rating in rated if rating.at >= middle]
            if earlier and later:
                changes.append((fmean(later) - fmean(earlier), len(rated)))
        yield _effect(activity, Outcome.REFLECTIVE_QUALITY, changes, practice)


def _activities(people: Iterable[TakenPart], since: datetime) -> list[Activity]:
    """List the activities of the period: families in their order, the whole before its kinds and topics."""
    order = list(Family)
    found = {activity for one in people for activity, at in one.sessions.items() if at[-1] >= since}
    return sorted(found, key=lambda one: (order.index(one.family), one.name or ""))


def _effect(
    activity: Activity | None, outcome: Outcome, changes: Sequence[tuple[float, int]], practice: PracticePolicy
) -> Effect:
    relieves = activity is not None and activity.family in {Family.SUPERVISION, Family.PEER_SUPPORT}
    enough = len(changes) >= max(practice.effect_workers.value, FEWEST_FOR_A_SPREAD)
    mean, interval = t_interval([one for one, _ in changes]) if enough else (None, None)
    return Effect(
        activity=activity,
        outcome=outcome,
        workers=len(changes),
        sessions=sum(sessions for _, sessions in changes),
        change=mean,
        interval=interval,
        by_construction=relieves and outcome is Outcome.LOAD_SHARE,
    )


def _rated(ratings: Sequence[Rating], practice: PracticePolicy) -> tuple[Rated, ...]:
    found: dict[str, list[Rating]] = {}
    for one in ratings:
        found.setdefault(one.activity, []).append(one)
    told = []
    for activity, given in sorted(found.items()):
        people = {one.worker_id for one in given}
        enough = len(given) >= practice.ratings_minimum.value and len(people) >= practice.smallest_group.value
        told.append(
            Rated(activity, len(given), fmean(one.rating for one in given)) if enough else Rated(activity, None, None)
        )
    return tuple(told)

"""The foundations survey by team and for the service: means, spread, answers, and nothing of the few."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, stdev

from allocation_engine.persistence.store import Store
from allocation_engine.reporting.posts import in_post, read_posts
from domain.identifiers import TeamId
from domain.policy.policy_set import PolicySet
from domain.policy.practice import PracticePolicy
from domain.policy.small_groups import too_small_to_show
from domain.vocabulary import Foundation
from projections import FOUNDATIONS
from projections.foundations import HalfYear, SurveyAnswer, survey_answers

FEWEST_FOR_A_SPREAD = 2

Answers = Mapping[TeamId, tuple[SurveyAnswer, ...]]


@dataclass(frozen=True, slots=True)
class Rating:
    """How one foundation was rated: mean and standard deviation of the scores, 1 to 5, and how many gave one."""

    mean: float
    spread: float
    answers: int


@dataclass(frozen=True, slots=True)
class Rated:
    """One team, or the service (`team_id` None), in one half-year.

    Attributes
    ----------
    people
        In post on the day by which half of the answers had come in [person].
    answers
        How many answered; None where that is not shown.
    ratings
        What is shown, by foundation; a foundation that is left out is not shown.
    change
        Mean less the mean of the half-year before, where both are shown.
    """

    team_id: TeamId | None
    people: int
    answers: int | None
    ratings: Mapping[Foundation, Rating]
    change: Mapping[Foundation, float]

    @property
    def response(self) -> float | None:
        """Answers as a share of the people in post [1]; None where not shown, or where there was more than one round."""
        if self.answers is None or not self.people or self.answers > self.people:
            return None
        return self.answers / self.people


@dataclass(frozen=True, slots=True)
class FoundationsReport:
    """A half-year of the survey: the service, and each team that answered, by id."""

    period: HalfYear
    service: Rated
    teams: tuple[Rated, ...]


def report_foundations(
    store: Store, policy: PolicySet, as_at: datetime, known_at: datetime | None = None
) -> FoundationsReport:
    """Give the last half-year that was over at a moment, beside the one before it."""
    store.read_models.catch_up(FOUNDATIONS)
    rows = store.read_models.rows(FOUNDATIONS)
    period = HalfYear.last_over(as_at)
    now, before = (
        _Survey(store, policy.practice, survey_answers(rows, one, known_at), known_at)
        for one in (period, period.previous)
    )
    return FoundationsReport(
        period, _rated(None, now, before), tuple(_rated(team_id, now, before) for team_id in now.answers)
    )


class _Survey:
    """A half-year's answers, and which of them may be told of."""

    def __init__(self, store: Store, practice: PracticePolicy, answers: Answers, known_at: datetime | None) -> None:
        self.answers = answers
        self.minimum = max(practice.survey_minimum.value, practice.smallest_group.value, FEWEST_FOR_A_SPREAD)
        self.people: dict[TeamId | None, int] = {}
        whole = tuple(sorted((one for given in answers.values() for one in given), key=lambda one: one.at))
        for team_id, given in ((None, whole), *answers.items()):
            posts = read_posts(store, given[len(given) // 2].at, known_at) if given else {}
            self.people[team_id] = len(in_post(posts, team_id))
        small_teams = {one for one in answers if self.people[one] < practice.smallest_group.value}
        self.hidden = self._hidden({one: len(given) for one, given in answers.items()}, small_teams)
        self.ratings: dict[TeamId | None, dict[Foundation, Rating]] = {one: {} for one in (None, *answers)}
        for foundation in Foundation:
            self._rate(foundation)

    @property
    def total_is_shown(self) -> bool:
        """Whether the number of answers of the whole service may be told."""
        return self._total_is_shown({one: len(given) for one, given in self.answers.items()}, self.hidden)

    def _rate(self, foundation: Foundation) -> None:
        """Rate a foundation wherever enough rated it and nothing else follows from what is told."""
        scores = {
            team_id: [one.scores[foundation] for one in given if foundation in one.scores]
            for team_id, given in self.answers.items()
        }
        number = {team_id: len(given) for team_id, given in scores.items()}
        hidden = self._hidden(number, self.hidden)
        for team_id, given in scores.items():
            if given and team_id not in hidden:
                self.ratings[team_id][foundation] = _rating(given)
        if self._total_is_shown(number, hidden):
            self.ratings[None][foundation] = _rating([score for given in scores.values() for score in given])

    def _hidden(self, number: Mapping[TeamId, int], already: Iterable[TeamId]) -> frozenset[TeamId]:
        """Hide teams with few answers, those hidden already, and as many more as these could be worked out from."""
        small = set(already)
        counted = {one: min(n, int(self.minimum) - 1) if one in small else n for one, n in number.items()}
        return too_small_to_show(counted, self.minimum)

    def _total_is_shown(self, number: Mapping[TeamId, int], hidden: frozenset[TeamId]) -> bool:
        """Show a total of enough answers from which no hidden team follows: none is hidden, or several that are many."""
        together = sum(number[one] for one in hidden)
        follows = bool(hidden) and (len(hidden) == 1 or together < self.minimum)
        return sum(number.values()) >= self.minimum and not follows


def _rated(team_id: TeamId | None, now: _Survey, before: _Survey) -> Rated:
    ratings, earlier = now.ratings[team_id], before.ratings.get(team_id, {})
    if team_id is None:
        answers = sum(map(len, now.answers.values())) if now.total_is_shown else None
    else:
        answers = None if team_id in now.hidden else len(now.answers[team_id])
    return Rated(
        team_id=team_id,
        people=now.people[team_id],
        answers=answers,
        ratings=ratings,
        change={one: rating.mean - earlier[one].mean for one, rating in ratings.items() if one in earlier},
    )


def _rating(scores: list[int]) -> Rating:
    return Rating(fmean(scores), stdev(scores), len(scores))

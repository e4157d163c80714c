"""Team structure: the best split of workers and areas into so many teams, and the scenario that it makes."""

from dataclasses import dataclass

from allocation_engine.errors import SettingsError
from allocation_engine.optimiser.team_structure import TeamAnswer, TeamQuestion, split_into_teams
from allocation_engine.planning.situation import Situation
from allocation_engine.planning.what_if.changes import NewTeam, TeamSplit
from allocation_engine.planning.what_if.scenario import Scenario
from domain.evolve.case import CaseState
from domain.identifiers import TeamId, WorkerId
from domain.load import CaseProfile, capacity_at, case_points
from domain.vocabulary import AssignmentRole

NO_TEAM = -1


@dataclass(frozen=True)
class ProposedTeam:
    """A team as it would be.

    `stands_for` is the team of today of which it has most workers; `capacity` and `demand` [lp] are its workers' and its areas'.
    """

    stands_for: TeamId | None
    workers: tuple[WorkerId, ...]
    areas: tuple[str, ...]
    capacity: float
    demand: float
    new_here: tuple[WorkerId, ...]


@dataclass(frozen=True)
class TeamStructure:
    """The best split found.

    Attributes
    ----------
    crossing
        Share of what workers hold that would lie in another team's area [1].
    not_placed
        Workers without recorded hours, and those whose role holds no cases: they are left where they are.
    areas_not_known
        Open cases whose area is not known: they weigh in nobody's favour.
    """

    teams: tuple[ProposedTeam, ...]
    moved: int
    crossing: float
    proven: bool
    not_placed: tuple[WorkerId, ...]
    areas_not_known: int

    def scenario(self, id_: str = "new-teams") -> Scenario:
        """Give the scenario of this split, to be run forward beside the baseline: each team alone takes its areas' cases."""
        changes = []
        for number, team in enumerate(self.teams):
            name = team.stands_for or TeamId(f"new-team-{number + 1}")
            changes.append(NewTeam(team=name, workers=team.workers, areas=team.areas))
        return Scenario(id=id_, title=f"{len(self.teams)} teams", changes=(TeamSplit(team=None, into=tuple(changes)),))


def team_structure(
    situation: Situation, number: int, *, teams: tuple[TeamId, ...] = (), effort: float = 20.0, seed: int = 0
) -> TeamStructure:
    """Find the best split of those who hold cases, and of all areas, into so many teams.

    `teams` names the teams of today that are to be split anew; all of them if none is named.

    Raises
    ------
    SettingsError
        There are too few workers or areas for so many teams.
    """
    laid = _Laid(situation, teams)
    question = laid.question(number)
    found = split_into_teams(question, effort, seed)
    if found is None:
        raise SettingsError(
            "TEAMS",
            f"{len(laid.workers)} workers who hold cases and {len(laid.areas)} areas do not make {number} teams of "
            f"{question.fewest} or more with an area each: ask for fewer",
        )
    return laid.told(question, found)


class _Laid:
    """Workers and areas by place, with what they can carry and what they come to."""

    def __init__(self, situation: Situation, teams: tuple[TeamId, ...]) -> None:
        self.situation, load = situation, situation.policy.load
        roles = situation.policy.limits.primary_roles
        asked = [one for one in situation.workers.values() if not teams or one.team_id in teams]
        self.capacity: dict[WorkerId, float] = {}
        for one in asked:
            history = tuple(fact for fact in situation.histories[one.worker_id] if fact.at <= situation.as_at)
            points = capacity_at(history, load).points
            if points is not None and (one.role is None or one.role in roles):
                self.capacity[one.worker_id] = points
        self.workers = sorted(self.capacity)
        self.not_placed = tuple(sorted(one.worker_id for one in asked if one.worker_id not in self.capacity))
        self.held = {
            one: [held.case for held in situation.caseloads.get(one, ()) if held.role is AssignmentRole.PRIMARY]
            for one in self.workers
        }
        waiting = [one.case for one in situation.waiting] if not teams else []
        cases = [*(case for held in self.held.values() for case in held), *waiting]
        self.areas = sorted({one.area for one in cases if one.area is not None})
        self.areas_not_known = sum(one.area is None for one in cases)
        self.demand = {area: sum(self._points(one) for one in cases if one.area == area) for area in self.areas}

    def _points(self, case: CaseState) -> float:
        return case_points(CaseProfile(case.harm_types, case.risk), self.situation.policy.load)

    def question(self, number: int) -> TeamQuestion:
        posts = self.situation.workers
        names = sorted({team for one in self.workers if (team := posts[one].team_id) is not None})
        places = {team: place for place, team in enumerate(names)}
        self.names = names
        ties: dict[tuple[int, int], float] = {}
        for worker, who in enumerate(self.workers):
            for case in self.held[who]:
                if case.area is not None:
                    key = worker, self.areas.index(case.area)
                    ties[key] = ties.get(key, 0.0) + self._points(case)
        return TeamQuestion(
            capacity=tuple(self.capacity[one] for one in self.workers),
            now=tuple(places.get(posts[one].team_id or TeamId(""), NO_TEAM) for one in self.workers),
            demand=tuple(self.demand[one] for one in self.areas),
            ties=ties,
            teams=number,
        )

    def told(self, question: TeamQuestion, found: TeamAnswer) -> TeamStructure:
        taken: set[TeamId] = set()
        teams = []
        for team in range(question.teams):
            workers = tuple(one for one, place in zip(self.workers, found.team_of_worker, strict=True) if place == team)
            areas = tuple(one for one, place in zip(self.areas, found.team_of_area, strict=True) if place == team)
            stands_for = self._most(workers, taken)
            taken |= {stands_for} if stands_for is not None else set()
            teams.append(
                ProposedTeam(
                    stands_for=stands_for,
                    workers=workers,
                    areas=areas,
                    capacity=sum(self.capacity[one] for one in workers),
                    demand=sum(self.demand[one] for one in areas),
                    new_here=tuple(one for one in workers if self.situation.workers[one].team_id != stands_for),
                )
            )
        held = sum(question.ties.values())
        return TeamStructure(
            teams=tuple(teams),
            moved=sum(len(one.new_here) for one in teams),
            crossing=found.crossing / held if held else 0.0,
            proven=found.proven,
            not_placed=self.not_placed,
            areas_not_known=self.areas_not_known,
        )

    def _most(self, workers: tuple[WorkerId, ...], taken: set[TeamId]) -> TeamId | None:
        here = [self.situation.workers[one].team_id for one in workers]
        left = sorted({one for one in here if one is not None and one not in taken})
        return max(left, key=lambda one: (here.count(one), one), default=None)

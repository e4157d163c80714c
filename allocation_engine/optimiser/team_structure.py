"""Which worker and which area belong to which team: as even as can be, and then with as few moves as can be."""

from dataclasses import dataclass

from ortools.sat.python import cp_model

from allocation_engine.optimiser.cp_sat import run

STEPS = 1_000
"""Steps of a load point in the model: what is less than a thousandth of one is rounding."""


@dataclass(frozen=True)
class TeamQuestion:
    """Workers and areas to be put into teams.

    Attributes
    ----------
    capacity, now
        Each worker's capacity [lp], and the team they are in (a place, below zero for none).
    demand
        What the open cases of each area come to [lp].
    ties
        What of each area's open cases each worker holds [lp], by (worker, area): cases that would lie in another team than their worker.
    teams
        How many teams there are to be.
    fewest
        The fewest workers that a team may have.
    """

    capacity: tuple[float, ...]
    now: tuple[int, ...]
    demand: tuple[float, ...]
    ties: dict[tuple[int, int], float]
    teams: int
    fewest: int = 2


@dataclass(frozen=True)
class TeamAnswer:
    """Teams of workers and of areas, by place.

    `unevenness` is by how much the load of the most loaded team's areas lies above its capacity's share of the whole [lp]; `moved`
    how many workers change team, `crossing` what lies in another team than its worker [lp]. `gap` [1] is what is not proven of
    the last level.
    """

    team_of_worker: tuple[int, ...]
    team_of_area: tuple[int, ...]
    unevenness: float
    moved: int
    crossing: float
    proven: bool


def split_into_teams(question: TeamQuestion, effort: float = 20.0, seed: int = 0) -> TeamAnswer | None:
    """Find the best teams: the most even, then the fewest cases that lie in another team than their worker, then the fewest moves.

    None where there is no such split: fewer workers or areas than the teams need.
    """
    if len(question.capacity) < question.teams * question.fewest or len(question.demand) < question.teams:
        return None
    return _Model(question).solved(effort, seed)


class _Model:
    """Who is in which team, as literals; evenness, crossing and moves as expressions over them."""

    def __init__(self, question: TeamQuestion) -> None:
        self.question, self.model = question, cp_model.CpModel()
        teams = range(question.teams)
        self.worker = [[self.model.new_bool_var("") for _ in teams] for _ in question.capacity]
        self.area = [[self.model.new_bool_var("") for _ in teams] for _ in question.demand]
        for literals in (*self.worker, *self.area):
            self.model.add_exactly_one(literals)
        for team in teams:
            self.model.add(sum(one[team] for one in self.worker) >= question.fewest)
            self.model.add_at_least_one(one[team] for one in self.area)
        self.uneven = self._unevenness()
        self.crossing = self._crossing()
        self.moved = self._moves()

    def _unevenness(self) -> cp_model.IntVar:
        """Give the most by which a team's areas take more than its share of all capacity, in steps times total capacity."""
        question = self.question
        capacity = [round(one) for one in question.capacity]
        demand = [round(one) for one in question.demand]
        whole, all_capacity = sum(demand), max(sum(capacity), 1)
        worst = self.model.new_int_var(0, max(whole, 1) * all_capacity, "")
        for team in range(question.teams):
            takes = sum(d * one[team] for d, one in zip(demand, self.area, strict=True))
            has = sum(c * one[team] for c, one in zip(capacity, self.worker, strict=True))
            self.model.add(worst >= all_capacity * takes - whole * has)
        return worst

    def _crossing(self) -> cp_model.LinearExprT:
        """Add up what workers hold of areas that lie in another team."""
        parts: list[cp_model.LinearExprT] = []
        for (worker, area), held in sorted(self.question.ties.items()):
            together = self.model.new_bool_var("")
            both = []
            for team in range(self.question.teams):
                here = self.model.new_bool_var("")
                self.model.add_implication(here, self.worker[worker][team])
                self.model.add_implication(here, self.area[area][team])
                both.append(here)
            self.model.add(sum(both) == together)
            parts.append(round(held * STEPS) * (1 - together))
        return sum(parts)

    def _moves(self) -> cp_model.LinearExprT:
        """Count who is not in the new team that stands in the place of the one they are in now."""
        now = [one for one in sorted(set(self.question.now)) if one >= 0]
        stands_for = [[self.model.new_bool_var("") for _ in range(self.question.teams)] for _ in now]
        for literals in stands_for:
            self.model.add_at_most_one(literals)
        for team in range(self.question.teams):
            self.model.add_at_most_one(one[team] for one in stands_for)
        stays: list[cp_model.IntVar] = []
        for worker, place in enumerate(self.question.now):
            if place < 0:
                continue
            for team in range(self.question.teams):
                stay = self.model.new_bool_var("")
                self.model.add_implication(stay, self.worker[worker][team])
                self.model.add_implication(stay, stands_for[now.index(place)][team])
                stays.append(stay)
        counted = sum(one >= 0 for one in self.question.now)
        return counted - sum(stays)

    def solved(self, effort: float, seed: int) -> TeamAnswer | None:
        proven, solver = True, cp_model.CpSolver()
        for level, slack in ((self.uneven, 0.02), (self.crossing, 0.0), (self.moved, 0.0)):
            self.model.minimize(level)
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            solver.parameters.random_seed = seed
            solver.parameters.max_deterministic_time = effort / 3
            status = run(solver, self.model)
            if status not in {cp_model.OPTIMAL, cp_model.FEASIBLE}:
                return None
            proven = proven and status == cp_model.OPTIMAL
            # A fiftieth less even is not worth a handover: evenness is held so far, the others exactly.
            whole = round(sum(self.question.demand)) * max(round(sum(self.question.capacity)), 1) / self.question.teams
            self.model.add(level <= round(solver.objective_value) + round(slack * whole))
            self._hint(solver)
        return self._answer(solver, proven=proven)

    def _hint(self, solver: cp_model.CpSolver) -> None:
        values = [(one, solver.boolean_value(one)) for literals in (*self.worker, *self.area) for one in literals]
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for literal, value in values:
            self.model.add_hint(literal, value)

    def _answer(self, solver: cp_model.CpSolver, *, proven: bool) -> TeamAnswer:
        def team_of(literals: list[cp_model.IntVar]) -> int:
            return next(team for team, one in enumerate(literals) if solver.boolean_value(one))

        scale = max(round(sum(self.question.capacity)), 1)
        return TeamAnswer(
            team_of_worker=tuple(team_of(one) for one in self.worker),
            team_of_area=tuple(team_of(one) for one in self.area),
            unevenness=solver.value(self.uneven) / scale,
            moved=round(solver.value(self.moved)),
            crossing=solver.value(self.crossing) / STEPS,
            proven=proven,
        )

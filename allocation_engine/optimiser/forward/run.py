"""One run: the weeks of a service, one after another."""

from allocation_engine.optimiser.compiled import compiled
from allocation_engine.optimiser.forward.allocate import allocate
from allocation_engine.optimiser.forward.arrays import NO_ONE, Chances, Course, Service
from allocation_engine.optimiser.forward.load import Loads, first_loads, run_week
from allocation_engine.optimiser.forward.standing_cases import Standing, first_standing, pass_on, waits


@compiled
def run_weeks(service: Service, chances: Chances, course: Course) -> None:
    """Run a service forward and fill in its course."""
    standing, loads = first_standing(chances), first_loads(service)
    groups = 0
    for case in range(len(chances.cases)):
        groups = max(groups, chances.cases[case]["peers"] + 1)
    for week in range(len(course.weeks)):
        pass_on(service, chances, standing, week, 7.0 * week)
        if service.tries >= 0:
            placed, moved = allocate(service, chances, standing, loads, week, groups)
            course.weeks[week]["placed"], course.weeks[week]["moved"] = placed, moved
        _tell(service, chances, standing, course, week)
        course.weeks[week]["closed"] = run_week(service, chances, standing, loads, week)
        _tell_of_workers(standing, loads, course, week)


@compiled
def _tell(service: Service, chances: Chances, standing: Standing, course: Course, week: int) -> None:
    at, one = 7.0 * week, course.weeks[week]
    for case in range(len(standing.holder)):
        if standing.closed[case] or chances.cases[case]["arrives"] > at:
            continue
        taus = service.taus
        points = chances.cases[case]["mean_acute"] * taus[0] + chances.cases[case]["mean_cumulative"] * taus[1]
        one["demand"] += points
        if waits(chances, standing, case, at):
            one["waiting"] += 1
            one["urgent"] += 1 if chances.cases[case]["priority"] == 0 else 0
            one["longest_wait"] = max(one["longest_wait"], at - standing.waits_since[case])
            one["left"] += standing.passed_on[case]
            one["left_high"] += standing.passed_on[case] * chances.cases[case]["high"]
        elif service.weeks[week, standing.holder[case]]["away"] > 0:
            one["uncovered"] += 1
            one["uncovered_high"] += chances.cases[case]["high"]


@compiled
def _tell_of_workers(standing: Standing, loads: Loads, course: Course, week: int) -> None:
    course.acute[week], course.cumulative[week] = loads.load[:, 0], loads.load[:, 1]
    for worker in standing.holder:
        if worker != NO_ONE:
            course.cases[week, worker] += 1

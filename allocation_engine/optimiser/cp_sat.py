"""CP-SAT as it can be trusted: two faults of version 9.15 kept off, in one place. A test shows each of them.

One step of presolve, where linear rules meet "at most one", may drop solutions: a plan is then called the best, or a
question impossible, that is not (google/or-tools issue 5293). The step is left out. And a model with symmetries and a
hint that does not fit may be refused with an IndexError (issue 5288): it is then solved without looking for symmetries.
"""

from ortools.sat.python import cp_model


def run(
    solver: cp_model.CpSolver, model: cp_model.CpModel, told: cp_model.CpSolverSolutionCallback | None = None
) -> cp_model.CpSolverStatus:
    """Solve a model; `told` is told of every solution on the way."""
    solver.parameters.presolve_inclusion_work_limit = 0
    try:
        return solver.solve(model, told)
    except IndexError:
        solver.parameters.symmetry_level = 0
        return solver.solve(model, told)

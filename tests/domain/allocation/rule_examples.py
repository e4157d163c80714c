"""For every rule a plan that breaks it, alone, and one for the same problem that keeps every rule."""

from dataclasses import dataclass, replace

from domain.allocation import AllocationProblem, Caps, Plan
from domain.identifiers import TeamId
from domain.vocabulary import HarmType, RiskLevel, Role
from tests.domain.allocation.small_problems import C1, C2, GROUP, W1, W2, plan, problem


@dataclass(frozen=True)
class RuleExample:
    """A problem with a violating and a satisfying plan."""

    problem: AllocationProblem
    violating: Plan
    satisfying: Plan


TO_THE_FIRST, TO_THE_SECOND = plan((C1, W1)), plan((C1, W2))

GANGS = replace(C1, harm_types=(HarmType.GANGS,))
HIGH_RISK = replace(C1, risk=RiskLevel.HIGH)
HELD = replace(C1, current_worker_id=W1.worker_id)
TWO_GANGS_OF_FOUR = replace(W1, caseload=4, by_harm={HarmType.GANGS: 2})
ONE_GANGS_OF_FOUR = replace(W2, caseload=4, by_harm={HarmType.GANGS: 1})
SIBLINGS = (replace(C1, sibling_group=GROUP), replace(C2, sibling_group=GROUP))
PEERS = (replace(C1, peer_group=GROUP), replace(C2, peer_group=GROUP))


def not_the_first(example: AllocationProblem) -> RuleExample:
    """Say that the only case may go to the second worker and not to the first."""
    return RuleExample(example, violating=TO_THE_FIRST, satisfying=TO_THE_SECOND)


EXAMPLES: dict[str, RuleExample] = {
    # About one worker and one case.
    "hours_known": not_the_first(problem([replace(W1, capacity=None), W2], [C1])),
    "at_work": not_the_first(problem([replace(W1, away=True), W2], [C1])),
    "role_holds_cases": not_the_first(
        problem(
            [replace(W1, role=Role.TEAM_MANAGER), replace(W2, role=Role.SOCIAL_WORKER)],
            [C1],
            caps=Caps(primary_roles=frozenset({Role.SOCIAL_WORKER})),
        )
    ),
    "conflict_of_interest": not_the_first(problem([W1, W2], [replace(C1, conflicts=frozenset({W1.worker_id}))])),
    "team_takes_case": not_the_first(
        problem(
            [replace(W1, team_id=TeamId("t-1")), replace(W2, team_id=TeamId("t-2"))],
            [replace(C1, teams=frozenset({TeamId("t-2")}))],
        )
    ),
    "skills": not_the_first(
        problem([W1, replace(W2, skills=frozenset({"harm:gangs"}))], [replace(C1, needs=frozenset({"harm:gangs"}))])
    ),
    "peers_held": not_the_first(
        problem([replace(W1, peer_groups=frozenset({GROUP})), W2], [replace(C1, peer_group=GROUP)])
    ),
    "not_held_twice": not_the_first(problem([W1, W2], [replace(C1, co_workers=frozenset({W1.worker_id}))])),
    "forbidden_pair": not_the_first(problem([W1, W2], [C1], forbidden=[(C1, W1)])),
    # About one worker's caseload.
    "caseload_cap": not_the_first(problem([replace(W1, caseload=15, caseload_cap=15), W2], [C1])),
    "caseload_minimum": RuleExample(
        problem([replace(W1, caseload_minimum=1), W2], [C1]), violating=TO_THE_SECOND, satisfying=TO_THE_FIRST
    ),
    "one_area": not_the_first(
        problem(
            [replace(W1, areas_held=frozenset({"north"})), W2],
            [replace(C1, area="south")],
            caps=Caps(one_area=True),
        )
    ),
    # 95 + 10 of 100 are past the limit, 0 + 10 are not.
    "load_limit": not_the_first(problem([replace(W1, predicted_load=95.0), W2], [C1], caps=Caps(load_limit=1.0))),
    "new_cases_cap": RuleExample(
        problem([replace(W1, new_cases_cap=1), W2], [C1, C2]),
        violating=plan((C1, W1), (C2, W1)),
        satisfying=plan((C1, W1), (C2, W2)),
    ),
    "high_risk_cap": not_the_first(problem([replace(W1, high_risk=3, high_risk_cap=3), W2], [HIGH_RISK])),
    "harm_type_cap": not_the_first(
        problem(
            [replace(W1, caseload=9, by_harm={HarmType.GANGS: 5}, harm_type_cap=5), W2], [GANGS]
        )  # a sixth is one too many
    ),
    # 3 of 5 would be 60 %, 2 of 5 are 40 %; half of five is two whole cases.
    "harm_type_share": not_the_first(
        problem(
            [TWO_GANGS_OF_FOUR, ONE_GANGS_OF_FOUR],
            [GANGS],
            caps=Caps(harm_type_share=0.5, harm_type_share_from=4),
        )
    ),
    # 28 + 3 hours do not fit in 30; 27 + 3 just do.
    "protected_hours": not_the_first(
        problem([replace(W1, hours_taken=28.0), replace(W2, hours_taken=27.0)], [replace(C1, hours=3.0)])
    ),
    # About the whole plan.
    "one_primary": RuleExample(problem([W1, W2], [HELD]), violating=plan(), satisfying=TO_THE_FIRST),
    "siblings_together": RuleExample(
        problem([W1, W2], SIBLINGS), violating=plan((C1, W1), (C2, W2)), satisfying=plan((C1, W1), (C2, W1))
    ),
    "peers_apart": RuleExample(
        problem([W1, W2], PEERS), violating=plan((C1, W1), (C2, W1)), satisfying=plan((C1, W1), (C2, W2))
    ),
    "co_worker_required": RuleExample(
        problem([W1, W2], [replace(C1, needs_co_worker=True)]),
        violating=TO_THE_FIRST,
        satisfying=plan((C1, W1), co_worker=[(C1, W2)]),
    ),
    "moves_allowed": RuleExample(problem([W1, W2], [HELD]), violating=TO_THE_SECOND, satisfying=TO_THE_FIRST),
    "pinned_pair": not_the_first(problem([W1, W2], [C1], pinned=[(C1, W2)])),
}

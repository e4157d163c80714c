"""How a proposal is shown: what it would do to each worker, why each choice, what else could be, and what may be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from fastapi.responses import Response

from allocation_engine.errors import Change, DecisionRefused, StaleProposal
from allocation_engine.interfaces.web.render import page
from allocation_engine.interfaces.web.tables import Cell, Column, Table, TableOf
from allocation_engine.interfaces.web.visit import Visit
from allocation_engine.interfaces.words import day
from allocation_engine.optimiser import explain_choices, explain_unallocated
from allocation_engine.optimiser.explain import ChoiceExplained, UnallocatedExplained, fairness_of
from domain.events.allocation import ProposalContent
from domain.evolve.proposal import ProposalStatus
from projections.proposals import KnownProposal

WITHDRAWN = {
    "nothing_waiting": "No case was waiting: there was nothing to propose.",
    "hours_known": "No worker's hours are recorded, so nobody has a capacity figure. Record hours and ask again.",
    "no_workers": "Nobody is registered here: there was nobody to propose.",
    "infeasible": "No plan keeps every rule with what was fixed by hand. Take something back and ask again.",
    "no_plan_found": "No plan was found in the time allowed.",
    "cancelled": "The search was stopped, and the request withdrawn.",
}


@dataclass(frozen=True)
class Reasons:
    """Why each choice and why each case left waiting; where the record has moved on, what changed."""

    choices: Sequence[ChoiceExplained] = ()
    waiting: Sequence[UnallocatedExplained] = ()
    changes: Sequence[Change] = field(default_factory=tuple)
    refused: str = ""


def proposal_page(
    visit: Visit, made: KnownProposal, errors: Sequence[tuple[str, str]] = (), typed: str = ""
) -> Response:
    """Answer with the page of a proposal, whatever its standing."""
    state, content = made.state, made.state.content
    reasons = Reasons()
    if content is not None and state.status is ProposalStatus.OPEN:
        reasons = _reasons(visit, state.proposal_id)
    job = visit.engine.jobs(visit.service.holder).job(state.proposal_id)
    tables = [] if content is None else [before_and_after(visit, content), _choices_table(visit, content)]
    return page(
        visit,
        "proposal.html",
        f"Proposal {state.proposal_id}",
        tables,
        status=422 if errors else 200,
        errors=errors,
        typed=typed,
        made=made,
        state=state,
        content=content,
        status_name=state.status.value,
        withdrawn=WITHDRAWN.get(state.withdrawn or "", "It was withdrawn."),
        reasons=reasons,
        sentences={one.case_id: one for one in reasons.choices},
        co_workers={} if content is None else _co_workers(content),
        asked=[] if content is None else list(asked_of(content)),
        how_good="" if content is None else how_good(content),
        job=job,
        proposal_id=state.proposal_id,
    )


def _reasons(visit: Visit, proposal_id: str) -> Reasons:
    try:
        found = visit.engine.consider_proposal(proposal_id)
    except StaleProposal as stale:
        return Reasons(changes=stale.changes)
    except DecisionRefused as refused:
        return Reasons(refused=f"{refused}")
    plan = found.result.plan
    return Reasons(
        explain_choices(found.problem, plan, fairness_of(found.result)), explain_unallocated(found.problem, plan)
    )


def before_and_after(visit: Visit, content: ProposalContent) -> Table:
    """Give the predicted load of everybody who would receive or give something, without and with the proposal."""
    figures = tuple(Column(name, figures=True) for name in ("New cases", "Before, lp", "After, lp", "Capacity, lp"))
    shares = tuple(Column(name, figures=True) for name in ("Before", "After"))
    table = TableOf(
        "before-and-after",
        f"What it would do: mean predicted load over {content.horizon_days:g} days",
        ("Worker", *figures, *shares),
        empty="It places no case.",
        note="Before and after are shares of capacity. Whoever receives nothing is not listed.",
    )
    for worker_id in sorted({choice.worker_id for choice in content.choices}):
        theirs = [choice for choice in content.choices if choice.worker_id == worker_id]
        one = theirs[0]
        before, after = (
            None if not one.capacity else load / one.capacity for load in (one.load_before, one.load_after)
        )
        table.row(
            Cell(worker_id, link=visit.to(f"/workers/{worker_id}")),
            len(theirs),
            one.load_before,
            one.load_after,
            one.capacity or None,
            Cell(before, text=None if before is None else f"{before:.0%}"),
            Cell(after, text=None if after is None else f"{after:.0%}"),
        )
    return table.done


def _choices_table(visit: Visit, content: ProposalContent) -> Table:
    table = TableOf("choices", "Who would take what", ("Case", "Worker", "Role", "From"), empty="It places no case.")
    for choice in content.choices:
        table.row(
            Cell(choice.case_id, link=visit.to("/events", about=f"case:{choice.case_id}")),
            Cell(choice.worker_id, link=visit.to(f"/workers/{choice.worker_id}")),
            choice.role.value.replace("_", "-"),
            Cell(text=choice.from_worker_id or "waiting"),
        )
    return table.done


def _co_workers(content: ProposalContent) -> dict[str, str]:
    return {one.case_id: one.worker_id for one in content.choices if one.role.value == "co_worker"}


def asked_of(content: ProposalContent) -> list[str]:
    """Say what the plan was asked for beyond the policy: whoever decides should know."""
    told = []
    if content.assumed_fte is not None:
        told.append(f"Hours that are not recorded were planned as {content.assumed_fte:g} of full time: an assumption.")
    if content.load_limit is not None:
        told.append(f"Nobody who receives a case was to go past {100 * content.load_limit:g}% of capacity.")
    if content.one_area:
        told.append("All cases of whoever receives one were to lie in one area.")
    return told


def how_good(content: ProposalContent) -> str:
    """Say how much is proven of the plan, from what is on record of it."""
    cases = len({choice.case_id for choice in content.choices})
    told = f"{cases} {'case' if cases == 1 else 'cases'} placed, {len(content.unallocated)} left waiting"
    made = f"; worked out on {day(content.as_at)} under policy {content.policy_set_id}. "
    if content.status == "amended":
        return f"{told}{made}It was changed by hand: every rule is kept, and nobody has claimed that it is the best."
    if content.status == "optimal":
        return f"{told}{made}Proven: no plan within the rules is better, level by level."
    open_levels = [one.name for one in content.levels if abs(one.value - one.bound) > 1e-6 * max(1.0, abs(one.value))]
    first = f" It is proven for every level but: {', '.join(open_levels)}." if open_levels else ""
    return f"{told}{made}It is the best plan found in the time allowed.{first}"

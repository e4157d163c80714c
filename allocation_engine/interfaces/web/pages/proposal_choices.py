"""Looks at other choices than a proposal's own: plans nearly as good, and what balance, continuity and match cost each other."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from allocation_engine.interfaces.web.render import page
from allocation_engine.interfaces.web.tables import Cell, Column, TableOf
from allocation_engine.interfaces.web.visit import Visit, visitor
from allocation_engine.optimiser.aims import Aim
from allocation_engine.optimiser.choices import alternatives as other_plans
from allocation_engine.optimiser.choices import frontier as frontier_of
from allocation_engine.optimiser.choices.within import distance
from allocation_engine.optimiser.explain.sentences import amount, in_words
from allocation_engine.planning import read_proposal
from domain.identifiers import ProposalId

router = APIRouter()

PLANS = 3
EFFORT = 0.5
"""Deterministic seconds for each other plan: somebody waits for the page."""


@router.get("/proposals/{proposal_id}/alternatives")
def alternatives(visit: Annotated[Visit, Depends(visitor("proposals"))], proposal_id: str) -> Response:
    """Show other plans that are nearly as good and differ from this one and from each other."""
    found = visit.engine.consider_proposal(proposal_id)
    answer = other_plans(found.problem, found.result, PLANS, effort=EFFORT)
    state, _ = read_proposal(visit.engine.store.log, ProposalId(proposal_id))
    plans = [
        {
            "sentence": one.sentence,
            "moved": one.moved,
            "changes": [
                f"{in_words(change.level)}: {amount(change.level, change.change)} "
                f"{'worse' if change.change > 0 else 'better'}"
                for change in one.changes
                if change.change
            ],
        }
        for one in answer.plans
    ]
    return page(
        visit,
        "alternatives.html",
        f"Other plans than {proposal_id}",
        sentence=answer.sentence,
        plans=plans,
        proposal_id=proposal_id,
        version=state.version,
    )


@router.get("/proposals/{proposal_id}/frontier")
def frontier(visit: Annotated[Visit, Depends(visitor("proposals"))], proposal_id: str) -> Response:
    """Show the plans of which none is better at balance, match or continuity for nothing."""
    found = visit.engine.consider_proposal(proposal_id)
    answer = frontier_of(found.problem, found.result, balance=Aim.SQUARES, values=3)
    table = TableOf(
        "frontier",
        "Plans between balance, match and continuity; least is best",
        (
            "Plan",
            Column("Balance", figures=True, places=4),
            Column("Match", figures=True),
            Column("Continuity", figures=True),
            Column("Heaviest load", figures=True),
            Column("Cases elsewhere", figures=True),
        ),
        note=(
            f"Balance: {answer.balance}. Match: points of area and language not met. Continuity: cases that could go back to "
            "somebody who knows them and do not. Cases elsewhere: against this proposal."
        ),
    )
    for number, one in enumerate(answer.points, start=1):
        heaviest = max(one.score.ratios, default=0.0)
        table.row(
            f"Plan {number}",
            one.balance,
            one.mismatch,
            one.discontinuity,
            Cell(heaviest, text=f"{heaviest:.0%}"),
            distance(found.result.plan, one.plan),
        )
    return page(
        visit,
        "frontier.html",
        f"What balance, continuity and match cost in {proposal_id}",
        [table.done],
        sentence=answer.sentence,
        proposal_id=proposal_id,
    )

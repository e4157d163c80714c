"""The desk's pages, a module for each journey."""

from allocation_engine.interfaces.web.pages import (
    absences,
    access_log,
    alerts,
    events,
    exposure,
    follow_ups,
    imports,
    learning,
    overview,
    overview_reports,
    policy,
    proposal_choices,
    proposals,
    replays,
    sign_in,
    supervision,
    team,
    waiting,
    what_if,
    what_if_questions,
    what_if_saved,
    worker,
)

ROUTERS = tuple(
    module.router
    for module in (
        sign_in,
        team,
        worker,
        absences,
        waiting,
        proposal_choices,
        proposals,
        supervision,
        follow_ups,
        exposure,
        learning,
        alerts,
        overview,
        overview_reports,
        policy,
        replays,
        events,
        access_log,
        imports,
        what_if,
        what_if_saved,
        what_if_questions,
    )
)

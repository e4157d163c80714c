"""The command `report`: one file a report, each with its page and its JSON document. `answering` is what they share."""

import typer

from allocation_engine.interfaces.cli.reports import (
    alerts,
    check_ins,
    equity,
    evaluation,
    exposure,
    follow_ups,
    foundations,
    history,
    learning,
    overview,
    supervision,
)

app = typer.Typer(
    no_args_is_help=True,
    help="Reports on practice: supervision, follow-ups, check-ins, learning, exposure and more. Each says what it shows "
    "and what it must not be read as.",
)
app.command("alerts")(alerts.alerts)
app.command("check-ins")(check_ins.check_ins)
app.command("equity")(equity.equity)
app.command("evaluation")(evaluation.evaluation)
app.command("exposure")(exposure.exposure)
app.command("follow-ups")(follow_ups.follow_ups)
app.command("foundations")(foundations.foundations)
app.command("history")(history.history)
app.command("learning")(learning.learning)
app.command("overview")(overview.overview)
app.command("supervision")(supervision.supervision)

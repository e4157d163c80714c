"""How a what-if is told in words and figures, on the command line and at the desk."""

from collections.abc import Iterator
from math import isnan

from allocation_engine.interfaces.words import words
from allocation_engine.planning.what_if import Band, Outcome
from allocation_engine.planning.what_if.changes import (
    Absence,
    Change,
    HoursChange,
    Incident,
    Leaving,
    PolicyNumbers,
    ReferralRate,
    Referrals,
    Starters,
    SupervisionChange,
    TeamsMerged,
    TeamSplit,
    WhoseCases,
)
from allocation_engine.planning.what_if.looks import (
    AbsenceLook,
    LeaverLook,
    Look,
    RecruitmentLook,
    ReplayLook,
    ScenariosLook,
)
from allocation_engine.planning.what_if.recruitment import Curve, RecruitmentPlan

LETTERS = "ABCD"
"""What scenarios are called where their titles are too long."""

FEW = 12
"""People up to whom a sentence names them, by id."""

SURE = 2.0
"""Standard errors beyond which a difference is told as one."""


def runs_told(outcome: Outcome) -> str:
    """Say how many runs there are, and why they are fewer than asked for."""
    if outcome.stopped:
        return f"{outcome.runs} of {outcome.asked.runs} runs (stopped early, as you asked: these are all it rests on)"
    return f"{outcome.runs} {'run' if outcome.runs == 1 else 'runs'}"


def difference(found: Band, *, percent: bool = False) -> str:
    """Write a difference with its error; in brackets where chance alone could make it."""
    scale, places = (100.0, 1) if percent else (1.0, 1)
    mean, error = found.mean * scale, found.error * scale
    if found.low == found.high == 0 and found.mean == 0:
        return "same"
    told = f"{mean:+.{places}f}" if isnan(error) else f"{mean:+.{places}f}±{error:.{places}f}"
    return told if not isnan(error) and abs(mean) > SURE * error else f"({told})"


def assumptions_told(outcome: Outcome) -> Iterator[str]:
    """Say what is taken of the weeks to come, and where it comes from."""
    record, assumed = outcome.record, outcome.asked.assumptions
    whence = (
        "as the what-if says"
        if record.referrals_counted is None
        else f"from {record.referrals_counted} in the last {assumed.look_back_weeks} weeks"
    )
    yield f"Taken of the weeks to come: {record.referrals_per_week:.1f} referrals a week ({whence}), of the kinds that came before;"
    if assumed.cases_close:
        how = (
            "as the what-if says" if record.closings_counted is None else f"from {record.closings_counted} that closed"
        )
        yield f"a case is worked for {record.days_worked:.0f} days on average ({how}), and goes on only while its worker is there;"
    else:
        yield "no case closes;"
    yield "incidents at the policy's rates;" if assumed.incidents else "no incidents but those of a scenario;"
    yield (
        "supervision as in the last 13 weeks;"
        if assumed.supervision_goes_on
        else "no supervision but what a scenario restores;"
    )
    if assumed.allocate:
        yield "waiting cases are allocated every Monday within the rules of the policy, held ones stay where they are."
    else:
        yield "nothing is allocated."
    yield "Nobody falls ill or leaves but who is on record or in a scenario."
    unknown = outcome.baseline.hours_not_known
    if unknown:
        yield f"Hours not known, so neither over capacity nor below it, and given nothing: {len(unknown)} of {len(outcome.baseline.future.workers)}."
    if outcome.baseline.future.cases.left_out:
        yield f"Left out: {outcome.baseline.future.cases.left_out} cases held by somebody who is no worker here."


def look_told(look: Look) -> str:
    """Say what a look asks, in a line."""
    if isinstance(look, ScenariosLook):
        return look.what_if.title
    if isinstance(look, AbsenceLook):
        return f"{look.worker} away for {look.weeks} {'week' if look.weeks == 1 else 'weeks'}"
    if isinstance(look, RecruitmentLook):
        return f"Posts for {look.weeks} weeks without anybody over capacity for more than {look.weeks_over}"
    if isinstance(look, LeaverLook):
        return f"Where {'the high-risk cases' if look.only_high_risk else 'the caseload'} of {look.worker} would go"
    if isinstance(look, ReplayLook):
        return f"{look.start:%d %b %Y} to {look.end:%d %b %Y} under {look.policy.title}"
    return f"A split into {look.number} teams"


def change_told(change: Change) -> str:
    """Say a change of a scenario in plain words."""
    if isinstance(change, PolicyNumbers):
        return "Policy throughout: " + ", ".join(f"{place} = {value:g}" for place, value in change.numbers.items())
    return f"{_what(change)} {_when(change)}"


def _when(change: Change) -> str:
    weeks = getattr(change, "weeks", None)
    return f"from week {getattr(change, 'week', 1)}" + (
        "" if weeks is None else f", for {weeks} {'week' if weeks == 1 else 'weeks'}"
    )


def _what(change: Change) -> str:
    match change:
        case Absence():
            cases = {
                WhoseCases.STAY: "cases stay with them",
                WhoseCases.HIGH_RISK_PASSED_ON: "cases of high risk are passed on",
                WhoseCases.ALL_PASSED_ON: "all cases are passed on",
            }[change.cases]
            return f"{change.worker} is away ({words(change.absence.value)}; {cases})"
        case Leaving():
            return f"{change.worker} leaves"
        case HoursChange():
            return f"{change.worker} works {change.fte:g} of full time"
        case Starters():
            where = "" if change.team is None else f" in team {change.team}"
            return (
                f"{change.number} new {words(change.stage.value)}, {change.fte:g} of full time{where}, "
                f"from {change.ramp_from:.0%} of a caseload to all in {change.ramp_weeks} weeks,"
            )
        case ReferralRate():
            return (
                f"{change.per_week:g} referrals a week"
                if change.per_week is not None
                else f"referrals × {change.times:g}"
            )
        case Referrals():
            risk = "" if change.risk is None else f" of {words(change.risk.value)} risk"
            return f"{change.number} {words(change.priority.value)} referrals{risk}"
        case Incident():
            who = ", ".join((*change.direct, *change.co_working, *(f"team {one}" for one in change.team_heard)))
            return f"{words(change.severity.value)} incident ({words(change.incident.value)}), exposed: {who},"
        case SupervisionChange():
            whose = ", ".join(change.workers) or (f"team {change.team}" if change.team else "everybody")
            how = (
                "none"
                if change.every_days is None
                else f"{words(change.session.value)} every {change.every_days:g} days"
            )
            return f"supervision of {whose}: {how},"
        case TeamSplit():
            into = "; ".join(f"{one.team}: {len(one.workers)} workers" for one in change.into)
            return f"{'the service' if change.team is None else f'team {change.team}'} is split into {into},"
        case TeamsMerged():
            return f"teams {', '.join(change.teams)} become {change.into}"
        case _:
            raise AssertionError(change)


def recruitment_told(found: RecruitmentPlan) -> Iterator[str]:
    """Say what was wanted, for each career stage how many posts would do, and whom no post helps."""
    wanted = found.wanted
    yield (
        f"Wanted: a chance below {wanted.at_most:.0%} that anybody is over capacity in more than {wanted.weeks_over} of the "
        f"{found.asked.weeks} weeks. Starters work {wanted.fte:g} of full time from the first week and carry a whole caseload after "
        f"{wanted.ramp_weeks}."
    )
    for curve in found.curves:
        yield _enough(curve, found)
    if found.hopeless:
        yield (
            f"{_people(found.hopeless)} over for too long in every run, whoever starts. Held cases stay where they are, so new starters "
            "cannot help there: look first at what is held, and where it could go. 'Others' leaves these out."
        )


def _people(who: tuple[str, ...]) -> str:
    if len(who) == 1:
        return f"{who[0]} is"
    named = f" ({', '.join(who)})" if len(who) <= FEW else ""
    return f"{len(who)} people{named} are"


def _enough(curve: Curve, found: RecruitmentPlan) -> str:
    stage = words(curve.stage.value).capitalize()
    if curve.enough is None:
        others = ""
        if curve.enough_for_others is not None and curve.enough_for_others.starters:
            others = f" For the others {curve.enough_for_others.fte:g} posts would do."
        return f"{stage}: not reached with up to {found.wanted.most} starters.{others}"
    if curve.surely_enough is curve.enough:
        return f"{stage}: {curve.enough.fte:g} full-time posts, and the runs leave little doubt of it."
    more = "more runs would tell" if curve.surely_enough is None else f"{curve.surely_enough.fte:g} leave little doubt"
    return f"{stage}: {curve.enough.fte:g} full-time posts as far as these runs tell; {more}."

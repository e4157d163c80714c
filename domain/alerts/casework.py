"""The rules on cases: all high-risk work on one person, risk lowered while overloaded, an urgent case with nobody."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.alerts.finding import Evidence, Finding, day_of, in_week_of
from domain.alerts.record import Record, TeamCourse, TeamDay
from domain.alerts.rule import alert_rule
from domain.identifiers import WorkerId
from domain.policy.practice import PracticePolicy


@alert_rule(
    "high_risk_on_one_person",
    "high risk on one person",
    "Does one person hold all, or nearly all, of a team's high-risk cases?",
)
def high_risk_on_one_person(record: Record, policy: PracticePolicy) -> Iterator[Finding]:
    """Find times in which one and the same person held nearly all high-risk cases of a team."""
    for team in record.teams:
        for holder, days in _concentrated(team, policy):
            raised_at = days[0].at + timedelta(days=policy.alerts.concentration_period.value)
            if days[-1].at >= raised_at:
                lasts = record.as_at - days[-1].at < timedelta(days=1)
                yield _on_one(team, holder, days, raised_at, None if lasts else days[-1].at + timedelta(days=1))


def _concentrated(team: TeamCourse, policy: PracticePolicy) -> Iterator[tuple[WorkerId, list[TeamDay]]]:
    """Give every run of days on which one person held them, with who it was."""
    holder: WorkerId | None = None
    run: list[TeamDay] = []
    for day in team.days:
        now = _one_holder(day, policy)
        if now != holder:
            if holder is not None:
                yield holder, run
            holder, run = now, []
        run.append(day)
    if holder is not None:
        yield holder, run


def _one_holder(day: TeamDay, policy: PracticePolicy) -> WorkerId | None:
    thresholds = policy.alerts
    total = sum(number for _, number in day.high_risk)
    if day.people < thresholds.concentration_people.value or total < thresholds.concentration_cases.value:
        return None
    worker_id, most = max(day.high_risk, key=lambda one: (one[1], one[0]))
    return worker_id if most >= thresholds.concentration_share.value * total else None


def _on_one(
    team: TeamCourse, holder: WorkerId, days: list[TeamDay], raised_at: datetime, over_at: datetime | None
) -> Finding:
    since, last = days[0].at, days[-1]
    own, total = dict(last.high_risk)[holder], sum(number for _, number in last.high_risk)
    return Finding(
        subject=f"team:{team.team_id}",
        worker_id=holder,
        onset=f"{holder}/{in_week_of(since)}",
        since=since,
        raised_at=raised_at,
        over_at=over_at,
        evidence=(
            Evidence(f"high-risk cases with {holder}", last.at, None, own, "case"),
            Evidence("high-risk cases of the team", last.at, None, total, "case"),
            Evidence("people in post in the team", last.at, None, last.people, "person"),
            *(
                Evidence(f"{holder} holds high-risk case {one.case_id}", one.since, one.event_id)
                for one in team.high_risk_held
                if one.worker_id == holder and one.since <= last.at and (one.until is None or last.at <= one.until)
            ),
        ),
        sentence=(
            f"{holder} {'held' if over_at else 'holds'} {own} of the {total} high-risk cases of team {team.team_id}, "
            f"which has {last.people} people; so since {day_of(since)}"
            f"{f' until {day_of(over_at)}' if over_at else ''}."
        ),
    )


@alert_rule(
    "risk_lowered_over_capacity",
    "risk lowered when overloaded",
    "Was a case's risk lowered while the worker who holds it was over capacity?",
)
def risk_lowered_over_capacity(record: Record, policy: PracticePolicy) -> Iterator[Finding]:
    """Find reassessments to a lower risk at a moment at which the case's primary worker was over capacity."""
    del policy  # over capacity is over capacity: there is no threshold to set
    for one in record.lowered:
        capacity = one.computed.capacity
        if capacity is None or one.computed.load.total <= capacity:
            continue
        before, after = (level.value.replace("_", " ") for level in (one.before, one.after))
        yield Finding(
            subject=f"case:{one.case_id}",
            worker_id=one.holder,
            onset=str(one.event_id),
            since=one.at,
            raised_at=one.at,
            over_at=one.at,
            evidence=(
                Evidence(f"risk lowered from {before} to {after}", one.at, one.event_id),
                Evidence(f"load of {one.holder}", one.at, None, one.computed.load.total, "lp"),
                Evidence(f"capacity of {one.holder}", one.at, None, capacity, "lp"),
            ),
            sentence=(
                f"On {day_of(one.at)} the risk of case {one.case_id} was lowered from {before} to {after} while "
                f"{one.holder}, who holds it, carried {one.computed.load.total:.0f} of {capacity:.0f} lp. "
                "It may well be right; please have it looked at by a second person."
            ),
        )


@alert_rule(
    "urgent_case_unassigned",
    "urgent case, nobody assigned",
    "Has an urgent case waited too long for a primary worker?",
)
def urgent_case_unassigned(record: Record, policy: PracticePolicy) -> Iterator[Finding]:
    """Find urgent cases that had no primary worker for too long."""
    allowed = timedelta(days=policy.alerts.urgent_unassigned.value)
    for wait in record.waits:
        raised_at = wait.since + allowed
        if raised_at >= (wait.until or record.as_at):
            continue
        evidence = [Evidence("without a primary worker from", wait.since, wait.event_id)]
        told = f"Urgent case {wait.case_id} has had no primary worker since {day_of(wait.since)}."
        if wait.until is not None:
            evidence.append(Evidence("until", wait.until))
            told = (
                f"Urgent case {wait.case_id} had no primary worker from {day_of(wait.since)} to {day_of(wait.until)}."
            )
        yield Finding(
            subject=f"case:{wait.case_id}",
            onset=str(wait.event_id),
            since=wait.since,
            raised_at=raised_at,
            over_at=wait.until,
            evidence=tuple(evidence),
            sentence=told,
        )

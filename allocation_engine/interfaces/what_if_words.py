"""How a what-if is told in words and figures, on the command line and at the desk."""

from collections.abc import Iterator
from math import isnan

from allocation_engine.planning.what_if import Band, Outcome

LETTERS = "ABCD"
"""What scenarios are called where their titles are too long."""

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

"""How alerts are put, wherever they are shown: when it was so, and what each rests on."""

from allocation_engine.interfaces.words import day
from domain.alerts import Alert, Evidence

FOR_WHO_SUPPORTS_THEM = "This is what a worker chose to tell: for them and for who supports them, nobody else. Talk about it with them alone."
WHAT_AN_ANSWER_IS = (
    "You have looked and done, or decided, what it needs. It stays on record who answered, and when. Should the same begin "
    "again, it is another alert."
)


def when(one: Alert) -> str:
    """Say since when it is so, or when it was."""
    since, over = one.finding.since, one.finding.over_at
    if over is None:
        return f"since {day(since)}"
    return f"on {day(since)}" if over == since else f"{day(since)} to {day(over)}"


def evidence_told(part: Evidence) -> str:
    """Write one thing that an alert rests on."""
    figure = "" if part.value is None else f": {part.value:.4g} {part.unit}".rstrip()
    return f"{day(part.at)}, {part.what}{figure}"

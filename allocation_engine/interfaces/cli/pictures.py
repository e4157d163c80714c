"""The option --plot: what picture is asked for, and the file it is written to. matplotlib is loaded only to draw one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import JsonValue, TypeAdapter

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.moments import beginning
from allocation_engine.persistence.store import Store
from allocation_engine.planning import Situation
from allocation_engine.reporting.timeline import WorkerTimeline, worker_timeline
from allocation_engine.reporting.weekly_loads import WeeklyLoads, weekly_loads
from domain.identifiers import WorkerId

PlotOption = Annotated[
    str | None,
    typer.Option(
        "--plot",
        metavar="FILE",
        help="Also draw it, into FILE.svg or FILE.png: a worker's load through time, or without a WORKER everybody's "
        "by week.",
        show_default=False,
    ),
]
SinceOption = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="DAY",
        help="With a WORKER: also say what changed since this day, and why. With --plot: the day on which the picture "
        "begins; default: 26 weeks back.",
        show_default=False,
    ),
]
WEEKS_BACK, MOST_WEEKS = timedelta(weeks=26), timedelta(weeks=260)


@dataclass(frozen=True, slots=True)
class Target:
    """The file into which a picture is asked for, and its form."""

    file: Path
    form: Literal["svg", "png"]

    @classmethod
    def asked_for(cls, plot: str | None) -> "Target | None":
        """Read the option --plot; what is wrong with it is said before anything is read."""
        if plot is None:
            return None
        file = Path(plot)
        match file.suffix.lower():
            case ".svg":
                return cls(file, "svg")
            case ".png":
                return cls(file, "png")
            case _:
                raise SettingsError("--plot", f"cannot draw into {plot!r}; name a file that ends in .svg or .png")

    def write(self, content: bytes) -> None:
        """Write a picture into the file."""
        try:
            self.file.write_bytes(content)
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise SettingsError("--plot", f"cannot write {self.file}: {why}. Name a file that can be written") from None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of load that is asked for: where it goes, and when it begins (None: `WEEKS_BACK`)."""

    target: Target
    since: datetime | None

    @classmethod
    def asked_for(cls, plot: str | None, since: str | None) -> "Picture | None":
        """Read both options; what is wrong with them is said before anything is read."""
        begin = None if since is None or plot is None else beginning(since, "--since")
        target = Target.asked_for(plot)
        return None if target is None else cls(target, begin)

    def begins(self, as_at: datetime) -> datetime:
        """Give when the picture begins, no later than it ends and no more than five years before."""
        if self.since is None:
            return as_at - WEEKS_BACK
        if self.since >= as_at:
            raise SettingsError("--since", f"the picture ends on {as_at:%Y-%m-%d}: name a day before")
        if as_at - self.since > MOST_WEEKS:
            raise SettingsError(
                "--since", f"a picture holds five years at most: name a day after {as_at - MOST_WEEKS:%Y-%m-%d}"
            )
        return self.since

    def draw(self, store: Store, situation: Situation, worker: WorkerId | None, team: str | None) -> JsonValue:
        """Draw a worker's timeline, or the weeks of a team or of all, into the file; give the figures behind it."""
        begin, as_at, known_at = self.begins(situation.as_at), situation.as_at, situation.known_at
        from allocation_engine.interfaces.plots import (  # noqa: PLC0415  slow to load, and seldom asked for
            picture_of_timeline,
            picture_of_weeks,
        )

        if worker is not None:
            timeline = worker_timeline(store, situation.policy, worker, begin, as_at, known_at)
            self.target.write(picture_of_timeline(timeline, self.target.form))
            return {"file": str(self.target.file), "timeline": _TIMELINE.dump_python(timeline, mode="json")}
        loads = weekly_loads(store, situation.policy, begin, as_at, known_at, team)
        self.target.write(picture_of_weeks(loads, self.target.form))
        return {"file": str(self.target.file), "weekly_loads": _WEEKLY_LOADS.dump_python(loads, mode="json")}


_TIMELINE = TypeAdapter(WorkerTimeline)
_WEEKLY_LOADS = TypeAdapter(WeeklyLoads)

"""The generated service as its parts see it: shape, chance, agenda, history, and the present state."""

from bisect import bisect
from collections.abc import Mapping, Sequence
from itertools import accumulate
from random import Random

from allocation_engine.interfaces.generator.agenda import Agenda
from allocation_engine.interfaces.generator.clock import Clock
from allocation_engine.interfaces.generator.figures import (
    WORKING_DAYS_PER_YEAR,
    Figures,
    published_figures,
    worker_changes_per_year,
)
from allocation_engine.interfaces.generator.history import History
from allocation_engine.interfaces.generator.shape import ServiceShape
from allocation_engine.interfaces.generator.slips import Slips
from allocation_engine.interfaces.generator.state import Case, Team, Worker
from domain.events.base import DomainEvent
from domain.identifiers import CaseId, GroupId, PersonId, WorkerId

MANAGER = PersonId("m-01")
"""Stands in where no leader of the teams is there; managers need not be workers of the service."""

LATE_BY_DAYS = ((0.02, 0.9), (1.0, 9.0), (9.0, 28.0))
LATE_BY_SHARES = (0.4, 0.9, 1.0)
"""What is written up late is so by hours, days or weeks; shares added up, an assumption."""

NEVER_PER_YEAR = 1e-6
GOLDEN_RATIO = 0.6180339887498949


class Service:
    """Everything the parts of the generator share. All chance comes from `chance`, so a seed fixes the history."""

    def __init__(self, shape: ServiceShape, *, seed: int) -> None:
        self.shape = shape
        self.figures: Figures = published_figures()
        self.chance = Random(seed)  # noqa: S311 - made-up history, no secret rests on it
        self.clock = Clock(shape)
        self.agenda = Agenda(self.clock)
        self.history = History(shape, seed=seed, clock=self.clock)
        self.teams: list[Team] = []
        self.teams_of_area: dict[str, list[Team]] = {}
        self.waiting: dict[CaseId, Case] = {}
        self.groups: dict[GroupId, list[Case]] = {}
        self.newest_peers: dict[str, GroupId] = {}
        self.cases_in_work = 0
        self.case_holder_fte = 0.0
        self._spread: dict[str, float] = {}
        self._numbers: dict[str, int] = {}
        self._dealt: dict[int, tuple[tuple[str, ...], tuple[float, ...], Mapping[str, float]]] = {}
        self.worker_changes_per_year = worker_changes_per_year(self.figures)
        self.harm_mix: Mapping[str, float] = {harm.value: share for harm, share in shape.efh_mix}
        self._late_rate = self.figures.number("late_recording_rate")
        self._slips = Slips(self.figures, self.chance, self.clock)

    def note(self, day: float, event: DomainEvent) -> None:
        """Record a fact on the day it happened: anything that moves a case or a worker is known at once."""
        self.history.note(day, event, recorded=day)

    def write_up(self, day: float, event: DomainEvent) -> float:
        """Record a fact of practice, now and then late, wrongly or twice; give the time it is first known [day]."""
        recorded = self._recorded(day)
        told = self._slips.drawn(day, event, recorded)
        if told is None or told.beside_the_truth:
            self.history.note(day, event, recorded=recorded)
        if told is not None:
            self.history.note(told.day, told.event, recorded=told.recorded, slip=told.slip)
        return recorded

    def hear_of(self, day: float, event: DomainEvent) -> None:
        """Record a fact that others tell, now and then late, but never after the end: it bears on who holds what."""
        self.history.note(day, event, recorded=min(self._recorded(day), self.clock.end))

    def _recorded(self, day: float) -> float:
        if self.chance.random() >= self._late_rate:
            return day
        lateness = self.chance.choices(LATE_BY_DAYS, cum_weights=LATE_BY_SHARES)[0]
        return self.clock.working(day + self.chance.uniform(*lateness))

    def next_number(self, prefix: str, digits: int) -> str:
        """Give the next opaque id of a kind, such as `c-000123`."""
        number = self._numbers.get(prefix, 0) + 1
        self._numbers[prefix] = number
        return f"{prefix}-{number:0{digits}d}"

    def happens(self, probability: float) -> bool:
        """Toss a coin that falls on yes with this probability."""
        return self.chance.random() < probability

    def evenly(self, what: str) -> float:
        """Draw from 0 to 1 so that already a few draws for the same thing are spread over the whole range [1].

        A small service so has close to the shares it should have, whatever the seed.
        """
        before = self._spread.get(what)
        drawn = self.chance.random() if before is None else (before + GOLDEN_RATIO) % 1
        self._spread[what] = drawn
        return drawn

    def drawn(self, mix: Mapping[str, float]) -> str:
        """Draw a name from a mix, each as likely as its share of the whole. A mix must not change once drawn from."""
        dealt = self._dealt.get(id(mix))
        if dealt is None:
            # The mix is kept beside its running sums: so its id stays its own.
            dealt = self._dealt[id(mix)] = (tuple(mix), tuple(accumulate(mix.values())), mix)
        names, sums, _ = dealt
        return names[bisect(sums, self.chance.random() * sums[-1], 0, len(names) - 1)]

    def next_after(self, day: float, per_year: float) -> float:
        """Draw when something that happens so often a year happens next [day]; never, if it as good as never does."""
        if per_year < NEVER_PER_YEAR:
            return float("inf")
        return self.clock.later(day, self.chance.expovariate(per_year / WORKING_DAYS_PER_YEAR))

    def about(self, days: float) -> float:
        """Give an interval around `days`, up to a quarter shorter or longer."""
        return days * self.chance.uniform(0.75, 1.25)

    def some_supervisor(self, worker: Worker) -> WorkerId | None:
        """Give a worker's supervisor where there is one and present."""
        supervisor = worker.supervisor
        return supervisor.worker_id if supervisor is not None and supervisor.present else None

    def other_members(self, worker: Worker) -> Sequence[Worker]:
        """List the present members of a worker's team but for that worker."""
        return [member for member in worker.team.members if member is not worker and member.present]

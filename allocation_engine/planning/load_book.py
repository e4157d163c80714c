"""The record that loads are drawn from, read once: one question asked of many moments, or under many policies."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan

from allocation_engine.persistence.store import Store
from domain.identifiers import TeamId, WorkerId
from domain.load import LoadParameters
from domain.load.over_time import timeline
from projections import WORKER_LOAD, WORKFORCE
from projections.dated_events import Dossier
from projections.fact_rows import FactRow
from projections.load_columns import loads
from projections.worker_load import account, case_histories, history_of
from projections.workforce import workforce


@dataclass(frozen=True, slots=True)
class Standing:
    """A load [lp] set against a capacity [lp], which is None where the hours are not known."""

    load: float
    capacity: float | None

    @property
    def share(self) -> float | None:
        """Load as a share of capacity [1]; None where capacity is not known: that is not room."""
        return None if self.capacity is None else self.load / self.capacity

    @property
    def is_over(self) -> bool:
        """Whether the load is known to be above capacity."""
        return self.capacity is not None and self.load > self.capacity


class LoadBook:
    """Everybody's posts and dated facts as known at a moment (None: by all we know)."""

    def __init__(self, posts: Mapping[str, Dossier], rows: Mapping[str, FactRow], known_at: datetime | None) -> None:
        self.known_at = known_at
        self._posts = posts
        self._rows = rows

    def workers(self, as_at: datetime, team: str | None = None) -> tuple[WorkerId, ...]:
        """Give who is employed at a moment, by id; only those of a team, where one is given."""
        employed = workforce(self._posts, as_at, self.known_at)
        wanted = None if team is None else TeamId(team)
        return tuple(worker_id for worker_id, post in employed.items() if wanted in {None, post.team_id})

    def of_one(self, worker_id: WorkerId, parameters: LoadParameters, as_at: datetime) -> Standing:
        """Give one worker's load beside the capacity at a moment, from their account."""
        drawn_up = account(worker_id, self._rows, parameters, as_at, self.known_at)
        return Standing(drawn_up.load.total, drawn_up.capacity)

    def of_all(
        self, workers: Sequence[WorkerId], parameters: LoadParameters, as_at: datetime
    ) -> dict[WorkerId, Standing]:
        """Give these workers' loads beside their capacities at a moment, reckoned together in columns."""
        columns = loads(self._rows, parameters, as_at, self.known_at, workers)
        total: list[float] = (columns.acute + columns.cumulative).tolist()
        capacity: list[float] = columns.capacity.tolist()
        figures = zip(columns.workers, total, capacity, strict=True)
        return {who: Standing(load, None if isnan(most) else most) for who, load, most in figures}

    def over_time(
        self, worker_id: WorkerId, parameters: LoadParameters, moments: Iterable[datetime]
    ) -> dict[datetime, Standing]:
        """Give one worker's load beside the capacity at many moments, in one pass over the record."""
        history = history_of(f"worker:{worker_id}", self._rows, self.known_at)
        cases = case_histories(history, self._rows, self.known_at)
        points = timeline(worker_id, history, cases, parameters, moments)
        return {point.at: Standing(point.load.total, point.capacity) for point in points}


def read_load_book(store: Store, known_at: datetime | None = None) -> LoadBook:
    """Bring the views up to date and read them."""
    store.read_models.catch_up(WORKFORCE)
    store.read_models.catch_up(WORKER_LOAD)
    return LoadBook(store.read_models.rows(WORKFORCE), store.read_models.rows(WORKER_LOAD), known_at)

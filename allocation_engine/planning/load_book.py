"""The record that loads are drawn from, read once: one question asked of many moments, or under many policies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from allocation_engine.persistence.store import Store
from domain.identifiers import CaseId, TeamId, WorkerId
from domain.load import LoadParameters, load_account
from domain.load.facts import CaseHistory, WorkerHistory
from domain.load.over_time import timeline
from projections import WORKER_LOAD, WORKFORCE
from projections.dated_events import Dossier
from projections.worker_load import case_histories, history_of
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
    """Everybody's dated facts as known at a moment (None: by all we know)."""

    def __init__(
        self, posts: Mapping[str, Dossier], histories: Mapping[WorkerId, "Histories"], known_at: datetime | None
    ) -> None:
        self.known_at = known_at
        self._posts = posts
        self._histories = histories

    def workers(self, as_at: datetime, team: str | None = None) -> tuple[WorkerId, ...]:
        """Give who is employed at a moment, by id; only those of a team, where one is given."""
        employed = workforce(self._posts, as_at, self.known_at)
        wanted = None if team is None else TeamId(team)
        return tuple(worker_id for worker_id, post in employed.items() if wanted in {None, post.team_id})

    def standings(
        self, worker_id: WorkerId, parameters: LoadParameters, moments: Iterable[datetime]
    ) -> dict[datetime, Standing]:
        """Give a worker's load beside the capacity at many moments, in one pass over the record."""
        own = self._histories.get(worker_id, NOTHING_HEARD)
        points = timeline(worker_id, own.worker, own.cases, parameters, moments)
        return {point.at: Standing(point.load.total, point.capacity) for point in points}

    def standing(self, worker_id: WorkerId, parameters: LoadParameters, as_at: datetime) -> Standing:
        """Give a worker's load beside the capacity at a moment."""
        own = self._histories.get(worker_id, NOTHING_HEARD)
        account = load_account(worker_id, own.worker, own.cases, parameters, as_at)
        return Standing(account.load.total, account.capacity)


@dataclass(frozen=True, slots=True)
class Histories:
    """The facts of one worker and of every case they took."""

    worker: WorkerHistory
    cases: Mapping[CaseId, CaseHistory]


NOTHING_HEARD = Histories((), {})


def read_load_book(store: Store, known_at: datetime | None = None) -> LoadBook:
    """Bring the views up to date and read them."""
    store.read_models.catch_up(WORKFORCE)
    store.read_models.catch_up(WORKER_LOAD)
    rows = store.read_models.rows(WORKER_LOAD)
    histories = {}
    for key in rows:
        if key.startswith("worker:"):
            own = history_of(key, rows, known_at)
            histories[WorkerId(key.removeprefix("worker:"))] = Histories(own, case_histories(own, rows, known_at))
    return LoadBook(store.read_models.rows(WORKFORCE), histories, known_at)

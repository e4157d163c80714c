"""From a child's record to the course of the case: episodes that touch run on as one, each worker within theirs."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from allocation_engine.interfaces.importers.casework import Course, Run, Stint
from allocation_engine.interfaces.importers.casework.course import earlier, later
from allocation_engine.interfaces.importers.dfe_daily.child_record import ChildRecord, Episode
from allocation_engine.interfaces.importers.dfe_daily.footing import harms_of, plan_on
from allocation_engine.interfaces.importers.pseudonyms import Pseudonyms


class CourseReader:
    """Reads the courses of a payload's children; `noticed` counts what is worth a note."""

    def __init__(self, pseudonyms: Pseudonyms, today: date) -> None:
        self._pseudonyms = pseudonyms
        self._today = today
        self.noticed: Counter[str] = Counter()

    def read(self, record: ChildRecord) -> Course:
        """Read one child's record."""
        child = record.la_child_id
        parts = frozenset(self._part(child, episode) for episode in record.social_care_episodes)
        dated: list[tuple[date, date | None, Episode]] = []
        for episode in record.social_care_episodes:
            start = _start_of(episode)
            if episode.purge:
                self.noticed["episode_purged"] += 1
            elif start is None:
                self.noticed["episode_undated"] += 1
            else:
                dated.append((start, _end_of(episode, start), episode))
        dated.sort(key=lambda one: (one[0], one[2].social_care_episode_id))
        return Course(
            case_id=self._pseudonyms.case(child),
            runs=tuple(self._runs(child, dated)),
            stints=tuple(stint for start, end, episode in dated for stint in self._stints(episode, start, end)),
            parts=parts,
        )

    def _part(self, child: str, episode: Episode) -> str:
        return self._pseudonyms.part(f"{child}\x00{episode.social_care_episode_id}")

    def _runs(self, child: str, dated: list[tuple[date, date | None, Episode]]) -> Iterator[Run]:
        """Join episodes that touch or overlap: closed and referred again on one day, the case went on."""
        joined: list[tuple[date, date | None, list[Episode]]] = []
        for start, end, episode in dated:
            if joined and (joined[-1][1] is None or start <= joined[-1][1]):
                first, last, episodes = joined[-1]
                joined[-1] = (first, later(last, end), [*episodes, episode])
            else:
                joined.append((start, end, [episode]))
        for start, end, episodes in joined:
            day = self._today if end is None or end > self._today else max(start, end - timedelta(days=1))
            plan, harms = plan_on(episodes, day), harms_of(episodes)
            yield Run(self._part(child, episodes[0]), start, end, plan, harms)

    def _stints(self, episode: Episode, start: date, end: date | None) -> Iterator[Stint]:
        for details in episode.care_worker_details:
            if not details.worker_id:
                self.noticed["worker_without_id"] += 1
                continue
            self.noticed["worker_start_unknown"] += details.start_date is None
            first = max(details.start_date or start, start)
            last = earlier(details.end_date, end)
            if last is not None and last <= first:
                self.noticed["worker_of_no_day"] += 1
                continue
            yield Stint(self._pseudonyms.worker(details.worker_id), first, last)


def _start_of(episode: Episode) -> date | None:
    """Give the referral date, else the first day that the episode tells of."""
    if episode.referral_date is not None:
        return episode.referral_date
    days = [
        *(one.start_date for one in episode.care_worker_details),
        *(one.start_date for one in episode.child_and_family_assessments if not one.purge),
        *(one.start_date for one in episode.child_in_need_plans if not one.purge),
        *(one.start_date for one in episode.section_47_assessments if not one.purge),
        *(one.start_date for one in episode.child_protection_plans if not one.purge),
        *(one.start_date for one in episode.child_looked_after_placements if not one.purge),
    ]
    return min((day for day in days if day is not None), default=None)


def _end_of(episode: Episode, start: date) -> date | None:
    """Give the closure; a referral that led to no further action and names nobody was closed the day it came."""
    if episode.closure_date is None and episode.referral_no_further_action_flag:
        return None if episode.care_worker_details else start
    return None if episode.closure_date is None else max(start, episode.closure_date)

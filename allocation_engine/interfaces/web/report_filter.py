"""What the pages of reports are asked, beside the moment: of which team, and how far back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from allocation_engine.interfaces.api.access.roles import Role
from allocation_engine.interfaces.web.errors import NotThere
from allocation_engine.interfaces.web.tables import Cell
from allocation_engine.interfaces.web.visit import Visit
from allocation_engine.reporting.posts import Posts, in_post
from domain.identifiers import WorkerId
from domain.load.parameters import Coefficient

WEEKS_OFFERED = (4, 13, 26, 52, 104)
MOST_WEEKS = 260
ANY_TIME = "any time"


@dataclass(frozen=True)
class ReportFilter:
    """What is chosen, and what may be chosen instead.

    Attributes
    ----------
    team
        Only this one; None is the whole service.
    teams
        From which teams may be chosen; nothing where there is but one.
    may_see_all
        Whether the whole service may be chosen, too.
    weeks
        How many weeks back; None where that was left to the policy set, or to the beginning of the record.
    since
        From when on; None from the beginning.
    by_default
        What is said where no weeks are chosen; empty where that is not to be chosen.
    """

    team: str | None
    teams: tuple[str, ...]
    may_see_all: bool
    weeks: int | None
    since: datetime | None
    by_default: str

    @property
    def whose(self) -> str:
        """Say of whom a report is."""
        return "the whole service" if self.team is None else f"team {self.team}"

    @property
    def offered(self) -> tuple[int, ...]:
        """The numbers of weeks that may be chosen; whatever was asked for in the address is one of them."""
        return tuple(sorted({*WEEKS_OFFERED, *([] if self.weeks is None else [self.weeks])}))

    @property
    def query(self) -> dict[str, object]:
        """What an address says of it."""
        return {"team": self.team, "weeks": self.weeks}


def read_filter(
    visit: Visit,
    posts: Posts,
    team: str | None,
    weeks: str,
    period: Coefficient | None = None,
    default_weeks: int | None = None,
) -> ReportFilter:
    """Read what was asked.

    A supervisor is held to their own teams (`NotOpen`). A team that nobody is in is not there (`NotThere`): an empty report
    would say that all is well.

    Parameters
    ----------
    period
        How far back it goes if nothing is said [day]; None: to the beginning.
    default_weeks
        In place of a period, where the policy set has none for it.
    """
    chosen = visit.team(team)
    known = sorted({post.team_id for post in in_post(posts).values() if post.team_id is not None})
    if chosen is not None and chosen not in known:
        raise NotThere
    given = _weeks(weeks) or default_weeks
    is_supervisor = visit.who.role is Role.SUPERVISOR
    teams = tuple(one for one in known if not is_supervisor or one in visit.who.team_ids)
    back = None if period is None else timedelta(days=period.value)
    back = back if given is None else timedelta(weeks=given)
    return ReportFilter(
        team=chosen,
        teams=teams if len(teams) > 1 else (),
        may_see_all=not is_supervisor,
        weeks=given,
        since=None if back is None else visit.as_at - back,
        by_default=_by_default(period, default_weeks),
    )


def _by_default(period: Coefficient | None, default_weeks: int | None) -> str:
    if default_weeks is not None:
        return ""
    return ANY_TIME if period is None else f"{period.value:g} days (your policy)"


def _weeks(text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WEEKS:
        raise NotThere
    return int(text)


def worker_cell(visit: Visit, posts: Posts, worker_id: str) -> Cell:
    """Give a worker's id, which leads to their page for whoever may see it."""
    post = posts.get(WorkerId(worker_id))
    is_seen = post is not None and post.is_employed and visit.sees(worker_id, post.team_id)
    return Cell(worker_id, link=visit.to(f"/workers/{worker_id}") if is_seen else None)

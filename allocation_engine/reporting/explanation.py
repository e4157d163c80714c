"""One worker's load explained: what it is made of, what is to come, and what changed since a day and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from allocation_engine.persistence.store import Store
from allocation_engine.planning import Situation
from domain.identifiers import WorkerId
from domain.load import (
    Changes,
    Forecast,
    Group,
    Grouping,
    LoadAccount,
    SessionsSince,
    changes_between,
    grouped,
    load_ahead,
    outlook,
    sessions_since,
)
from domain.load.account import load_account
from projections import WORKER_LOAD
from projections.worker_load import case_histories, cases_of


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a day, and what the sessions in between took off."""

    changes: Changes
    sessions: SessionsSince


@dataclass(frozen=True, slots=True)
class Explanation:
    """A worker's account with its parts by kind, and the load ahead if nothing is taken on or given up.

    Attributes
    ----------
    groups
        The contributions by source, harm type, risk, kind of incident and route; each grouping adds up to the load.
    forecast
        Mean and spread of the load over the horizon [lp].
    horizon_days
        The policy's horizon [day].
    since
        What changed since the day asked about; None if none was.
    """

    account: LoadAccount
    groups: Mapping[Grouping, tuple[Group, ...]]
    forecast: Forecast
    horizon_days: float
    since: Since | None


def explain_load(store: Store, situation: Situation, worker_id: WorkerId, since: datetime | None = None) -> Explanation:
    """Explain a worker's load as at the situation's moment, and what changed since an earlier one.

    Both ends of a change are drawn up by the same policy and from the same knowledge, so what changed is what happened.
    """
    account, history = situation.accounts[worker_id], situation.histories[worker_id]
    parameters, horizon = situation.policy.load, situation.policy.limits.horizon.value
    changed = None
    if since is not None:
        rows = store.read_models.rows(WORKER_LOAD, cases_of(history))
        cases = case_histories(history, rows, situation.known_at)
        before = load_account(worker_id, history, cases, parameters, since)
        changed = Since(changes_between(before, account), sessions_since(since, account, history, cases, parameters))
    return Explanation(
        account=account,
        groups={by: grouped(account, by) for by in Grouping},
        forecast=load_ahead(account, outlook(history, parameters, situation.as_at, horizon), parameters),
        horizon_days=horizon,
        since=changed,
    )

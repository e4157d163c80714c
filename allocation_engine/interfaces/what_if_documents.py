"""The JSON document of a what-if."""

from collections.abc import Mapping
from math import isnan, nan

from pydantic import JsonValue

from allocation_engine.interfaces.what_if_words import assumptions_told, runs_told
from allocation_engine.planning.what_if import MEASURES, Band, Outcome, Told


def what_if_document(outcome: Outcome) -> dict[str, JsonValue]:
    """Give all that the page says, and every week and worker."""
    record = outcome.record
    return {
        "title": outcome.asked.title,
        "begins": outcome.begins.isoformat(),
        "weeks": outcome.asked.weeks,
        "runs": outcome.runs,
        "runs_asked": outcome.asked.runs,
        "stopped_early": outcome.stopped,
        "seed": outcome.asked.seed,
        "policy_set_id": record.situation.policy.policy_set_id,
        "position": record.situation.position,
        "referrals_per_week": record.referrals_per_week,
        "days_worked": record.days_worked if outcome.asked.assumptions.cases_close else None,
        "assumptions": outcome.asked.to_mapping()["assumptions"],
        "measures": dict(MEASURES),
        "told": [f"{runs_told(outcome).capitalize()}, seed {outcome.asked.seed}.", *assumptions_told(outcome)],
        "baseline": _told(outcome, outcome.baseline),
        "scenarios": [_told(outcome, one) for one in outcome.scenarios],
    }


def _told(outcome: Outcome, one: Told) -> dict[str, JsonValue]:
    document: dict[str, JsonValue] = {
        "id": one.id,
        "title": one.title,
        "hours_not_known": list(one.hours_not_known),
        "measures": {name: band_document(one.band_of(name)) for name in MEASURES},
        "waiting": [band_document(found) for found in one.waiting_by_week()],
        "people_over": [band_document(found) for found in one.people_over_by_week()],
        "fte_gap": [band_document(found) for found in one.fte_gap_by_week()],
        "teams": {
            team: [None if found is None else band_document(found) for found in one.team_share(team)]
            for team in one.future.teams
        },
        "workers": {
            worker: {
                "weeks_over": None if worker in one.hours_not_known else band_document(one.weeks_over_of(worker)),
                "over_changed": None
                if one is outcome.baseline or (changed := outcome.difference_of(one, worker)) is None
                else band_document(changed),
                "load": [band_document(found) for found in one.load_of(worker)],
            }
            for worker in sorted(one.future.workers)
        },
    }
    if one is not outcome.baseline:
        document["differences"] = {name: band_document(outcome.difference(one, name)) for name in MEASURES}
    return document


def band_document(found: Band) -> dict[str, JsonValue]:
    """Give a band; what is not known is null, never nought."""
    figures = {
        "low": found.low,
        "middle": found.middle,
        "high": found.high,
        "mean": found.mean,
        "standard_error": found.error,
    }
    return {name: None if isnan(value) else round(value, 6) for name, value in figures.items()}


def band_of(document: Mapping[str, JsonValue]) -> Band:
    """Read a band back; what is not known is NaN, as it was."""
    low, middle, high, mean, error = (
        float(value) if isinstance(value := document[name], int | float) else nan
        for name in ("low", "middle", "high", "mean", "standard_error")
    )
    return Band(low, middle, high, mean, error)

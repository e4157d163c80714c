"""JSON documents of the commands that answer a question by a look ahead."""

from pydantic import JsonValue

from allocation_engine.interfaces.what_if_documents import band_document, what_if_document
from allocation_engine.interfaces.what_if_words import recruitment_told
from allocation_engine.planning.what_if.absence import AbsenceAnswer, Way, sentences
from allocation_engine.planning.what_if.bands import Chance
from allocation_engine.planning.what_if.leaver import LeaverPlan
from allocation_engine.planning.what_if.recruitment import Curve, Point, RecruitmentPlan
from allocation_engine.planning.what_if.teams import TeamStructure


def absence_document(found: AbsenceAnswer) -> dict[str, JsonValue]:
    """Give each way's figures, what they suggest, and the whole what-if."""
    return {
        "worker": found.asked.worker,
        "weeks": found.asked.weeks,
        "held": found.held,
        "held_high_risk": found.held_high,
        "ways": [_way(one) for one in found.ways],
        "suggested": None if found.suggested is None else found.suggested.told.id,
        "sentences": list(sentences(found)),
        "what_if": what_if_document(found.outcome),
    }


def _way(one: Way) -> dict[str, JsonValue]:
    return {
        "id": one.told.id,
        "title": one.told.title,
        "without": band_document(one.without),
        "without_high_risk": band_document(one.without_high),
        "moved": band_document(one.moved),
        "people_over": band_document(one.people_over),
        "waiting": band_document(one.waiting),
    }


def leaver_document(found: LeaverPlan) -> dict[str, JsonValue]:
    """Give where each case would go, and what nobody could take."""
    return {
        "worker": found.worker,
        "cases": list(found.cases),
        "choices": [
            {
                "case_id": one.case_id,
                "worker_id": one.worker_id,
                "ratio_before": one.ratio_before,
                "ratio_after": one.ratio_after,
                "sentence": one.sentence,
            }
            for one in found.choices
        ],
        "left": [{"case_id": one.case_id, "codes": list(one.codes), "sentence": one.sentence} for one in found.left],
        "co_working": list(found.co_working),
        "status": found.result.status.value,
    }


def recruitment_document(found: RecruitmentPlan) -> dict[str, JsonValue]:
    """Give the curve of each stage."""
    return {
        "weeks": found.asked.weeks,
        "runs": found.runs,
        "stopped_early": found.stopped,
        "seed": found.asked.seed,
        "weeks_over": found.wanted.weeks_over,
        "at_most": found.wanted.at_most,
        "always_over": list(found.hopeless),
        "sentences": list(recruitment_told(found)),
        "stages": {one.stage.value: _curve(one) for one in found.curves},
    }


def _curve(one: Curve) -> dict[str, JsonValue]:
    return {
        "enough_fte": None if one.enough is None else one.enough.fte,
        "enough_fte_for_others": None if one.enough_for_others is None else one.enough_for_others.fte,
        "surely_enough_fte": None if one.surely_enough is None else one.surely_enough.fte,
        "points": [_point(point) for point in one.points],
    }


def _point(one: Point) -> dict[str, JsonValue]:
    return {
        "starters": one.starters,
        "fte": one.fte,
        "somebody": _chance(one.somebody),
        "others": _chance(one.others),
        "people": band_document(one.people),
        "waiting": band_document(one.waiting),
        "fewer_waiting": None if one.fewer_waiting is None else band_document(one.fewer_waiting),
    }


def _chance(one: Chance) -> dict[str, JsonValue]:
    return {"share": one.share, "low": one.low, "high": one.high}


def structure_document(found: TeamStructure) -> dict[str, JsonValue]:
    """Give the teams."""
    return {
        "teams": [
            {
                "stands_for": one.stands_for,
                "workers": list(one.workers),
                "areas": list(one.areas),
                "capacity": one.capacity,
                "demand": one.demand,
                "new_here": list(one.new_here),
            }
            for one in found.teams
        ],
        "moved": found.moved,
        "crossing": found.crossing,
        "proven": found.proven,
        "not_placed": list(found.not_placed),
        "areas_not_known": found.areas_not_known,
    }

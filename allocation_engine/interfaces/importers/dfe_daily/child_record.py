"""A child's record as the DfE's daily API defines it (version 1.0.1), as far as it bears on a caseload.

Names, birth, school, ethnicity, health, postcodes and the like have no field here: they are not even read.
"""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, StrictBool, StringConstraints
from pydantic_core import PydanticCustomError

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _day(given: object) -> object:
    """Read a day as the schema writes it, and nothing like it: a number or a moment would be a guess."""
    if given is None or type(given) is date:
        return given
    if isinstance(given, str) and _ISO_DAY.fullmatch(given):
        try:
            return date.fromisoformat(given)
        except ValueError:
            pass
    raise PydanticCustomError("unreadable_date", "is no day; write it as 2026-11-02")


def _list(given: object) -> object:
    return () if given is None else given


def _flag(given: object) -> object:
    return False if given is None else given


Day = Annotated[date | None, BeforeValidator(_day)]
Flag = Annotated[StrictBool, BeforeValidator(_flag)]
ChildId = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9]{1,20}$")]
RecordId = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_-]{1,36}$")]
SocialWorkerId = Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9_-]{0,12}$")]
FactorCode = Annotated[str, StringConstraints(strict=True, max_length=3)]


class _Section(BaseModel):
    """What is not named is ignored; null is as good as absent."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class WorkerDetails(_Section):
    """A social worker of an episode; the list of them is whole each time, for they have no id of their own."""

    worker_id: SocialWorkerId | None = None
    start_date: Day = None
    end_date: Day = None


class Assessment(_Section):
    """A child and family assessment with the factors found at its end."""

    start_date: Day = None
    authorisation_date: Day = None
    factors: tuple[FactorCode, ...] | None = None
    purge: Flag = False


class Plan(_Section):
    """A child in need plan, a child protection plan, a section 47 enquiry or a placement: from when to when."""

    start_date: Day = None
    end_date: Day = None
    purge: Flag = False


class CareLeaver(_Section):
    """The latest contact with a care leaver."""

    contact_date: Day = None
    purge: Flag = False


class Episode(_Section):
    """A social care episode, from referral to closure."""

    social_care_episode_id: RecordId
    referral_date: Day = None
    referral_no_further_action_flag: Flag = False
    closure_date: Day = None
    care_worker_details: Annotated[tuple[WorkerDetails, ...], BeforeValidator(_list)] = ()
    child_and_family_assessments: Annotated[tuple[Assessment, ...], BeforeValidator(_list)] = ()
    child_in_need_plans: Annotated[tuple[Plan, ...], BeforeValidator(_list)] = ()
    section_47_assessments: Annotated[tuple[Plan, ...], BeforeValidator(_list)] = ()
    child_protection_plans: Annotated[tuple[Plan, ...], BeforeValidator(_list)] = ()
    child_looked_after_placements: Annotated[tuple[Plan, ...], BeforeValidator(_list)] = ()
    care_leavers: CareLeaver | None = None
    purge: Flag = False


class ChildRecord(_Section):
    """One child."""

    la_child_id: ChildId
    purge: Flag = False
    social_care_episodes: Annotated[tuple[Episode, ...], BeforeValidator(_list)] = ()


class PurgedRecord(_Section):
    """A child of whom everything is to go: nothing else of the record is read."""

    la_child_id: ChildId

"""What the model says of each kind of thing, asked once for every kind that occurs: no formula is written twice."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import product
from uuid import UUID

import numpy as np

from domain.identifiers import IncidentId
from domain.load.capacity import capacity_of
from domain.load.exposure import CaseProfile, TwoCompartments, held_rate, incident_impulse, supervision_given_impulse
from domain.load.facts import Exposed, SupervisionGiven
from domain.load.facts_from_events import Known
from domain.load.parameters import LoadParameters
from projections.fact_codes import (
    ABSENCES,
    INCIDENTS,
    NO_CODE,
    NOT_ASSESSED,
    RELIEFS,
    RISKS,
    ROLES,
    ROUTES,
    SEVERITIES,
    STAGES,
    harms_of,
)
from projections.load_columns.arrays import Flags, Floats, Ints

RISK_STEP = 1 << 16
UNKNOWN_PROFILE = NO_CODE * RISK_STEP + NOT_ASSESSED
"""A case profile as a number: the place of its risk in `fact_codes.RISKS` times `RISK_STEP`, and the bits of harms."""

_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
ANY_KNOWN = Known(event_id=UUID(int=0), at=_MOMENT, recorded_at=_MOMENT, rank=0)


def impulse_table(most_supervisees: int, parameters: LoadParameters) -> Floats:
    """Give the points [lp] of every kind of impulse, a line each as `fact_columns.impulse_code` numbers them."""
    incident = IncidentId("any")
    exposures = (
        Exposed(**ANY_KNOWN, incident_id=incident, case_id=None, kind=kind, severity=severity, route=route)
        for kind, severity, route in product(INCIDENTS, SEVERITIES, ROUTES)
    )
    given = (SupervisionGiven(**ANY_KNOWN, supervisees=number) for number in range(most_supervisees + 1))
    return _lines(
        (
            *(incident_impulse(one, parameters) for one in exposures),
            *(supervision_given_impulse(one, parameters) for one in given),
        )
    )


def held_rates(profiles: Ints, roles: Ints, parameters: LoadParameters) -> Floats:
    """Give the rates [lp/day] of cases held, from their profiles and the holders' roles as numbers; a line each."""
    kinds, which = np.unique(profiles * len(ROLES) + roles, return_inverse=True)
    rates = (held_rate(_profile(kind // len(ROLES)), ROLES[kind % len(ROLES)], parameters) for kind in kinds.tolist())
    return _lines(rates)[which]


def high_risk(profiles: Ints) -> Flags:
    """Mark the profiles of high risk; an unknown risk is not among them."""
    levels = np.array([*(risk.is_high for risk in RISKS), False])
    return levels[np.minimum(profiles // RISK_STEP, len(RISKS))]


def relief_table(parameters: LoadParameters) -> Floats:
    """Give the advance ρ [1] that each kind of session brings at most, a line each in the order of `RELIEFS`."""
    reliefs = (parameters.relief[kind] for kind in RELIEFS)
    return _lines(TwoCompartments(one.acute.value, one.cumulative.value) for one in reliefs)


def multiplier_table(parameters: LoadParameters) -> Floats:
    """Give the recovery multiplier m [1] of each kind of absence, in the order of `ABSENCES`."""
    return np.array([parameters.recovery_multiplier[kind].value for kind in ABSENCES])


def capacities(fte: Floats, stage: Ints, parameters: LoadParameters) -> Floats:
    """Give capacities [lp] from hours (NaN where not known) and the place of the stage in `STAGES`, or `NO_CODE`."""
    points = (
        capacity_of(hours, None if code == NO_CODE else STAGES[code], parameters).points
        for hours, code in zip((None if one != one else one for one in fte.tolist()), stage.tolist(), strict=True)  # noqa: PLR0124  NaN alone differs from itself
    )
    return np.array([np.nan if one is None else one for one in points], np.float64)


def _profile(code: int) -> CaseProfile:
    risk, harms = divmod(code, RISK_STEP)
    return CaseProfile(harm_types=harms_of(harms), risk=None if risk == NO_CODE else RISKS[risk])


def _lines(pairs: Iterable[TwoCompartments]) -> Floats:
    return np.array([(one.acute, one.cumulative) for one in pairs], np.float64).reshape(-1, 2)

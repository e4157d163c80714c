"""What a worker can sustainably carry: hours and stage, and nothing at all where the hours are not known."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.load.facts import Hours, Left, Stage, WorkerHistory
from domain.load.parameters import KnownOr, LoadParameters
from domain.load.recovery import Absence, pieces
from domain.vocabulary import CareerStage


@dataclass(frozen=True, slots=True)
class Capacity:
    """Sustainable load [lp], None if not known, with the hours [share of full time] and stage that it rests on."""

    points: float | None
    fte: float | None
    stage: CareerStage | None
    gaps: tuple[str, ...] = ()


def capacity_at(history: WorkerHistory, parameters: LoadParameters, *, assumed_fte: float | None = None) -> Capacity:
    """Work out capacity from the facts known: see `capacity_of`.

    What was agreed for a post ends with it: who left has no capacity until hours are recorded anew.

    Parameters
    ----------
    history
        Facts up to the moment that is asked about.
    parameters
        As for `capacity_of`.
    assumed_fte
        As for `capacity_of`.
    """
    fte: float | None = None
    stage: CareerStage | None = None
    for fact in history:
        if isinstance(fact, Hours):
            fte = fact.fte
        elif isinstance(fact, Stage):
            stage = fact.stage
        elif isinstance(fact, Left):
            fte = stage = None
    return capacity_of(fte, stage, parameters, assumed_fte=assumed_fte)


def capacity_of(
    fte: float | None, stage: CareerStage | None, parameters: LoadParameters, *, assumed_fte: float | None = None
) -> Capacity:
    """Give the sustainable load K [lp] of a worker at work: ``K = K_full · FTE · f(stage)``.

    Parameters
    ----------
    fte
        Contracted hours as a share of full time [1]; None if not recorded, and then there is no figure.
    stage
        Career stage; None, not recorded, has a factor of its own.
    parameters
        `full_time_capacity` K_full [lp] and `stage_factor` f [1], with their sources.
    assumed_fte
        Stands in where no hours are recorded, for a plan whose maker said so. It is named as a gap.

    References
    ----------
    .. [1] Department for Education and Skills for Care, assessed and supported year in employment: a newly qualified
       social worker carries no more than 90 % of the workload of a confident one in the same role.
    """
    gaps: list[str] = []
    if stage is None:
        gaps.append("career stage not recorded, capacity counted at the policy's value for unknown")
    if fte is None:
        if assumed_fte is None:
            return Capacity(None, None, stage, ("hours not recorded, so capacity is not known",))
        fte = assumed_fte
        gaps.insert(0, f"hours not recorded, planned as {assumed_fte:g} of full time")
    factor = parameters.stage_factor[stage or KnownOr.UNKNOWN].value
    return Capacity(parameters.full_time_capacity.value * fte * factor, fte, stage, tuple(gaps))


def share_present(between: Sequence[Absence], start: float, end: float) -> float:
    """Give the share P [1] of a stretch of time, from start to end [day], in which the worker is not away.

    ``P = days at work / days``. Capacity over the stretch is ``K · P`` [lp] (`capacity_ahead`).
    """
    return sum(piece.end - piece.start for piece in pieces(between, start, end) if not piece.absent) / (end - start)

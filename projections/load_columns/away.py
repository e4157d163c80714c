"""When workers were away: the rule of `domain.load.recovery.absences` for all workers at once."""

from dataclasses import dataclass

import numpy as np

from domain.load import facts
from projections.fact_codes import KIND_CODE
from projections.load_columns.arrays import NEVER, Flags, Ints, by_depth
from projections.load_columns.told import Told

_STARTED, _ENDED = KIND_CODE[facts.AbsenceStarted], KIND_CODE[facts.AbsenceEnded]
_NONE = -1


@dataclass(frozen=True, slots=True)
class Away:
    """Times of absence from start to end [µs], with the place of their kind in `fact_codes.ABSENCES`."""

    worker: Ints
    start: Ints
    end: Ints
    kind: Ints


@dataclass(frozen=True, slots=True)
class Absences:
    """Absences in order of worker and start, as the whole history tells of them; moments in µs, `NEVER` if none.

    Attributes
    ----------
    expected
        The end that was expected when it began.
    turn
        When something else brought it to an end.
    is_back
        Whether that was the return, which holds whatever was expected.
    kind
        Place in `fact_codes.ABSENCES`.
    """

    worker: Ints
    start: Ints
    expected: Ints
    turn: Ints
    is_back: Flags
    kind: Ints

    def as_at(self, moment: int) -> Away:
        """Give the absences that had begun at a moment [µs], as far as could be told then.

        Until something else has ended an absence, it lasts to the day on which it was expected to end.
        """
        by_turn = np.where(self.is_back, self.turn, np.minimum(self.turn, self.expected))
        end = np.minimum(np.where(self.turn <= moment, by_turn, self.expected), moment)
        some = end > self.start
        return Away(self.worker[some], self.start[some], end[some], self.kind[some])


def absences(told: Told) -> Absences:
    """Read the absences off the starts and ends of absence and the leavings."""
    turn, is_back, began = _followed(told)
    number = told.facts["number"][began]
    expected = np.where(np.isnan(number), NEVER, np.nan_to_num(number).astype(np.int64))
    return Absences(
        worker=told.subject[began],
        start=told.facts["at"][began].astype(np.int64),
        expected=expected,
        turn=turn[began],
        is_back=is_back[began],
        kind=told.facts["code"][began].astype(np.int64),
    )


def _followed(told: Told) -> tuple[Ints, Flags, Flags]:
    """Say of each start when it was ended and whether by return, and which starts count.

    Who is recorded as back while not away came back from the absence that begins in the very same moment.
    """
    count = len(told.subject)
    kind, at = told.facts["kind"], told.facts["at"]
    turn, is_back, began = np.full(count, NEVER), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    workers = int(told.subject[-1]) + 1 if count else 0
    away, back_at = np.full(workers, _NONE), np.full(workers, NEVER)
    for places in by_depth(told.subject):
        worker, now, what = told.subject[places], at[places], kind[places]
        open_, starts, ends = away[worker], what == _STARTED, what == _ENDED
        was_away = open_ != _NONE
        turn[open_[was_away]] = now[was_away]
        is_back[open_[was_away & ends]] = True
        met_none = ends & ~was_away
        back_at[worker[met_none]] = now[met_none]
        no_length = starts & (back_at[worker] == now)
        back_at[worker[no_length]] = NEVER
        begins = starts & ~no_length
        began[places[begins]] = True
        away[worker] = np.where(begins, places, _NONE)
    return turn, is_back, began

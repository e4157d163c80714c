"""Casework as other systems tell it: what they say of a case in one form, set against what they told before.

`course` is that form, `holding` and `facts` make dated facts of it, `statements` and `kept` put what came out of order
in order, `on_record`, `settle` and `writer` record what differs, `workers` registers whoever is named, `delivery` goes
through a whole delivery.
"""

from allocation_engine.interfaces.importers.casework.course import Course, Run, Stint
from allocation_engine.interfaces.importers.casework.delivery import Delivery
from allocation_engine.interfaces.importers.casework.kept import NO_PAST, Past, keep, past_in
from allocation_engine.interfaces.importers.casework.statements import Reach, Said, Statement

__all__ = ["NO_PAST", "Course", "Delivery", "Past", "Reach", "Run", "Said", "Statement", "Stint", "keep", "past_in"]

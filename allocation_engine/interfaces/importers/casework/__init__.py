"""Casework as other systems tell it: what they say of a case in one form, set against what they told before.

`course` is that form, `holding` and `facts` make dated facts of it, `on_record`, `settle` and `writer` record what
differs, `workers` registers whoever is named, `delivery` goes through a whole delivery.
"""

from allocation_engine.interfaces.importers.casework.course import Course, Run, Stint
from allocation_engine.interfaces.importers.casework.delivery import Delivery
from allocation_engine.interfaces.importers.casework.on_record import Already, Told, already_in

__all__ = ["Already", "Course", "Delivery", "Run", "Stint", "Told", "already_in"]

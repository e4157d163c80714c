"""Pictures of load and of choices, as SVG or PNG: the only place that needs matplotlib, so import it only when one is asked for.

`worker_timeline`, `weekly_loads` and `frontier_points` draw · `lanes`, `time_axis`, `frame` and `colours` are their parts · `sheet` is the page.
"""

from allocation_engine.interfaces.plots.frontier_points import picture_of_frontier
from allocation_engine.interfaces.plots.sheet import FORMS, Form
from allocation_engine.interfaces.plots.weekly_loads import picture_of_weeks
from allocation_engine.interfaces.plots.worker_timeline import picture_of_timeline

__all__ = ["FORMS", "Form", "picture_of_frontier", "picture_of_timeline", "picture_of_weeks"]

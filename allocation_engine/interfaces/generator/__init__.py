"""Made-up services for demonstration and benchmarks, shaped by published figures.

`shape` says what a service is like, `simulate` tells its history, `sizing` finds a shape for a number of events;
`published_figures.toml` holds every figure with its source.
"""

from allocation_engine.interfaces.generator.shape import ServiceShape
from allocation_engine.interfaces.generator.simulate import generate
from allocation_engine.interfaces.generator.sizing import shape_for_events

__all__ = ["ServiceShape", "generate", "shape_for_events"]

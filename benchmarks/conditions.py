"""What a figure was measured on, and the most memory a process took."""

import os
import platform
import resource
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("eventsourcing", "pydantic", "polars", "numpy")
KIB_PER_MIB = 1024


def conditions() -> dict[str, str]:
    """Give machine and versions, to print beside every table."""
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} when it began",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "libraries": ", ".join(f"{name} {_version(name)}" for name in LIBRARIES),
    }


def peak_memory_mib() -> float:
    """Give the most memory that this process ever held [MiB].

    `ru_maxrss` of a process that was started by a larger one counts the larger one in, until it took over its own
    memory; Linux says in `/proc` what was its own alone.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / KIB_PER_MIB
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB_PER_MIB


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"

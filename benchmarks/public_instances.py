"""Readers of two public formats: nurses by zone (CSPLib problem 69) and generalised assignment (OR-Library).

Both are whole numbers with white space between them. What is read is handed on as it stands in the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

NOT_WRITTEN_BY_US = (
    "Nurse instances: CSPLib, problem 69 (Schaus, Van Hentenryck, Régin 2009). Generalised assignment: OR-Library "
    "(J. E. Beasley; Chu and Beasley 1997) and M. Yagiura's set (2004)."
)
"""Where the instances come from, for the help of a benchmark that takes a folder of them."""


class MalformedInstance(ValueError):
    """A file that is not in the format it is read as.

    Attributes
    ----------
    path
        The file.
    fault
        What is wrong with it.
    """

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(f"{path}: {fault}")
        self.path = path
        self.fault = fault


@dataclass(frozen=True)
class NurseInstance:
    """Balanced nursing workload: every patient to a nurse of the patient's zone, squared workloads least.

    Attributes
    ----------
    acuities
        Workload of each patient, zone by zone.
    nurses
        How many nurses there are for all zones; each serves one.
    fewest_patients, most_patients
        Of one nurse.
    largest_workload
        The most workload of one nurse.
    """

    name: str
    acuities: tuple[tuple[int, ...], ...]
    nurses: int
    fewest_patients: int
    most_patients: int
    largest_workload: int


@dataclass(frozen=True)
class AssignmentInstance:
    """Generalised assignment: every job to one agent within the agents' capacities, total cost least.

    Attributes
    ----------
    cost, resource
        What a job costs and how much of an agent's capacity it takes: a row for each agent, in it each job.
    capacity
        Of each agent.
    """

    name: str
    cost: tuple[tuple[int, ...], ...]
    resource: tuple[tuple[int, ...], ...]
    capacity: tuple[int, ...]


def read_nurse_instance(path: Path) -> NurseInstance:
    """Read zones and nurses, then the three limits, then each zone's number of patients and their acuities."""
    numbers = _Numbers(path)
    zones, nurses = numbers.size("number of zones"), numbers.size("number of nurses")
    fewest, most, largest = (numbers.one(of) for of in ("fewest patients", "most patients", "largest workload"))
    if fewest > most:
        raise MalformedInstance(path, f"fewest patients of a nurse, {fewest}, is more than the most, {most}")
    acuities = tuple(
        numbers.row(numbers.one(f"number of patients of zone {zone}"), f"acuities of zone {zone}")
        for zone in range(1, zones + 1)
    )
    numbers.end()
    return NurseInstance(path.name, acuities, nurses, fewest, most, largest)


def read_assignment_instance(path: Path) -> AssignmentInstance:
    """Read the numbers of agents and jobs, then costs, resources (a row for each agent) and capacities."""
    numbers = _Numbers(path)
    agents, jobs = numbers.size("number of agents"), numbers.size("number of jobs")
    cost, resource = (
        tuple(numbers.row(jobs, f"{what} of agent {agent}") for agent in range(1, agents + 1))
        for what in ("costs", "resources")
    )
    capacity = numbers.row(agents, "capacities")
    numbers.end()
    return AssignmentInstance(path.name, cost, resource, capacity)


class _Numbers:
    """The whole numbers of a file, taken one after another; none of them is below 0."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._words: Iterator[str] = iter(path.read_text(encoding="ascii").split())
        except UnicodeDecodeError:
            raise MalformedInstance(path, "is no text") from None

    def row(self, length: int, of: str) -> tuple[int, ...]:
        """Take as many numbers as are wanted, all of them there."""
        words = list(islice(self._words, length))
        if len(words) < length:
            raise MalformedInstance(self._path, f"ends after {len(words)} of {length}: {of}")
        return tuple(self._whole(word, of) for word in words)

    def one(self, of: str) -> int:
        """Take the next number."""
        return self.row(1, of)[0]

    def size(self, of: str) -> int:
        """Take the next number, which counts something that must be there."""
        count = self.one(of)
        if count == 0:
            raise MalformedInstance(self._path, f"{of} is 0")
        return count

    def end(self) -> None:
        """Make sure that nothing is left."""
        left = sum(1 for _ in self._words)
        if left:
            raise MalformedInstance(self._path, f"numbers beyond those that its first ones announce: {left}")

    def _whole(self, word: str, of: str) -> int:
        if not word.isdigit():
            raise MalformedInstance(self._path, f"{word!r} is no whole number from 0 up: {of}")
        return int(word)

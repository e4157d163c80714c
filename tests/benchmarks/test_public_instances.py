"""Public instances are read as they are written, and a file in another format is refused with what is wrong."""

from pathlib import Path

import pytest

from benchmarks.public_instances import (
    AssignmentInstance,
    MalformedInstance,
    NurseInstance,
    read_assignment_instance,
    read_nurse_instance,
)

NURSES = """2 3
1 3 105
2 59 57
3 49 47 39
"""
ASSIGNMENT = """ 2 3
 41 30 19
 28 20
 26
 5 6 7
 8 9 10
 11 12
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "instance.txt"
    path.write_text(text, encoding="utf-8")
    return path


def test_nurses_are_read(tmp_path: Path) -> None:
    read = read_nurse_instance(written(tmp_path, NURSES))
    assert read == NurseInstance(
        name="instance.txt",
        acuities=((59, 57), (49, 47, 39)),
        nurses=3,
        fewest_patients=1,
        most_patients=3,
        largest_workload=105,
    )


def test_an_assignment_is_read_whatever_its_lines_are(tmp_path: Path) -> None:
    read = read_assignment_instance(written(tmp_path, ASSIGNMENT))
    assert read == AssignmentInstance(
        name="instance.txt",
        cost=((41, 30, 19), (28, 20, 26)),
        resource=((5, 6, 7), (8, 9, 10)),
        capacity=(11, 12),
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "ends after 0 of 1: number of zones"),
        ("0 3\n1 3 105\n", "number of zones is 0"),
        (NURSES[:-3], "ends after 2 of 3: acuities of zone 2"),
        (NURSES + "7\n", "numbers beyond those that its first ones announce: 1"),
        (NURSES.replace("59", "5.9"), "'5.9' is no whole number from 0 up: acuities of zone 1"),
        (NURSES.replace("59", "-59"), "'-59' is no whole number from 0 up: acuities of zone 1"),
        (NURSES.replace("1 3 105", "4 3 105"), "fewest patients of a nurse, 4, is more than the most, 3"),
        (NURSES.replace("59", "½"), "is no text"),
    ],
)
def test_a_malformed_file_of_nurses_is_refused_by_name(text: str, fault: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(MalformedInstance) as refused:
        read_nurse_instance(path)
    assert (refused.value.path, refused.value.fault) == (path, fault)
    assert str(refused.value) == f"{path}: {fault}"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2", "ends after 0 of 1: number of jobs"),
        (ASSIGNMENT.replace(" 11 12", " 11"), "ends after 1 of 2: capacities"),
        (ASSIGNMENT.replace(" 28 20\n 26\n", ""), "ends after 2 of 3: resources of agent 2"),
        (ASSIGNMENT + "1 2", "numbers beyond those that its first ones announce: 2"),
        (NURSES, "ends after 1 of 3: resources of agent 2"),
    ],
)
def test_a_malformed_assignment_is_refused_by_name(text: str, fault: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(MalformedInstance) as refused:
        read_assignment_instance(path)
    assert (refused.value.path, refused.value.fault) == (path, fault)

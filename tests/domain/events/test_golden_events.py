"""Every event ever stored loads for ever: one golden file a stored version, kept as it was first written."""

import json
from pathlib import Path

import pytest

from domain.errors import InvalidEvent
from domain.events.allocation import AllocationAmended, AllocationProposed
from domain.events.base import DomainEvent
from domain.events.registry import REGISTRY
from tests.domain.events.examples import EXAMPLES

GOLDEN = Path(__file__).parents[2] / "golden/events"
FILES = sorted(GOLDEN.glob("*.json"))


def test_every_event_class_has_one_example() -> None:
    assert sorted(type(example).__name__ for example in EXAMPLES) == sorted(one.__name__ for one in REGISTRY.classes)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.wire_type())
def test_every_stored_type_has_a_golden_file_that_loads_to_an_equal_event(example: DomainEvent) -> None:
    golden = json.loads((GOLDEN / f"{example.wire_type()}.json").read_text(encoding="utf-8"))
    assert golden["type"] == example.wire_type()
    assert REGISTRY.decode(golden["type"], golden["fields"]) == example


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.wire_type())
def test_an_event_is_written_as_its_golden_file_says_and_filed_under_its_tags(example: DomainEvent) -> None:
    golden = json.loads((GOLDEN / f"{example.wire_type()}.json").read_text(encoding="utf-8"))
    assert example.model_dump(mode="json") == golden["fields"]
    assert sorted(example.tags()) == golden["tags"]


@pytest.mark.parametrize("name", ["allocation.proposed", "allocation.amended"])
def test_a_proposal_stored_before_limits_could_be_asked_for_has_none(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.v1.json").read_text(encoding="utf-8"))
    read = REGISTRY.decode(golden["type"], golden["fields"])
    (example,) = (one for one in EXAMPLES if isinstance(one, type(read)))
    assert isinstance(example, AllocationProposed | AllocationAmended)
    no_limits = {"load_limit": None, "deviations_above": 0.0, "one_area": False}
    assert read == example.model_copy(update={"content": example.content.model_copy(update=no_limits)})
    with pytest.raises(InvalidEvent, match="content"):
        REGISTRY.decode(golden["type"], {"proposal_id": "p-1"})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_golden_file_of_whatever_version_still_loads(file: Path) -> None:
    golden = json.loads(file.read_text(encoding="utf-8"))
    assert file.stem == golden["type"]
    assert isinstance(REGISTRY.decode(golden["type"], golden["fields"]), REGISTRY.class_of(golden["type"]))

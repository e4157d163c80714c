"""Every event ever stored loads for ever: one golden file a stored version, kept as it was first written."""

import json
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_golden_file_of_whatever_version_still_loads(file: Path) -> None:
    golden = json.loads(file.read_text(encoding="utf-8"))
    assert file.stem == golden["type"]
    assert isinstance(REGISTRY.decode(golden["type"], golden["fields"]), REGISTRY.class_of(golden["type"]))

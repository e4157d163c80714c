"""Takes the steps and tells what came of each."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass

import httpx

from allocation_engine.conformance import connecting, deciding, reading, refusals, sending
from allocation_engine.conformance.signed_example import signed_example
from allocation_engine.conformance.steps import STEPS, Failed, Session, Skipped, Step

PARTS = (connecting, sending, reading, refusals, deciding)
"""The parts in the order in which their steps are taken."""

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a step: `what` went wrong and `todo` about it, or why it was left out."""

    step: str
    outcome: str
    what: str = ""
    todo: str = ""


def run(session: Session, tell: Callable[[Result], object] = lambda _: None) -> list[Result]:
    """Take every step; one that fails keeps no other from being taken."""
    order = {part.__name__: place for place, part in enumerate(PARTS)}
    results = []
    for step in sorted(STEPS, key=lambda one: order[one.take.__module__]):
        results.append(_taken(step, session))
        tell(results[-1])
    return results


def _taken(step: Step, session: Session) -> Result:
    try:
        step.take(session)
    except Skipped as skipped:
        return Result(step.title, SKIPPED, skipped.why)
    except Failed as failed:
        return Result(step.title, FAILED, failed.what, step.remedy)
    except httpx.HTTPError as error:
        return Result(step.title, FAILED, f"no answer: {type(error).__name__}", step.remedy)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        return Result(
            step.title, FAILED, f"the answer is not of the shape described ({type(error).__name__})", step.remedy
        )
    return Result(step.title, PASSED)


def line_of(result: Result) -> str:
    """Give a result as a line of the table, with what to do beneath it."""
    told = f"{result.outcome:8}{result.step}"
    if result.outcome == SKIPPED:
        return f"{told} ({result.what})"
    return told if result.outcome == PASSED else f"{told}\n{'':8}  {result.what}.\n{'':8}  {result.todo}"


def closing(results: Iterable[Result]) -> str:
    """Give the last lines: the counts, and the example to try a receiver of webhooks with."""
    outcomes = [one.outcome for one in results]
    counts = ", ".join(f"{outcomes.count(one)} {one}" for one in (PASSED, FAILED, SKIPPED) if one in outcomes)
    example = signed_example()
    headers = "\n".join(f"  {name}: {value}" for name, value in example.headers.items())
    return (
        f"\n{counts}\n\nA webhook to try your receiver with; its signature must hold, but for its age:\n"
        f"  secret: {example.secret}\n{headers}\n  {example.body}"
    )


def document(results: Iterable[Result]) -> str:
    """Give all results as one JSON document."""
    listed = [asdict(one) for one in results]
    return json.dumps({"steps": listed, "webhook_example": asdict(signed_example())}, indent=2)

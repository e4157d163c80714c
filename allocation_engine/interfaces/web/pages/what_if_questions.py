"""The questions that a look ahead answers: an absence, a leaver, how many posts, how many teams."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from allocation_engine.interfaces.web.errors import NotThere
from allocation_engine.interfaces.web.forms import Field, choices, choices_of, read, sent, typed
from allocation_engine.interfaces.web.pages.what_if import asked
from allocation_engine.interfaces.web.render import page
from allocation_engine.interfaces.web.visit import Posted, Visit, poster, visitor
from allocation_engine.planning.what_if.ask import next_monday
from allocation_engine.planning.what_if.looks import AbsenceLook, LeaverLook, RecruitmentLook, TeamsLook
from domain.vocabulary import AbsenceKind, CareerStage

router = APIRouter()


@router.get("/what-if/{question}")
def form(
    visit: Annotated[Visit, Depends(visitor("what_if"))],
    question: str,
    worker: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """Show the form of a question."""
    if question not in QUESTIONS:
        raise NotThere
    return _form_page(visit, question, QUESTIONS[question].fields(visit, worker))


def _form_page(
    visit: Visit, question: str, fields: Sequence[Field], errors: Sequence[tuple[str, str]] = ()
) -> Response:
    asks = QUESTIONS[question]
    return page(
        visit,
        "ask.html",
        asks.title,
        status=422 if errors else 200,
        errors=errors,
        fields=fields,
        told=asks.told,
        button=asks.button,
        action=f"/what-if/{question}",
    )


@router.post("/what-if/{question}")
def ask(visit: Annotated[Posted, Depends(poster("what_if"))], question: str) -> Response:
    """Put the question down to be worked on beside the server."""
    if question not in QUESTIONS:
        raise NotThere
    fields = QUESTIONS[question].fields(visit, "")
    content = sent(fields, visit)
    if "starts" in content:
        content["starts"] = f"{content['starts']}T00:00:00+00:00"
    if question == "leaver":
        content["only_high_risk"] = content.get("only_high_risk") == "high"
    if question == "recruitment":
        chance = str(content["at_most"]).removesuffix("%").strip()
        content["at_most"] = f"{float(chance) / 100}" if _is_number(chance) else chance
        content["stages"] = [content.pop("stage")] if "stage" in content else list(CareerStage)
    found = read(QUESTIONS[question].model, fields, content)
    if isinstance(found, list):
        return _form_page(visit, question, typed(fields, visit), [(_of_stage(name), told) for name, told in found])
    if isinstance(found, AbsenceLook | LeaverLook) and found.worker not in visit.situation.workers:
        return _form_page(visit, question, typed(fields, visit), [("worker", "Choose one of the workers")])
    if isinstance(found, AbsenceLook) and found.starts is not None and found.starts.weekday():
        return _form_page(
            visit, question, typed(fields, visit), [("starts", "Choose a Monday: weeks begin on Mondays")]
        )
    return asked(visit, found)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal()


def _of_stage(name: str) -> str:
    return "stage" if name == "stages" else name


def _workers(visit: Visit) -> list[tuple[str, str]]:
    held = visit.situation.caseloads
    return [
        (one, f"{one}, {len(held.get(one, ()))} cases" + (f", team {post.team_id}" if post.team_id else ""))
        for one, post in sorted(visit.situation.workers.items())
    ]


def _absence(visit: Visit, worker: str) -> list[Field]:
    monday: date = next_monday(visit.now).date()
    return [
        Field("worker", "Who will be away?", kind="select", options=_workers(visit), value=worker),
        Field("starts", "From which Monday?", kind="date", value=f"{monday}"),
        Field("weeks", "For how many weeks?", "Your best guess; you can look again with another.", "number", value="6"),
        Field("absence", "Why?", kind="select", options=choices_of(AbsenceKind), value=AbsenceKind.SICKNESS.value),
    ]


def _leaver(visit: Visit, worker: str) -> list[Field]:
    which = [("all", "all cases"), ("high", "only cases of high risk")]
    return [
        Field("worker", "Whose cases?", kind="select", options=_workers(visit), value=worker),
        Field("only_high_risk", "Which of them?", kind="select", options=which, value="all"),
    ]


def _recruitment(_visit: Visit, _worker: str) -> list[Field]:
    return [
        Field("weeks", "How many weeks ahead?", kind="number", value="26"),
        Field("weeks_over", "More weeks over capacity than this are too many", kind="number", value="4"),
        Field("at_most", "The chance of that, for anybody at all, is to stay below [%]", kind="number", value="10"),
        Field("most", "Try up to so many starters", kind="number", value="6"),
        Field("fte", "Hours of each, as a share of full time", "1 is full time.", "number", value="1"),
        Field("stage", "Career stage", "Left out: every stage.", "select", choices_of(CareerStage), optional=True),
        Field("runs", "How many runs?", "More runs, narrower intervals.", "number", value="60"),
    ]


def _teams(visit: Visit, _worker: str) -> list[Field]:
    now = sorted({post.team_id for post in visit.situation.workers.values() if post.team_id is not None})
    return [
        Field("number", "How many teams?", kind="number", value=f"{max(2, len(now))}"),
        Field(
            "teams",
            "Split only these teams of today",
            f"Their ids, with commas. Today: {', '.join(choice for choice, _ in choices(now)) or 'none recorded'}.",
            "list",
            optional=True,
        ),
    ]


@dataclass(frozen=True)
class Question:
    """A question: what it is called, what is done for it, what the button says, its fields and what they make."""

    title: str
    told: str
    button: str
    fields: Callable[[Visit, str], list[Field]]
    model: type[AbsenceLook] | type[LeaverLook] | type[RecruitmentLook] | type[TeamsLook]


QUESTIONS: Mapping[str, Question] = {
    "absence": Question(
        "Somebody will be away",
        (
            "The engine lays four ways of meeting it side by side: their cases stay, those of high risk are passed on, all are, or all "
            "are and somebody comes in for that time. It says what each does to cover and to everybody's load. Nothing changes until "
            "you decide on a proposal."
        ),
        "Compare the ways",
        _absence,
        AbsenceLook,
    ),
    "leaver": Question(
        "Somebody leaves, or cannot keep their cases",
        (
            "The engine looks for somebody for each of their cases, within every rule and beside the cases that wait already. "
            "Nothing changes until you decide on a proposal."
        ),
        "Find where the cases would go",
        _leaver,
        LeaverLook,
    ),
    "recruitment": Question(
        "How many posts would do?",
        (
            "The service is run forward many times with none, one, two and more new starters of each career stage, who all meet the "
            "same referrals and incidents."
        ),
        "Work out the curve",
        _recruitment,
        RecruitmentLook,
    ),
    "teams": Question(
        "A split into teams",
        (
            "The engine looks for the split of workers and areas that is even first, then leaves few cases in another team's area, "
            "then moves few people. It can then be run forward beside the service as it is."
        ),
        "Find the best split",
        _teams,
        TeamsLook,
    ),
}
"""By address."""

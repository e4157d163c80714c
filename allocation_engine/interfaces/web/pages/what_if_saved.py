"""Saved what-ifs: put one together change by change, run it, share it, take it to another service as a file."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import ValidationError

from allocation_engine.errors import SettingsError
from allocation_engine.interfaces.web.change_forms import KINDS, change_fields, read_change
from allocation_engine.interfaces.web.errors import NotThere
from allocation_engine.interfaces.web.forms import Field, faults, sent, typed
from allocation_engine.interfaces.web.pages.what_if import asked, saved_of
from allocation_engine.interfaces.web.render import back_to, page
from allocation_engine.interfaces.web.visit import Posted, Visit, poster, visitor
from allocation_engine.interfaces.what_if_words import LETTERS, change_told
from allocation_engine.persistence.documents import DocumentChanged
from allocation_engine.planning.what_if import Scenario, WhatIf, from_text, to_toml
from allocation_engine.planning.what_if.looks import ScenariosLook
from allocation_engine.planning.what_if.saved import SavedWhatIf
from allocation_engine.planning.what_if.scenario import MOST_SCENARIOS

router = APIRouter()

MOST_BYTES = 1 << 20
MOVED_ON = "Somebody else has changed it since you opened this page. Look at it as it now stands"


@router.post("/what-if/saved/new")
def new(visit: Annotated[Posted, Depends(poster("what_if"))]) -> Response:
    """Begin a what-if under a title, or from a file."""
    file = visit.file("file")
    try:
        if file is not None:
            text = file.file.read(MOST_BYTES + 1)[:MOST_BYTES].decode("utf-8", "replace")
            what = from_text(text, as_json=(file.filename or "").endswith(".json"), name=file.filename or "the file")
        else:
            what = WhatIf(title=visit.text("title"), scenarios=(Scenario(id="a", title="Scenario A"),))
    except ValidationError:
        return _begin(visit, (("title", "Say in 3 to 120 characters what you ask"),))
    except SettingsError as error:
        return _begin(visit, (("file", f"{error}"),))
    return back_to(visit, f"/what-if/saved/{saved_of(visit).keep(what, visit.who.actor).id}", "saved")


@router.get("/what-if/saved/new")
def begin(visit: Annotated[Visit, Depends(visitor("what_if"))]) -> Response:
    """Ask for a title, or for a file."""
    return _begin(visit)


def _begin(visit: Visit, errors: tuple[tuple[str, str], ...] = ()) -> Response:
    title = visit.text("title") if isinstance(visit, Posted) else ""
    status = 422 if errors else 200
    return page(visit, "what_if_new.html", "Scenarios side by side", status=status, errors=errors, typed=title)


def _found(visit: Visit, id_: str) -> SavedWhatIf:
    found = saved_of(visit).find(id_)
    if found is None:
        raise NotThere
    return found


def _settings(what: WhatIf) -> list[Field]:
    assumed = what.assumptions
    rate = "" if assumed.referrals_per_week is None else f"{assumed.referrals_per_week:g}"
    worked = "" if assumed.days_worked is None else f"{assumed.days_worked:g}"
    return [
        Field("title", "What is asked", value=what.title),
        Field("weeks", "Weeks ahead", kind="number", value=f"{what.weeks}"),
        Field("runs", "Runs", "200 make narrow bands; 50 are quick.", "number", value=f"{what.runs}"),
        Field("seed", "Seed", "The same seed gives the same answer.", "number", value=f"{what.seed}"),
        Field(
            "referrals_per_week",
            "Referrals a week",
            "Left out: as many as lately.",
            "number",
            value=rate,
            optional=True,
        ),
        Field(
            "days_worked",
            "Days a case is worked",
            "Left out: as long as lately.",
            "number",
            value=worked,
            optional=True,
        ),
    ]


ASSUMED = ("referrals_per_week", "days_worked")


@router.get("/what-if/saved/{id_}")
def saved(visit: Annotated[Visit, Depends(visitor("what_if"))], id_: str) -> Response:
    """Show a saved what-if, to be changed and run."""
    found = _found(visit, id_)
    return _saved_page(visit, found, _settings(found.content))


def _saved_page(
    visit: Visit, found: SavedWhatIf, fields: list[Field], errors: list[tuple[str, str]] | None = None
) -> Response:
    what = found.content
    return page(
        visit,
        "what_if_saved.html",
        what.title,
        status=422 if errors else 200,
        errors=errors or [],
        saved=found,
        what=what,
        scenarios=[
            (letter, one, [change_told(change) for change in one.changes])
            for letter, one in zip(LETTERS, what.scenarios, strict=False)
        ],
        fields=fields,
        kinds=KINDS,
        may_add=len(what.scenarios) < MOST_SCENARIOS,
    )


@router.get("/what-if/saved/{id_}/file.toml")
def as_file(visit: Annotated[Visit, Depends(visitor("what_if"))], id_: str) -> Response:
    """Give a saved what-if as a file, for the command line or another service."""
    headers = {"Content-Disposition": f'attachment; filename="{id_}.toml"', "Cache-Control": "no-store"}
    return Response(to_toml(_found(visit, id_).content), media_type="application/toml", headers=headers)


@router.get("/what-if/saved/{id_}/change")
def change_form(
    visit: Annotated[Visit, Depends(visitor("what_if"))],
    id_: str,
    scenario: Annotated[str, Query(max_length=60)],
    kind: Annotated[str, Query(max_length=20)],
) -> Response:
    """Show the form for a change of one kind."""
    found = _found(visit, id_)
    if kind not in KINDS or scenario not in {one.id for one in found.content.scenarios}:
        raise NotThere
    return _change_page(visit, found, scenario, kind, change_fields(visit, kind))


def _change_page(
    visit: Visit,
    found: SavedWhatIf,
    scenario: str,
    kind: str,
    fields: list[Field],
    errors: list[tuple[str, str]] | None = None,
) -> Response:
    title = next(one.title for one in found.content.scenarios if one.id == scenario)
    return page(
        visit,
        "ask.html",
        KINDS[kind],
        status=422 if errors else 200,
        errors=errors or [],
        fields=fields,
        told=f"In {title}, of “{found.content.title}”.",
        button="Add this change",
        action=f"/what-if/saved/{found.id}/do/change",
        hidden={"scenario": scenario, "kind": kind, "seen": found.version},
        back=(f"/what-if/saved/{found.id}", "Back to the what-if"),
    )


@router.post("/what-if/saved/{id_}/do/{act}")
def change(visit: Annotated[Posted, Depends(poster("what_if"))], id_: str, act: str) -> Response:
    """Change, run or delete a saved what-if: each button of its page is one of these acts."""
    found = _found(visit, id_)
    if act == "run":
        return asked(visit, ScenariosLook(what_if=found.content))
    if act == "delete":
        saved_of(visit).delete(id_)
        return back_to(visit, "/what-if")
    if visit.text("seen") != f"{found.version}":
        return _saved_page(visit, found, _settings(found.content), [("scenarios", MOVED_ON)])
    if act == "change":
        return _add_change(visit, found)
    if act == "settings":
        return _set(visit, found)
    what = _without_or_with(visit, found.content, act)
    return _kept(visit, found, what)


def _without_or_with(visit: Posted, what: WhatIf, act: str) -> WhatIf:
    """Give a what-if with a scenario more or less, or with a change less."""
    scenario, number = visit.text("scenario"), visit.text("number")
    scenarios = list(what.scenarios)
    if act == "add-scenario" and len(scenarios) < MOST_SCENARIOS:
        free = next(one for one in "abcdefgh" if one not in {each.id for each in scenarios})
        title = visit.text("title")[:120]
        scenarios.append(Scenario(id=free, title=title if len(title) > 2 else f"Scenario {LETTERS[len(scenarios)]}"))  # noqa: PLR2004  the shortest title
    elif act == "remove-scenario":
        scenarios = [one for one in scenarios if one.id != scenario]
    elif act == "remove-change" and number.isdecimal():
        scenarios = [
            one.model_copy(update={"changes": one.changes[: int(number)] + one.changes[int(number) + 1 :]})
            if one.id == scenario
            else one
            for one in scenarios
        ]
    else:
        raise NotThere
    return what.model_copy(update={"scenarios": tuple(scenarios)})


def _add_change(visit: Posted, found: SavedWhatIf) -> Response:
    scenario, kind = visit.text("scenario"), visit.text("kind")
    if kind not in KINDS or scenario not in {one.id for one in found.content.scenarios}:
        raise NotThere
    change = read_change(visit, kind)
    fields = typed(change_fields(visit, kind), visit)
    if isinstance(change, list):
        return _change_page(visit, found, scenario, kind, fields, change)
    content = found.content.model_dump()
    for one in content["scenarios"]:
        if one["id"] == scenario:
            one["changes"] = (*one["changes"], change.model_dump())
    try:
        what = WhatIf.model_validate(content)
    except ValidationError as error:
        return _change_page(visit, found, scenario, kind, fields, faults(error, [Field("week", "Week")]))
    return _kept(visit, found, what)


def _set(visit: Posted, found: SavedWhatIf) -> Response:
    fields = _settings(found.content)
    content = sent(fields, visit)
    assumed = found.content.assumptions.model_dump()
    assumed.update({name: content.pop(name, None) for name in ASSUMED})
    try:
        what = WhatIf.model_validate({**found.content.model_dump(), **content, "assumptions": assumed})
    except ValidationError as error:
        return _saved_page(visit, found, typed(fields, visit), faults(error, fields))
    return _kept(visit, found, what)


def _kept(visit: Posted, found: SavedWhatIf, what: WhatIf) -> Response:
    try:
        saved_of(visit).change(found, what, visit.who.actor)
    except DocumentChanged:
        return _saved_page(visit, _found(visit, found.id), _settings(found.content), [("scenarios", MOVED_ON)])
    return back_to(visit, f"/what-if/saved/{found.id}", "saved")

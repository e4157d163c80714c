"""Policy: see every number, draft another set, compare it, replay last year under it, and adopt it in one's name."""

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from allocation_engine.bootstrap import policy_of_bytes
from allocation_engine.errors import DecisionRefused
from allocation_engine.interfaces.policy_words import counted, refusal_of
from allocation_engine.interfaces.web.errors import NotThere
from allocation_engine.interfaces.web.forms import Field, typed
from allocation_engine.interfaces.web.policy_view import (
    differences_table,
    drafts_table,
    history_table,
    numbers_table,
    rules_table,
)
from allocation_engine.interfaces.web.render import back_to, page
from allocation_engine.interfaces.web.visit import Posted, Visit, poster, visitor
from allocation_engine.persistence.documents import DocumentChanged
from allocation_engine.planning.kept import Shelf
from allocation_engine.planning.policy_adoption import adoption, require_known_units
from allocation_engine.planning.policy_differences import differences
from allocation_engine.planning.policy_drafts import PolicyDraft, agreed_locally, policy_drafts
from allocation_engine.planning.what_if.looks import ReplayLook
from domain.errors import InvalidPolicySet
from domain.policy.policy_set import PolicySet

router = APIRouter()

MOST_BYTES = 1 << 20
YEAR = timedelta(days=364)
MOVED_ON = "Somebody else has changed it since you opened this page. Look at it as it now stands"

Errors = list[tuple[str, str]]


@router.get("/policy")
def policy(visit: Annotated[Visit, Depends(visitor("policy"))]) -> Response:
    """Show the set in force at the moment looked at, who adopted which, and what is being worked on."""
    return _policy_page(visit)


def _policy_page(visit: Visit, errors: Errors | None = None) -> Response:
    now = visit.engine.policy(visit.as_at, visit.known_at)
    return page(
        visit,
        "policy.html",
        "Policy",
        [
            numbers_table(now.policy),
            rules_table(now.policy),
            history_table(visit),
            drafts_table(visit, _drafts(visit).all()),
        ],
        status=422 if errors else 200,
        errors=errors or [],
        now=now,
        counted=counted(now.policy),
    )


def _drafts(visit: Visit) -> Shelf[PolicySet]:
    return policy_drafts(visit.engine.store.documents, visit.engine.clock, visit.engine.new_id)


@router.post("/policy/drafts/new")
def draft(visit: Annotated[Posted, Depends(poster("adopt_policy"))]) -> Response:
    """Begin a draft from the set in force, or from a file."""
    file = visit.file("file")
    if file is None:
        today = datetime.combine(visit.now.date(), time(), UTC)
        now = visit.engine.policy().policy
        begun = now.model_copy(
            update={"policy_set_id": f"{now.policy_set_id[:40]}-{visit.now:%Y%m%d}", "effective_from": today}
        )
    else:
        try:
            begun = policy_of_bytes(file.file.read(MOST_BYTES), file.filename or "the file")
            require_known_units(begun, visit.engine.example_policy)
        except InvalidPolicySet as error:
            return _policy_page(visit, [("file", f"{error}")])
    return back_to(visit, f"/policy/drafts/{_drafts(visit).keep(begun, visit.who.actor).id}")


@router.get("/policy/drafts/{id_}")
def show_draft(visit: Annotated[Visit, Depends(visitor("policy"))], id_: str) -> Response:
    """Show what a draft would change, to go on with it or to adopt it."""
    found = _found(visit, id_)
    return _draft_page(visit, found, _heading(found.content), _number(found.content))


def _found(visit: Visit, id_: str) -> PolicyDraft:
    found = _drafts(visit).find(id_)
    if found is None:
        raise NotThere
    return found


def _heading(policy: PolicySet) -> list[Field]:
    return [
        Field("policy_set_id", "Its id", "Every adopted set has an id of its own.", value=policy.policy_set_id),
        Field("title", "Its title", value=policy.title),
        Field("effective_from", "In force from", kind="date", value=f"{policy.effective_from:%Y-%m-%d}"),
    ]


def _number(policy: PolicySet) -> list[Field]:
    options = [(place, f"{place}: {number.value:g} {number.unit}") for place, number in policy.coefficients()]
    return [
        Field("place", "Which number?", kind="select", options=options),
        Field("value", "Its new value", kind="number"),
        Field("source", "Agreed where and why", "It stands beside the number from then on; name nobody."),
    ]


def _draft_page(
    visit: Visit, found: PolicyDraft, heading: list[Field], number: list[Field], errors: Errors | None = None
) -> Response:
    now = visit.engine.policy()
    refusal: DecisionRefused | InvalidPolicySet | None
    try:
        refusal = refusal_of(visit.engine, found.content)
    except InvalidPolicySet as error:
        refusal = error
    return page(
        visit,
        "policy_draft.html",
        f"Draft: {found.content.title}",
        [differences_table(differences(now.policy, found.content))],
        status=422 if errors else 200,
        errors=errors or [],
        draft=found,
        now=now.policy,
        refusal=refusal,
        heading=heading,
        number=number,
    )


@router.post("/policy/drafts/{id_}/{act}")
def change(visit: Annotated[Posted, Depends(poster("adopt_policy"))], id_: str, act: str) -> Response:
    """Change, replay, adopt or let go a draft: each button of its page is one of these acts."""
    found = _found(visit, id_)
    if act == "let-go":
        _drafts(visit).delete(id_)
        return back_to(visit, "/policy")
    if act == "replay":
        end = visit.now
        look = ReplayLook(policy=found.content, start=end - YEAR, end=end)
        asked = visit.engine.looks(visit.service.holder).ask(look, visit.who.actor)
        return back_to(visit, f"/policy/replays/{asked.id}")
    if visit.text("seen") != f"{found.version}":
        return _draft_page(visit, found, _heading(found.content), _number(found.content), [("seen", MOVED_ON)])
    if act == "number":
        return _set_number(visit, found)
    if act == "heading":
        return _set_heading(visit, found)
    if act == "adopt":
        return _adopt(visit, found)
    raise NotThere


def _set_number(visit: Posted, found: PolicyDraft) -> Response:
    fields = typed(_number(found.content), visit)
    places = {place for place, _ in found.content.coefficients()}
    place, text, source = (visit.text(name) for name in ("place", "value", "source"))
    value = None
    with suppress(ValueError):
        value = float(text)
    if place not in places:
        return _draft_page(visit, found, _heading(found.content), fields, [("place", "Choose one of the numbers")])
    if value is None:
        return _draft_page(visit, found, _heading(found.content), fields, [("value", "Give the new value as a number")])
    try:
        changed = agreed_locally(found.content, place, value, source)
    except InvalidPolicySet as error:
        at = "source" if error.place.endswith("source") else "value"
        return _draft_page(visit, found, _heading(found.content), fields, [(at, f"{error.fault} ({error.place})")])
    return _kept(visit, found, changed)


def _set_heading(visit: Posted, found: PolicyDraft) -> Response:
    fields = typed(_heading(found.content), visit)
    content = found.content.to_mapping()
    content.update({name: visit.text(name) for name in ("policy_set_id", "title")})
    content["effective_from"] = f"{visit.text('effective_from')}T00:00:00+00:00"
    try:
        changed = PolicySet.from_mapping(content)
    except InvalidPolicySet as error:
        return _draft_page(visit, found, fields, _number(found.content), [(error.place, error.fault)])
    return _kept(visit, found, changed)


def _kept(visit: Posted, found: PolicyDraft, changed: PolicySet) -> Response:
    try:
        _drafts(visit).change(found, changed, visit.who.actor)
    except DocumentChanged:
        return _draft_page(visit, found, _heading(found.content), _number(found.content), [("seen", MOVED_ON)])
    return back_to(visit, f"/policy/drafts/{found.id}", "saved")


def _adopt(visit: Posted, found: PolicyDraft) -> Response:
    engine, who = visit.engine, visit.who.actor
    try:
        engine.record(adoption(engine.store.log, found.content, who, engine.example_policy), who)
    except (DecisionRefused, InvalidPolicySet) as error:
        return _draft_page(visit, found, _heading(found.content), _number(found.content), [("adopt", f"{error}")])
    _drafts(visit).delete(found.id)
    return back_to(visit, "/policy", "adopted")

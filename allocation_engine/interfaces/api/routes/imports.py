"""Statutory returns as events: the DfE's daily payload, and the SSDA903 return."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import JSONResponse

from allocation_engine.interfaces.api.answers import given
from allocation_engine.interfaces.api.bodies import IntakeAnswer, Ssda903Body
from allocation_engine.interfaces.api.calls import Post, endpoint, poster, read_body
from allocation_engine.interfaces.api.once import Reply
from allocation_engine.interfaces.importers.casework import keep, past_in
from allocation_engine.interfaces.importers.dfe_daily import parse_dfe_daily, read_dfe_daily
from allocation_engine.interfaces.importers.intake import Intake
from allocation_engine.interfaces.importers.pseudonyms import Pseudonyms
from allocation_engine.interfaces.importers.ssda903 import read_ssda903
from allocation_engine.persistence.ports import Appended
from domain.events.worker import MAX_FTE
from domain.identifiers import Moment

router = APIRouter(prefix="/imports", tags=["events"])

AssumeFte = Annotated[
    float | None,
    Query(gt=0, le=MAX_FTE, description="Assume this share of full time for workers whose hours are not recorded."),
]
DrawnAt = Annotated[
    Moment | None,
    Query(
        description="When the system drew this up, with its zone. Of two deliveries the one drawn up later stands, "
        "whichever comes in first. Without it, it counts as drawn up when it comes in."
    ),
]
DryRun = Annotated[bool, Query(description="Read and answer; store nothing.")]
IMPORTS = ("unreadable_delivery", "idempotency_key_reused", "unsupported_media_type", "too_large", "concurrent_write")
CSV = "text/csv"


@router.post(
    "/dfe-daily",
    **endpoint(
        "import_dfe_daily",
        *IMPORTS,
        responses={200: {"model": IntakeAnswer}},
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {"schema": {"type": "array", "items": {"type": "object"}}, "example": []}
                },
            }
        },
    ),
    summary="The DfE's daily children's social care payload",
)
def import_dfe_daily(
    post: Annotated[Post, Depends(poster("import_dfe_daily"))],
    drawn_at: DrawnAt = None,
    assume_fte: AssumeFte = None,
    dry_run: DryRun = False,
) -> JSONResponse:
    """Take in a day's payload as the DfE's own service takes it. Ids become pseudonyms; names are not read.

    The next day's payload stores only what is new, and puts right what reads otherwise. The payload does not say when it
    was drawn up: say so in `drawn_at`, and one that comes late undoes nothing. Its items are then `older`.
    """
    intake = read_dfe_daily(
        parse_dfe_daily(post.body, "the payload"),
        pseudonyms=Pseudonyms(post.service.pseudonym_key()),
        recorded_at=post.service.clock(),
        actor=post.who.actor,
        drawn_at=drawn_at,
        past=past_in(post.engine.store),
        assume_fte=assume_fte,
    )
    return _stored(post, intake, dry_run=dry_run)


@router.post(
    "/ssda903",
    **endpoint(
        "import_ssda903",
        *IMPORTS,
        responses={200: {"model": IntakeAnswer}},
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    CSV: {
                        "schema": {"type": "string"},
                        "example": "CHILD,SW_ID,SW_DECOM,SW_DEC,SW_REASON\r\n101,SW1,01/04/2026,,FCONTA\r\n",
                    },
                    "application/json": {
                        "schema": {"$ref": "#/components/schemas/Ssda903Body"},
                        "example": {
                            "social_worker": "CHILD,SW_ID,SW_DECOM,SW_DEC,SW_REASON\r\n101,SW1,01/04/2026,,FCONTA\r\n",
                            "episodes": None,
                        },
                    },
                },
            }
        },
    ),
    summary="Social worker episodes of the SSDA903 return",
)
def import_ssda903(
    post: Annotated[Post, Depends(poster("import_ssda903", CSV, "application/json"))],
    drawn_at: DrawnAt = None,
    assume_fte: AssumeFte = None,
    dry_run: DryRun = False,
) -> JSONResponse:
    """Take in the social worker file as CSV, or with the episodes file beside it as JSON.

    Say in `drawn_at` when it was drawn up, and a return that comes late undoes nothing. Its lines are then `older`.
    """
    workers, episodes = post.body, None
    if post.media_type != CSV:
        sent = read_body(Ssda903Body, post.body)
        workers = sent.social_worker.encode()
        episodes = None if sent.episodes is None else sent.episodes.encode()
    intake = read_ssda903(
        workers,
        episodes=episodes,
        pseudonyms=Pseudonyms(post.service.pseudonym_key()),
        recorded_at=post.service.clock(),
        actor=post.who.actor,
        drawn_at=drawn_at,
        past=past_in(post.engine.store),
        assume_fte=assume_fte,
    )
    return _stored(post, intake, dry_run=dry_run)


def _stored(post: Post, intake: Intake, *, dry_run: bool) -> JSONResponse:
    """Store what was read and answer item by item; the items say nothing of what was in them."""
    account: dict[str, Any] = {**intake.to_json_dict(), "dry_run": dry_run}
    if dry_run:
        return JSONResponse({**account, "stored": 0, "position": post.engine.store.log.head()})

    def respond(done: Appended) -> Reply:
        return Reply(200, {**account, "stored": len(done.positions), "position": done.head})

    return given(post.once.append(respond, lambda engine: keep(engine, intake.records, intake.said)))

"""For whoever runs the service: keys, the access log, erasure."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from allocation_engine.interfaces.api.access.keys import KeyRequest, StoredKey
from allocation_engine.interfaces.api.answers import Limit, answer, given, link
from allocation_engine.interfaces.api.bodies import AccessEntries, Erased, ErasureBody, KeyAnswer, KeyList
from allocation_engine.interfaces.api.calls import Call, Post, caller, described_body, endpoint, poster, read_body
from allocation_engine.interfaces.api.once import Reply
from allocation_engine.persistence.documents import Write

router = APIRouter()

KeyId = Annotated[
    str, Path(pattern=r"^[0-9a-f]{12}$", description="The public part of a key.", examples=["0a1b2c3d4e5f"])
]
CHANGES_KEY = ("not_found", "idempotency_key_reused", "unsupported_media_type", "concurrent_write")
SHOWN_ONCE = "The key itself was given with the first answer and is not kept: rotate it if it was lost."


@router.get("/keys", **endpoint("list_keys", responses={200: {"model": KeyList}}), summary="List keys", tags=["access"])
def list_keys(request: Request, call: Annotated[Call, Depends(caller("list_keys"))]) -> Response:
    """List every key there is or was; the keys themselves are kept nowhere."""
    return answer(request, {"keys": [_shown(one) for one in call.service.keys.all()]})


@router.post(
    "/keys",
    **endpoint(
        "issue_key",
        *CHANGES_KEY,
        responses={201: {"model": KeyAnswer}},
        openapi_extra=described_body(
            KeyRequest, {"actor": "case-system", "role": "system", "scopes": ["events", "read"]}
        ),
    ),
    status_code=201,
    summary="Issue a key",
    tags=["access"],
)
def issue_key(post: Annotated[Post, Depends(poster("issue_key"))]) -> JSONResponse:
    """Make a key for a person or a system. Its text is in this answer and nowhere else."""
    asked = read_body(KeyRequest, post.body)
    key_id = post.service.new_bytes(6).hex()
    made: list[str] = []

    def make(receipt: Any) -> Reply:
        stored = post.service.keys.draft(asked, key_id, post.who.actor)
        kept = Reply(201, {**_shown(stored), "key": None, "note": SHOWN_ONCE})
        made.append(post.service.keys.issue(stored, *receipt(kept)))
        return kept

    return _with_key(post.once.write(make), made)


@router.post(
    "/keys/{key_id}/rotate",
    **endpoint("rotate_key", *CHANGES_KEY, responses={200: {"model": KeyAnswer}}),
    summary="Give a key a new secret",
    tags=["access"],
)
def rotate_key(key_id: KeyId, post: Annotated[Post, Depends(poster("rotate_key"))]) -> JSONResponse:
    """Give a key a new secret. The old one stays valid for a day, so that nothing stops meanwhile."""
    made: list[str] = []

    def make(receipt: Any) -> Reply:
        def receipt_of(stored: StoredKey) -> list[Write]:
            return receipt(Reply(200, {**_shown(stored), "key": None, "note": SHOWN_ONCE}))  # type: ignore[no-any-return]

        stored, text = post.service.keys.rotate(key_id, receipt_of)
        made.append(text)
        return Reply(200, {**_shown(stored), "key": None, "note": SHOWN_ONCE})

    return _with_key(post.once.write(make), made)


@router.post(
    "/keys/{key_id}/revoke",
    **endpoint("revoke_key", *CHANGES_KEY, responses={200: {"model": KeyAnswer}}),
    summary="Revoke a key",
    tags=["access"],
)
def revoke_key(key_id: KeyId, post: Annotated[Post, Depends(poster("revoke_key"))]) -> JSONResponse:
    """End a key at once."""

    def make(receipt: Any) -> Reply:
        stored = post.service.keys.revoke(key_id, lambda ended: receipt(Reply(200, _shown(ended))))
        return Reply(200, _shown(stored))

    return given(post.once.write(make))


@router.get(
    "/access-log",
    **endpoint("read_access_log", "not_acceptable", responses={200: {"model": AccessEntries}}),
    summary="Who read whose account",
    tags=["access"],
)
def read_access_log(
    request: Request,
    call: Annotated[Call, Depends(caller("read_access_log"))],
    after: Annotated[str, Query(max_length=100, description="From `next`.")] = "",
    limit: Limit = 100,
) -> Response:
    """Give every reading of a worker's account, oldest first."""
    page = call.service.access_log.page(after, limit)
    more = link(request, after=page[-1][0], limit=limit) if len(page) == limit else None
    return answer(request, {"entries": [entry for _, entry in page], "next": more}, "entries")


@router.post(
    "/erasures",
    **endpoint(
        "erase_person",
        "refused",
        "keys_unavailable",
        "idempotency_key_reused",
        "unsupported_media_type",
        "concurrent_write",
        responses={200: {"model": Erased}},
        openapi_extra=described_body(ErasureBody, {"subjects": ["case:c-0007"], "reason": "retention_period_over"}),
    ),
    summary="Erase persons",
    tags=["operations"],
)
def erase_person(post: Annotated[Post, Depends(poster("erase_person"))]) -> JSONResponse:
    """Destroy persons' keys: what was said of them cannot be read again, here or in a backup. Nothing brings it back."""
    asked = read_body(ErasureBody, post.body)

    def make(receipt: Any) -> Reply:
        reply = Reply(200, {"subjects": list(asked.subjects)})
        post.engine.erase(asked.subjects, post.who.actor, asked.reason)
        # After the erasure: should this break off in between, a second try finds it done, and says so.
        post.engine.store.documents.write(*receipt(reply))
        return reply

    return given(post.once.write(make))


def _with_key(reply: Reply, made: list[str]) -> JSONResponse:
    """Answer with the key's text, unless this is the answer to a repeated call, which cannot know it."""
    if reply.replayed or not made or not isinstance(reply.body, dict):
        return given(reply)
    body = {name: value for name, value in reply.body.items() if name != "note"}
    return given(Reply(reply.status, {**body, "key": made[0]}))


def _shown(stored: StoredKey) -> dict[str, Any]:
    return stored.model_dump(mode="json", exclude={"secret_hash", "old_hash"})

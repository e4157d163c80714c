"""Webhooks: where events are sent to, and what could not be delivered."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from allocation_engine.interfaces.api.answers import Limit, answer, given, link
from allocation_engine.interfaces.api.bodies import DeadLetterList, ReplayBody, WebhookAnswer, WebhookList
from allocation_engine.interfaces.api.calls import Call, Post, caller, described_body, endpoint, poster, read_body
from allocation_engine.interfaces.api.examples import WEBHOOK
from allocation_engine.interfaces.api.once import Reply
from allocation_engine.interfaces.webhooks import Subscription, SubscriptionRequest, Webhooks
from domain.identifiers import OpaqueId

router = APIRouter(prefix="/webhooks", tags=["webhooks"])

WebhookPath = Annotated[OpaqueId, Path(description="A webhook's id.", examples=["wh-0011223344556677"])]
PositionPath = Annotated[int, Path(ge=1, le=2**62, description="The position of the event that was not delivered.")]
CHANGES = ("not_found", "idempotency_key_reused", "unsupported_media_type", "concurrent_write")
SECRET_ONCE = "The secret was given with the first answer: rotate it if it was lost."  # noqa: S105  a sentence


def webhook_told(*, secret: bool = False) -> dict[str, Any]:
    """Give what the description says of an answer that is a webhook, with an example."""
    example = {**WEBHOOK, "secret": "whsec_…"} if secret else WEBHOOK
    return {"model": WebhookAnswer, "content": {"application/json": {"example": example}}}


@router.get("", **endpoint("list_webhooks", responses={200: {"model": WebhookList}}), summary="List webhooks")
def list_webhooks(request: Request, call: Annotated[Call, Depends(caller("list_webhooks"))]) -> Response:
    """List where events are sent to, how far each has come, and how many messages wait to be tried again."""
    return answer(request, {"webhooks": [_shown(one) for one in call.service.webhooks.all()]})


@router.post(
    "",
    **endpoint(
        "subscribe_webhook",
        *CHANGES,
        "target_refused",
        "unknown_event_type",
        responses={201: webhook_told(secret=True)},
        openapi_extra=described_body(
            SubscriptionRequest, {"url": "https://case-system.example/hooks", "event_types": ["allocation.approved"]}
        ),
    ),
    status_code=201,
    summary="Have events sent to an address",
)
def subscribe_webhook(post: Annotated[Post, Depends(poster("subscribe_webhook"))]) -> JSONResponse:
    """Send events to an https address from now on, signed as Standard Webhooks has it; the secret is in this answer alone."""
    asked = read_body(SubscriptionRequest, post.body)

    def make(webhooks: Webhooks, receipt: Any) -> tuple[Subscription, str]:
        return webhooks.subscribe(asked, post.who.actor, alongside=receipt)

    return _with_secret(post, 201, make)


@router.get(
    "/{webhook_id}",
    **endpoint("read_webhook", "not_found", responses={200: webhook_told()}),
    summary="Read a webhook",
)
def read_webhook(
    request: Request, webhook_id: WebhookPath, call: Annotated[Call, Depends(caller("read_webhook"))]
) -> Response:
    """Say where events are sent to, how far it has come, and whether its receiver fails."""
    return answer(request, _shown(call.service.webhooks.get(webhook_id)))


@router.post(
    "/{webhook_id}/unsubscribe",
    **endpoint("unsubscribe_webhook", *CHANGES, responses={200: webhook_told()}),
    summary="End a webhook",
)
def unsubscribe_webhook(
    webhook_id: WebhookPath, post: Annotated[Post, Depends(poster("unsubscribe_webhook"))]
) -> JSONResponse:
    """Send nothing more, and forget what waits."""
    return _changed(post, lambda webhooks, receipt: webhooks.unsubscribe(webhook_id, receipt))


@router.post(
    "/{webhook_id}/rotate-secret",
    **endpoint("rotate_webhook_secret", *CHANGES, responses={200: webhook_told(secret=True)}),
    summary="Give a webhook a new secret",
)
def rotate_webhook_secret(
    webhook_id: WebhookPath, post: Annotated[Post, Depends(poster("rotate_webhook_secret"))]
) -> JSONResponse:
    """Give a new secret. Messages are signed with both for a day."""
    return _with_secret(post, 200, lambda webhooks, receipt: webhooks.rotate_secret(webhook_id, receipt))


@router.post(
    "/{webhook_id}/pause",
    **endpoint("pause_webhook", *CHANGES, responses={200: webhook_told()}),
    summary="Pause a webhook",
)
def pause_webhook(webhook_id: WebhookPath, post: Annotated[Post, Depends(poster("pause_webhook"))]) -> JSONResponse:
    """Send nothing until it is resumed; nothing is left out."""
    return _changed(post, lambda webhooks, receipt: webhooks.pause(webhook_id, receipt))


@router.post(
    "/{webhook_id}/resume",
    **endpoint("resume_webhook", *CHANGES, responses={200: webhook_told()}),
    summary="Resume a webhook",
)
def resume_webhook(webhook_id: WebhookPath, post: Annotated[Post, Depends(poster("resume_webhook"))]) -> JSONResponse:
    """Go on where it stopped, also after the receiver had said that it was gone."""
    return _changed(post, lambda webhooks, receipt: webhooks.resume(webhook_id, receipt))


@router.post(
    "/{webhook_id}/replay",
    **endpoint(
        "replay_webhook",
        *CHANGES,
        responses={200: webhook_told()},
        openapi_extra=described_body(ReplayBody, {"after": 0}),
    ),
    summary="Send everything past a position again",
)
def replay_webhook(webhook_id: WebhookPath, post: Annotated[Post, Depends(poster("replay_webhook"))]) -> JSONResponse:
    """Send everything past a position again, in order; what waited past it is sent with the rest."""
    asked = read_body(ReplayBody, post.body)
    return _changed(post, lambda webhooks, receipt: webhooks.replay(webhook_id, asked.after, receipt))


@router.get(
    "/{webhook_id}/dead-letters",
    **endpoint("list_dead_letters", "not_found", responses={200: {"model": DeadLetterList}}),
    summary="Messages that were given up",
)
def list_dead_letters(
    request: Request,
    webhook_id: WebhookPath,
    call: Annotated[Call, Depends(caller("list_dead_letters"))],
    after: Annotated[int, Query(ge=0, le=2**62, description="Past this position.")] = 0,
    limit: Limit = 100,
) -> Response:
    """List what could not be delivered, in order of position: which event, how often it was tried, what came of it."""
    page = call.service.dead_letters.page(webhook_id, after=after, limit=limit)
    more = link(request, after=page[-1].position, limit=limit) if len(page) == limit else None
    return answer(request, {"dead_letters": [one.model_dump(mode="json") for one in page], "next": more})


@router.post(
    "/{webhook_id}/dead-letters/replay",
    **endpoint("replay_dead_letters", *CHANGES, responses={200: webhook_told()}),
    summary="Try all messages again",
)
def replay_dead_letters(
    webhook_id: WebhookPath, post: Annotated[Post, Depends(poster("replay_dead_letters"))]
) -> JSONResponse:
    """Try all that were given up again at once, and from then on as if they were new; `pending` counts them in."""
    return _changed(post, lambda _, receipt: post.service.dead_letters.replay_all(webhook_id, receipt))


@router.post(
    "/{webhook_id}/dead-letters/{position}/replay",
    **endpoint("replay_dead_letter", *CHANGES, responses={200: webhook_told()}),
    summary="Try a message again",
)
def replay_dead_letter(
    webhook_id: WebhookPath, position: PositionPath, post: Annotated[Post, Depends(poster("replay_dead_letter"))]
) -> JSONResponse:
    """Try one again at once, and from then on as if it were new."""
    return _changed(post, lambda _, receipt: post.service.dead_letters.replay(webhook_id, position, receipt))


@router.post(
    "/{webhook_id}/dead-letters/{position}/drop",
    **endpoint("drop_dead_letter", *CHANGES, responses={200: webhook_told()}),
    summary="Forget a message",
)
def drop_dead_letter(
    webhook_id: WebhookPath, position: PositionPath, post: Annotated[Post, Depends(poster("drop_dead_letter"))]
) -> JSONResponse:
    """Forget one, which is then never delivered."""
    return _changed(post, lambda _, receipt: post.service.dead_letters.drop(webhook_id, position, receipt))


def _changed(post: Post, change: Any) -> JSONResponse:
    """Make a change with its receipt, and answer with the webhook as it then stands."""

    def make(receipt: Any) -> Reply:
        replies: list[Reply] = []

        def alongside(subscription: Subscription) -> Any:
            replies[:] = [Reply(200, _shown(subscription))]
            return receipt(replies[0])

        change(post.service.webhooks, alongside)
        return replies[0]

    return given(post.once.write(make))


def _with_secret(post: Post, status: int, change: Any) -> JSONResponse:
    """Make a change that gives a secret: it is in this answer alone, and in no receipt."""
    secrets: list[str] = []

    def make(receipt: Any) -> Reply:
        def kept(subscription: Subscription) -> Reply:
            return Reply(status, {**_shown(subscription), "secret": None, "note": SECRET_ONCE})

        subscription, secret = change(post.service.webhooks, lambda made: receipt(kept(made)))
        secrets.append(secret)
        return kept(subscription)

    reply = post.once.write(make)
    if reply.replayed or not secrets:
        return given(reply)
    body = {name: value for name, value in reply.body.items() if name != "note"}
    return given(Reply(reply.status, {**body, "secret": secrets[0]}))


def _shown(subscription: Subscription) -> dict[str, Any]:
    return subscription.model_dump(mode="json")

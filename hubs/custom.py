"""Any hub that implements the custom hub contract: the embedded desk, or somebody's own.

The wire format is the contract's (custom-hub.openapi.yaml); its activities are Bot Framework activities, and its
opening request is the `handoff.initiate` event of Copilot Studio's generic handoff.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from json import JSONDecodeError
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from handoff.initiate import initiation
from hubs.base import Again, Availability, Capabilities, Hub
from hubs.custom_events import HubActivity, event_of
from hubs.errors import HandoffGoneError, HubClosedError, HubRefusedError, WebhookError
from hubs.handoffs import Handoff, HubConversation, TakenHandoff
from hubs.line import Line
from protocol.activity import END_OF_CONVERSATION, MAX_TEXT, Activity
from protocol.hub_events import HubEvent

DEFAULT_QUEUE = "general"
_ACTIVITY_FIELDS = frozenset(
    [
        "type",
        "id",
        "timestamp",
        "from",
        "text",
        "textFormat",
        "locale",
        "name",
        "value",
        "code",
        "attachments",
        "channelData",
    ]
)
"""What the contract's Activity has; the rest stays at home."""


class _Queue(BaseModel):
    queue: str
    open: bool
    opensAt: datetime | None = None  # noqa: N815 - the contract's name
    agentsAvailable: int | None = None  # noqa: N815
    waiting: int | None = None
    estimatedWaitSeconds: int | None = None  # noqa: N815


class _Handoff(BaseModel):
    id: str
    state: str
    queue: str | None = None
    position: int | None = None
    estimatedWaitSeconds: int | None = None  # noqa: N815 - the contract's name


class CustomHub(Hub):
    """One hub of the custom contract."""

    kind = "custom"
    capabilities = Capabilities()

    def __init__(self, name: str, url: str, token: str, webhook_secret: str, timeout_seconds: float = 10) -> None:
        self._name = name
        self._webhook = Webhook(webhook_secret)
        headers = {"Authorization": f"Bearer {token}"}
        self._line = Line(name, url, headers=headers, credentials="token", timeout=timeout_seconds)

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """GET /queues/{queue}, then POST /handoffs with the whole context under an Idempotency-Key.

        A queue that is closed is not asked: the contract has no answer that says so.
        """
        availability = await self.availability(handoff.queue)
        if not availability.open:
            if again:
                await self._end_what_was_opened(handoff)
            when = f" until {availability.opens_at:%Y-%m-%d %H:%M %Z}" if availability.opens_at else ""
            closed = f'hub "{self._name}": queue "{handoff.queue or DEFAULT_QUEUE}" is closed{when}'
            raise HubClosedError(closed, availability.opens_at)
        taken = await self._open(handoff)
        return HubConversation(
            id=taken.id,
            queue=taken.queue,
            position=taken.position,
            wait_seconds=taken.estimatedWaitSeconds,
            accepted=taken.state == "accepted",
        )

    async def _open(self, handoff: Handoff) -> _Handoff:
        """POST /handoffs: the Idempotency-Key gives what an earlier try has opened."""
        answer = await self._line.call("POST", "/handoffs", _opening(handoff), headers={"Idempotency-Key": handoff.key})
        return self._line.parsed(_Handoff, answer)

    async def _end_what_was_opened(self, handoff: Handoff) -> None:
        """The queue was closed behind an earlier try of which nobody knows what came of it: nothing of it stays."""
        opened = await self._open(handoff)
        end = Activity(
            type=END_OF_CONVERSATION, id=f"{handoff.key}:closed", timestamp=handoff.opened_at, from_=handoff.customer
        )
        with suppress(HandoffGoneError):
            await self.send(TakenHandoff(id=opened.id, key=handoff.key), end)

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> None:  # noqa: ARG002 - it knows our ids
        """POST /handoffs/{id}/activities; the activity's id makes a repetition harmless."""
        await self._line.call("POST", f"/handoffs/{quote(handoff.id, safe='')}/activities", on_the_wire(activity))

    async def availability(self, queue: str | None) -> Availability:
        """GET /queues/{queue}."""
        name = queue or DEFAULT_QUEUE
        try:
            answer = await self._line.call("GET", f"/queues/{quote(name, safe='')}")
        except HandoffGoneError:
            raise HubRefusedError(
                f'hub "{self._name}" has no queue "{name}": check [[routes]] queue in baton.toml'
            ) from None
        found = self._line.parsed(_Queue, answer)
        return Availability(
            open=found.open,
            opens_at=found.opensAt,
            representatives=found.agentsAvailable,
            waiting=found.waiting,
            wait_seconds=found.estimatedWaitSeconds,
        )

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """One HubActivity, signed as Standard Webhooks over the raw body, at most five minutes old."""
        del now  # the library looks at the clock itself
        try:
            self._webhook.verify(body, dict(headers))
        except WebhookVerificationError as error:
            raise WebhookError(401, "signature missing, wrong or too old", str(error)) from None
        except JSONDecodeError:
            raise WebhookError(400, "the body is no JSON") from None
        except ValueError:
            raise WebhookError(
                401, "signature missing, wrong or too old", "it is not of the form v1,<base64>"
            ) from None
        try:
            event = event_of(HubActivity.model_validate_json(body), headers["webhook-id"], self._name)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise WebhookError(400, "the body is no HubActivity", f"{where}: {first['msg']}") from None
        return [event] if event else []

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()


def on_the_wire(activity: Activity) -> dict[str, Any]:
    """An activity as the contract's Activity: its fields, and no others."""
    whole = activity.wire()
    fields = {name: value for name, value in whole.items() if name in _ACTIVITY_FIELDS}
    sender = whole.get("from") or {}
    fields["from"] = {name: sender[name] for name in ("id", "name", "role") if sender.get(name)} or {"id": "customer"}
    fields["from"].setdefault("id", "customer")
    if "text" in fields:
        fields["text"] = fields["text"][:MAX_TEXT]
    if not isinstance(fields.get("channelData", {}), dict):
        del fields["channelData"]
    if fields.get("textFormat") not in {None, "plain", "markdown"}:
        del fields["textFormat"]
    return fields


def _opening(handoff: Handoff) -> dict[str, Any]:
    """The `handoff.initiate` event (Bot Framework EventFactory.CreateHandoffInitiation) with routing beside it."""
    routing = {
        "queue": handoff.queue or DEFAULT_QUEUE,
        "skills": list(handoff.skills) or None,
        "priority": handoff.priority,
        "callbackUrl": handoff.callback_url,
    }
    return initiation(handoff.variables, [on_the_wire(activity) for activity in handoff.transcript]) | {
        "id": handoff.key,
        "timestamp": handoff.opened_at.isoformat(),
        "locale": handoff.locale,
        "from": {"id": str(handoff.variables.get("va_BotId", "bot")), "role": "bot"},
        "conversation": {"id": handoff.conversation},
        "channelData": {name: value for name, value in routing.items() if value is not None},
    }

"""ServiceNow, through the Virtual Agent Bot Integration API: one endpoint takes everything, callbacks tell the rest.

The wire format is that of ServiceNow's documentation (ServiceNowDocs, rest-apis/bot-api.md, release australia). An
answer of 200 says only that the request was received; what came of it, callbacks say, or nobody does.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import httpx

from hubs.base import (
    Again,
    Availability,
    Capabilities,
    Handoff,
    HandoffGoneError,
    Hub,
    HubConversation,
    HubRefusedError,
    TakenHandoff,
)
from hubs.line import Line
from hubs.servicenow_callbacks import HANDOFF, events_of
from hubs.told import ROLES, summary
from protocol.activity import END_OF_CONVERSATION, MESSAGE, TYPING, Activity, utc
from protocol.conversation import HubEvent
from protocol.models import Foreign
from settings.hubs import ServiceNowSettings

ENDPOINT = "/api/sn_va_as_service/bot/integration"
INTRODUCTION = "The customer asked for a person."
"""What the transfer says where the conversation gives it no other words: `AGENT` wants a text."""


class _Acknowledged(Foreign):
    status: Literal["success", "failure"]


class ServiceNowHub(Hub):
    """One instance whose Virtual Agent hands to Agent Chat.

    ServiceNow promises no deduplication to third parties, but lists "ignore duplicate requests" among the features of
    its custom chat framework; it can only do so by `requestId`. Ours is made of the handoff's key and the activity's
    id, so that a request tried again has the one that it had: harmless where the instance ignores duplicates, said
    twice where it does not. Nothing can be read back from outside to know better.
    """

    kind = "servicenow"
    capabilities = Capabilities(
        attachments=False,
        queue_position=False,
        transfers=False,
        returns=False,
        availability=False,
        idempotent=False,
    )

    def __init__(self, name: str, settings: ServiceNowSettings, password: str, callback_secret: str) -> None:
        self._name = name
        self._context = settings.context
        self._callback_secret = callback_secret
        self._line = Line(
            name,
            settings.url,
            auth=httpx.BasicAuth(settings.username, password),
            headers={"Accept": "application/json"},
            credentials="username, password",
            timeout=settings.timeout_seconds,
        )

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:  # noqa: ARG002 - see the class
        """POST …/bot/integration, `action` AGENT, with the history and the context variables; the id is our own key."""
        request = {
            **_request(handoff.key, "open", handoff.opened_at, text=_introduction(handoff)),
            "action": "AGENT",
            "silentMessage": False,
            "contextVariables": {**_context(handoff), **self._context},
            "history": [entry for said in handoff.transcript if (entry := _history(said, handoff.opened_at))["value"]],
        }
        try:
            await self._post(request)
        except HandoffGoneError:
            # The endpoint itself is missing: no handoff can have gone before there was one.
            said = (
                f'hub "{self._name}" has no {ENDPOINT}: is url its instance, and "Virtual Agent API" installed there?'
            )
            raise HubRefusedError(said) from None
        return HubConversation(id=handoff.key)

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> None:  # noqa: ARG002 - see the class
        """POST …/bot/integration: a message without `action`, else TYPING or END_CONVERSATION.

        The API takes a file only from domains that the instance trusts: its address goes along as text.
        """
        about = str(activity.id)
        if activity.type == END_OF_CONVERSATION:
            # With any text in it the instance does not end the conversation.
            ending = _request(handoff.key, about, activity.timestamp, text="")
            await self._post({**ending, "action": "END_CONVERSATION"})
        elif activity.type == TYPING:
            await self._post({**_request(handoff.key, about, activity.timestamp), "action": "TYPING"})
        elif activity.type == MESSAGE and (text := _text(activity)):
            await self._post(_request(handoff.key, about, activity.timestamp, text=text))

    async def availability(self, queue: str | None) -> Availability:
        """Nothing outside the instance says who is there: callbacks tell when nobody takes the conversation."""
        del queue
        return Availability(open=True)

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """The events of one callback under the header that the outbound configuration adds, `X-Baton-Secret`."""
        del now  # ServiceNow signs nothing that has a time in it
        return events_of(headers, body, connection=self._name, secret=self._callback_secret)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()

    async def _post(self, request: Mapping[str, Any]) -> None:
        answer = await self._line.call("POST", ENDPOINT, request)
        if self._line.parsed(_Acknowledged, answer).status == "failure":
            # The answer's own words may repeat the request's, which are a person's.
            said = f'hub "{self._name}" answered failure to {request.get("action", "a message")}'
            raise HubRefusedError(f"{said}: the instance says why in System Logs")


def _request(key: str, about: str, at: datetime | None, *, text: str | None = None) -> dict[str, Any]:
    """What every request has; `about` makes its id, whose format the documentation calls alphanumeric."""
    request: dict[str, Any] = {
        "requestId": hashlib.sha256(f"{key}|{about}".encode()).hexdigest()[:32],
        "clientSessionId": key,
        "botToBot": True,
        "userId": key.rpartition(":")[0],
        "clientVariables": {HANDOFF: key},
    }
    if at is not None:
        request["timestamp"] = _milliseconds(at)
    if text is not None:
        request["message"] = {"text": text, "typed": True, "clientMessageId": about}
    return request


def _introduction(handoff: Handoff) -> str:
    return next((line for line in summary(handoff).splitlines() if line.strip()), INTRODUCTION)


def _context(handoff: Handoff) -> dict[str, str]:
    """Chat context variables: every variable as a string, and the routing that queues' conditions may ask for."""
    skills = ",".join(handoff.skills)
    routing = {
        "requester_session_language": handoff.locale.partition("-")[0],
        "live_agent_only": "true",
        "liveagent_queue": handoff.queue,
        "liveagent_skills": skills or None,
        "LiveAgent_mandatory_skills": skills or None,
        "liveagent_priority": str(handoff.priority),
    }
    whole = {**handoff.variables, **routing}
    return {name: _flat(value) for name, value in whole.items() if value is not None}


def _flat(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _history(said: Activity, otherwise: datetime) -> dict[str, Any]:
    """One entry of `history`, which knows two sides: a representative of an earlier handoff is on the bot's."""
    return {
        "isBotMessage": said.role != "user",
        "value": _text(said),
        "displayName": (said.from_ and said.from_.name) or ROLES.get(said.role, said.role),
        "type": "text",
        "timestamp": f"{_milliseconds(said.timestamp or otherwise):013d}",
    }


def _text(activity: Activity) -> str:
    """The words, and each file on a line of its own: by its address, or by name where it has none to fetch."""
    files = [
        file.content_url if (file.content_url or "").startswith("http") else f"[{file.name or file.content_type}]"
        for file in activity.attachments or ()
    ]
    return "\n".join(part for part in (activity.text, *files) if part)


def _milliseconds(moment: datetime) -> int:
    return int(utc(moment).timestamp() * 1000)

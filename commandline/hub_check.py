"""`baton hubs check NAME`: the way to one hub and back, step by step, and what fails on it."""

import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

import httpx

from hubs.base import Hub
from hubs.errors import HandoffGoneError
from hubs.handoffs import Handoff, TakenHandoff
from hubs.registry import connect
from protocol.activity import END_OF_CONVERSATION, MESSAGE, Activity, ChannelAccount
from settings.certificates import trusted
from settings.model import Settings
from settings.secrets import resolve

CUSTOMER = ChannelAccount(id="baton-check", name="Baton's check", role="user")
NOTE = "This is a check by Baton's operator. Nobody waits for an answer: it ends by itself."
ANSWERS_WITHIN = 5.0
"""Seconds that our own gateway may take to answer."""


async def walk(settings: Settings, name: str, *, handoff: bool) -> AsyncIterator[str]:
    """Walk the way to one connection: a sentence for each step that works, and for what should be looked at.

    `handoff`: also open a real one with a note that it is a check, say something, and end it.

    Raises:
        HubError: the hub did not do what it should; the message says what to do.
        SecretError: a secret is not there.
    """
    hub = connect(name, settings.hubs[name], resolve)
    try:
        async for found in hub.check():
            yield found
        async for found in _back(settings, hub, name):
            yield found
        if handoff:
            async for found in _there(settings, hub, name):
                yield found
    finally:
        await hub.close()


async def _back(settings: Settings, hub: Hub, name: str) -> AsyncIterator[str]:
    """Whether the hub's callbacks find us."""
    address = settings.gateway.url
    yield f"its callbacks come to {address}/webhooks/{hub.kind}/{name}"
    if why := await _unreachable(f"{address}/healthz"):
        yield f"but {address} does not answer from here ({why}): is the gateway up, and is [gateway] public_url right?"
    else:
        yield "that address answers from here"
    if hub.kind != "custom" and not address.startswith("https://"):
        yield "but it is not https, and the hub's service will not call it: set [gateway] public_url to a public one"


async def _unreachable(url: str) -> str:
    """Why an address of ours does not answer; nothing where it does."""
    try:
        async with httpx.AsyncClient(verify=trusted(), timeout=ANSWERS_WITHIN) as client:
            answer = await client.get(url)
    except httpx.HTTPError as error:
        return type(error).__name__
    return "" if answer.status_code == httpx.codes.OK else f"status {answer.status_code}"


async def _there(settings: Settings, hub: Hub, name: str) -> AsyncIterator[str]:
    """A real handoff, opened, spoken to, and ended."""
    asked = _handoff(settings, hub, name)
    if hub.prepares:
        prepared = await hub.prepare(asked)
        asked = asked.model_copy(update={"session": prepared.session})
        yield "a handoff was prepared"
    opened = await hub.open(asked)
    where = f' in queue "{opened.queue}"' if opened.queue else ""
    yield f"it took a handoff{where}: {opened.id}"
    taken = TakenHandoff(id=opened.id, key=asked.key, session=asked.session)
    try:
        await hub.send(taken, _said(asked, MESSAGE, "message", NOTE))
        yield "it took a message"
    finally:
        with contextlib.suppress(HandoffGoneError):
            await hub.send(taken, _said(asked, END_OF_CONVERSATION, "end"))
    yield "it took the end of it"


def _handoff(settings: Settings, hub: Hub, name: str) -> Handoff:
    conversation = f"check-{uuid4().hex[:12]}"
    callback = f"{settings.gateway.url}/webhooks/{hub.kind}/{name}?conversation={conversation}"
    route = next((route for route in settings.routes if route.hub == name), None)
    key = f"{conversation}:1"
    first = Activity(type=MESSAGE, id=f"{conversation}|0000001", text=NOTE, timestamp=datetime.now(UTC), from_=CUSTOMER)
    return Handoff(
        key=key,
        conversation=conversation,
        number=1,
        opened_at=datetime.now(UTC),
        queue=route.queue if route else None,
        variables={"va_AgentMessage": NOTE, "va_ConversationId": conversation, "va_BotId": "baton-check"},
        transcript=(first,),
        callback_url=callback,
        customer=CUSTOMER,
    )


def _said(handoff: Handoff, activity_type: str, which: str, text: str | None = None) -> Activity:
    now = datetime.now(UTC)
    return Activity(type=activity_type, id=f"{handoff.key}:{which}", text=text, timestamp=now, from_=CUSTOMER)

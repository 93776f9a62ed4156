import hashlib
import hmac
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path

import httpx
import orjson
import pytest

from gateway import webhooks
from hubs.base import Again, Availability, Capabilities, Hub
from hubs.errors import HubUnavailableError, WebhookError
from hubs.handoffs import Handoff, HubConversation, TakenHandoff
from protocol.activity import Activity, ChannelAccount
from protocol.hub_events import HubEvent, HubEventKind
from tests.gateway.fake_conversations import FakeConversations
from tests.gateway.serving import Customer, make_gateway, serving
from tests.support.patient import patient_client

KEY = b"shared with the hub"
ADA = ChannelAccount(id="ada", name="Ada", role="agent")


class SignedHub(Hub):
    """A hub whose callbacks are signed and dated as simply as can be."""

    kind = "custom"
    capabilities = Capabilities()

    def __init__(self) -> None:
        self.readied: list[str] = []

    async def ready(self, headers: Mapping[str, str]) -> None:
        """Remembers the signature that it is to be ready for; a service that it needs may not answer."""
        if "outage" in headers:
            raise HubUnavailableError("the keys cannot be fetched")
        self.readied.append(headers["signature"])

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """It is never opened here."""
        raise AssertionError(f"asked to open {handoff}, {again}")

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> None:
        """Nothing is sent here."""
        raise AssertionError(f"asked to send {activity} to {handoff}, {again}")

    async def availability(self, queue: str | None) -> Availability:
        """Always open."""
        return Availability(open=queue is None)

    def receive(self, headers: Mapping[str, str], body: bytes, now: datetime) -> list[HubEvent]:
        """The representative's messages in a callback."""
        assert headers["signature"] in self.readied
        if not hmac.compare_digest(headers.get("signature", ""), signature(body)):
            raise WebhookError(401, "the signature is wrong")
        if abs(now.timestamp() - float(headers["timestamp"])) > 300:
            raise WebhookError(401, "the callback is too old")
        try:
            sent = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise WebhookError(400, "not JSON", "line 1") from None
        return [
            HubEvent(
                key=text,
                connection="desk",
                kind=HubEventKind.MESSAGE,
                # One callback may tell of several handoffs.
                handoff=sent.get("others", {}).get(text, sent["handoff"]),
                activity=Activity(type="message", text=text),
                representative=ADA,
            )
            for text in sent["texts"]
        ]

    async def close(self) -> None:
        """Nothing is held."""


def signature(body: bytes) -> str:
    """What proves that a body came from the hub."""
    return hmac.new(KEY, body, hashlib.sha256).hexdigest()


class Caller:
    """The hub's side of a callback."""

    def __init__(self, customer: Customer) -> None:
        self.customer = customer

    async def call(
        self,
        *texts: str,
        handoff: str = "h1",
        path: str = "/webhooks/custom/desk",
        conversation: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> httpx.Response:
        """Call back with a representative's messages."""
        body = body if body is not None else orjson.dumps({"handoff": handoff, "texts": texts})
        signed = {"signature": signature(body), "timestamp": str(datetime.now().timestamp())}  # noqa: DTZ005 - epoch seconds
        known = self.customer.conversation if conversation is None else conversation
        return await self.customer.http.post(
            f"{path}?conversation={known}", content=body, headers=signed | dict(headers or {})
        )


@pytest.fixture
async def hub(conversations: FakeConversations, tmp_path: Path) -> AsyncIterator[Caller]:
    """A hub that can call back about a conversation."""
    gateway = make_gateway(conversations, tmp_path, hubs={"desk": SignedHub()})
    async with serving(gateway) as address, patient_client(address) as http:
        yield Caller(await Customer(http).begin())


def problem_of(answer: httpx.Response) -> int:
    """The status of an answer, which must be an RFC 9457 problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    content = answer.json()
    assert content["type"]
    assert content["title"]
    assert content["status"] == answer.status_code
    return answer.status_code


async def test_a_representatives_message_reaches_the_open_socket(hub: Caller) -> None:
    """A callback's messages are heard at once, in order, and a repeated callback says nothing twice."""
    async with hub.customer.stream() as ear:
        await ear.frame()
        for _ in range(3):
            assert (await hub.call("Hello, Ada here.", "How can I help?")).status_code == 202
        await hub.call("Still there?")
        assert await ear.texts(3) == ["Hello, Ada here.", "How can I help?", "Still there?"]
    log = (await hub.customer.read())["activities"]
    assert [each["text"] for each in log[1:]] == ["Hello, Ada here.", "How can I help?", "Still there?"]
    assert log[1]["from"] == {"id": "ada", "name": "Ada", "role": "agent"}


async def test_forged_and_stale_callbacks_are_refused(hub: Caller) -> None:
    """A wrong signature or an old time is 401, and the conversation hears nothing."""
    assert problem_of(await hub.call("x", headers={"signature": "0" * 64})) == 401
    assert problem_of(await hub.call("x", headers={"timestamp": "1000"})) == 401
    assert len((await hub.customer.read())["activities"]) == 1


async def test_a_hub_may_add_its_own_path(hub: Caller) -> None:
    """As Dynamics 365 does to the address that its channel has."""
    suffix = "/v3/conversations/0a/activities"
    assert (await hub.call("Hello.", path=f"/webhooks/custom/desk{suffix}")).status_code == 202
    assert problem_of(await hub.call("x", path=f"/webhooks/custom/other{suffix}")) == 404
    assert [each["text"] for each in (await hub.customer.read())["activities"][1:]] == ["Hello."]


async def test_a_callback_that_cannot_be_checked_now_shall_come_again(hub: Caller) -> None:
    """Nothing of it is believed, and nothing is lost."""
    answer = await hub.call("x", headers={"outage": "yes"})
    assert (problem_of(answer), answer.headers["retry-after"]) == (503, "2")
    assert len((await hub.customer.read())["activities"]) == 1


async def test_callbacks_that_find_nobody_are_refused(hub: Caller, conversations: FakeConversations) -> None:
    """No such connection, kind, conversation or handoff: 404. Ended: 410. Nonsense: 400. Too long: 413."""
    assert problem_of(await hub.call("x", path="/webhooks/custom/other")) == 404
    assert problem_of(await hub.call("x", path="/webhooks/genesys/desk")) == 404
    assert problem_of(await hub.call("x", conversation="unknown")) == 404
    assert problem_of(await hub.call("x", conversation="")) == 404
    assert problem_of(await hub.call("x", handoff="h2")) == 404
    assert problem_of(await hub.call(body=b"{")) == 400
    assert problem_of(await hub.call(body=b"x" * 300_000)) == 413
    assert problem_of(await hub.customer.http.get("/webhooks/custom/desk")) == 405
    conversations.talks[hub.customer.conversation].ended = True
    assert problem_of(await hub.call("x")) == 410


async def test_a_hub_that_insists_is_answered_200(hub: Caller, conversations: FakeConversations) -> None:
    """Also for what comes too late, which it would repeat for days; an outage and a forgery are told as ever."""
    SignedHub.insists = True
    try:
        assert (await hub.call("hello")).status_code == 200
        assert (await hub.call("x", handoff="h2")).status_code == 200
        assert problem_of(await hub.call("x", headers={"signature": "0" * 64})) == 401
        conversations.outage = True
        assert problem_of(await hub.call("again")) == 503
        conversations.outage = False
        conversations.talks[hub.customer.conversation].ended = True
        assert (await hub.call("x")).status_code == 200
    finally:
        SignedHub.insists = False


async def test_what_nobody_wants_holds_nothing_else_back(hub: Caller) -> None:
    """Of several events in one callback, one is for a handoff that is over: the others are taken."""
    body = orjson.dumps({"handoff": "h1", "texts": ["late", "hello"], "others": {"late": "h0"}})
    assert (await hub.call(body=body)).status_code == 202
    assert [each.get("text") for each in (await hub.customer.read())["activities"]][1:] == ["hello"]


async def test_an_outage_is_told_so_that_the_hub_sends_again(hub: Caller, conversations: FakeConversations) -> None:
    """503 with Retry-After while nobody answers; then the same callback is taken."""
    conversations.outage = True
    late = await hub.call("hello")
    assert problem_of(late) == 503
    assert late.headers["retry-after"] == str(webhooks.RETRY_AFTER)
    conversations.outage = False
    assert (await hub.call("hello")).status_code == 202

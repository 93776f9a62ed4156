import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import jwt
import pytest

from gateway.botframework_incoming import arrived, conversation_of
from gateway.context import Gateway
from protocol.conversation import ConversationReference
from simulators.faults import Fault
from simulators.omnichannel import APP_ID, BOT, Held, OmnichannelSimulator
from simulators.served import Served
from simulators.signing_keys import signing_key
from tests.gateway.fake_conversations import FakeConversations, Talk
from tests.gateway.serving import make_gateway, serving
from tests.support.patient import patient_client

NAME = "inside"


@dataclass
class Door:
    """The gateway's `/api/messages`, and an Omnichannel before it."""

    omnichannel: OmnichannelSimulator
    conversations: FakeConversations
    gateway: Gateway
    url: str
    held: Held = field(default_factory=lambda: Held("19:abc@thread"))

    async def post(self, activity: dict[str, Any], authorization: str | None = None, **claims: Any) -> int:
        """Post an activity with a right token, but for `claims`; returns the status."""
        whole = self.omnichannel.activity(self.held, activity)
        token = self.omnichannel.issuer.token(APP_ID, self.omnichannel.service_url, **claims)
        headers = {"Authorization": f"Bearer {token}" if authorization is None else authorization}
        async with patient_client() as client:
            return (await client.post(self.url, json=whole, headers=headers)).status_code

    async def set_context(self, **value: Any) -> int:
        """Omnichannel's first event."""
        return await self.post({"type": "event", "name": "omnichannelSetContext", "value": value, "id": "context"})

    async def say(self, text: str, key: str = "m1") -> int:
        """The customer's message."""
        return await self.post({"type": "message", "text": text, "id": key})

    @property
    def talk(self) -> Talk:
        """The one conversation that there is."""
        (talk,) = self.conversations.talks.values()
        return talk

    def texts(self) -> list[str | None]:
        """What the customer was heard to say."""
        return [said.activity.text for said in self.talk.said if said.activity.type == "message"]


@pytest.fixture
async def door(conversations: FakeConversations, tmp_path: Path) -> AsyncIterator[Door]:
    """A gateway with one connection that has a channel."""
    omnichannel = OmnichannelSimulator()
    async with Served(omnichannel.app()) as omnichannel.url:
        gateway = make_gateway(conversations, tmp_path, hubs={NAME: omnichannel.adapter(NAME, "contoso")})
        async with serving(gateway) as address:
            omnichannel.endpoint = f"{address}/api/messages"
            yield Door(omnichannel, conversations, gateway, omnichannel.endpoint)


async def test_the_context_begins_a_conversation_that_knows_the_customer(door: Door) -> None:
    """The first event's values are the conversation's variables; where the customer is, is kept with it."""
    record = str(uuid4())
    shown = {"value": "gold", "isDisplayable": True}
    assert await door.set_context(Tier=shown, Name="Grace", Empty="", msdyn_liveworkitemid=record) == 200
    assert await door.say("hello") == 200
    start = door.talk.start
    assert (start.agent, start.channel, start.version) == ("contoso", "omnichannel", "1")
    assert start.variables == {"Tier": "gold", "Name": "Grace", "msdyn_liveworkitemid": record}
    reference = start.reference
    assert reference is not None
    assert (reference.connection, reference.conversation, reference.record) == (NAME, door.held.id, record)
    assert reference.service_url == door.omnichannel.service_url
    assert (reference.bot.id, reference.customer.id, reference.customer.name) == (BOT["id"], "29:customer", None)
    assert door.texts() == ["hello"]
    (conversation,) = door.conversations.talks
    assert door.held.id not in conversation
    assert conversation == conversation_of(reference)


async def test_topics_hear_the_context_too(door: Door) -> None:
    """The event goes to the conversation as well, as what the channel tells and nobody says."""
    await door.set_context(Tier="gold")
    (said,) = door.talk.said
    assert said.variables == {"Tier": "gold"}
    assert said.reference == door.talk.start.reference
    assert (said.activity.type, said.activity.name) == ("event", "omnichannelSetContext")


async def test_a_message_may_come_before_the_context(door: Door) -> None:
    """Then it begins the conversation, and the context is told when it comes."""
    assert await door.say("hello") == 200
    assert door.talk.start.variables == {}
    assert await door.set_context(Tier="gold") == 200
    assert [said.variables for said in door.talk.said] == [{}, {"Tier": "gold"}]


async def test_who_joins_is_greeted(door: Door) -> None:
    """A conversationUpdate begins a conversation with who was added beside the bot."""
    members = [BOT, {"id": "29:grace", "name": "Grace"}]
    update = {"type": "conversationUpdate", "membersAdded": members, "from": {"id": "channel"}}
    assert await door.post(update) == 200
    assert door.talk.start.customer.id == "29:grace"
    assert door.talk.said == []


async def test_what_is_posted_twice_is_heard_once(door: Door) -> None:
    """The activity's id tells repeats apart, whatever a client's own id says."""
    await door.set_context()
    for number in range(3):
        again = {"type": "message", "text": "once", "id": "m1", "channelData": {"clientActivityID": str(number)}}
        assert await door.post(again) == 200
    assert await door.say("and this", "m2") == 200
    assert door.texts() == ["once", "and this"]


async def test_an_activity_without_an_id_is_told_apart_by_what_it_says(door: Door) -> None:
    """The same body twice is one message; another is another."""
    await door.set_context()
    message = {"type": "message", "id": "", "timestamp": "2026-11-24T12:00:00Z"}
    for text in ("one", "one", "two"):
        await door.post({**message, "text": text})
    assert door.texts() == ["one", "two"]


async def test_the_customer_is_the_customer_whatever_the_channel_writes(door: Door) -> None:
    """A role that claims to be a representative's does not make one."""
    await door.set_context()
    await door.post({"type": "message", "text": "I am Ada", "from": {"id": "x", "name": "Ada", "role": "agent"}})
    assert door.talk.said[-1].activity.role == "user"


async def test_nothing_said_is_nothing_heard(door: Door) -> None:
    """An empty message, and what is over before it began, are acknowledged."""
    assert await door.post({"type": "endOfConversation"}) == 200
    assert door.conversations.talks == {}
    await door.set_context(Tier="gold")
    assert await door.post({"type": "message", "text": ""}) == 200
    assert door.texts() == []
    assert await door.post({"type": "endOfConversation"}) == 200
    assert door.talk.said[-1].activity.type == "endOfConversation"


async def test_what_comes_when_it_is_over_is_acknowledged(door: Door) -> None:
    """Omnichannel shall not try again: nobody here answers any more."""
    await door.set_context()
    door.talk.ended = True
    assert await door.say("is anybody there?") == 200
    assert door.texts() == []


WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "expired": {"exp": int(time.time()) - 3_600},
    "not valid yet": {"nbf": int(time.time()) + 3_600},
    "for another bot": {"aud": str(uuid4())},
    "of another issuer": {"iss": "https://api.botframework.example"},
    "for another serviceUrl": {"serviceurl": "https://smba.trafficmanager.net/elsewhere/"},
    "for no serviceUrl": {"serviceurl": None},
}


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
async def test_a_token_that_does_not_hold_is_refused(door: Door, claims: dict[str, Any]) -> None:
    """403, and nothing was heard."""
    assert await door.post({"type": "message", "text": "hello"}, **claims) == 403
    assert door.conversations.talks == {}


async def test_clocks_may_be_five_minutes_apart(door: Door) -> None:
    """A token that expired a moment ago is good."""
    assert await door.post({"type": "message", "text": "hello"}, exp=int(time.time()) - 200) == 200


async def test_a_forged_token_is_refused(door: Door) -> None:
    """Another key under the known name, no signature, another algorithm, nothing at all: 403."""
    issuer = door.omnichannel.issuer
    claims = jwt.decode(issuer.token(APP_ID, door.omnichannel.service_url), options={"verify_signature": False})
    forged = jwt.encode(claims, signing_key("a forger's"), "RS256", {"kid": issuer.key.name})
    unsigned = jwt.encode(claims, None, "none", {"kid": issuer.key.name})  # type: ignore[arg-type]  # no key is no key
    shared = jwt.encode(claims, "a secret that is long enough for HMAC", "HS256", {"kid": issuer.key.name})
    stranger = jwt.encode(claims, "a secret that is long enough for HMAC", "HS256", {"kid": "bf-9"})
    for token in (forged, unsigned, shared, stranger, "nonsense"):
        assert await door.post({"type": "message", "text": "hello"}, f"Bearer {token}") == 403
    assert await door.post({"type": "message", "text": "hello"}, "") == 403
    good = issuer.token(APP_ID, door.omnichannel.service_url)
    assert await door.post({"type": "message", "text": "hello"}, f"Basic {good}") == 403
    assert door.conversations.talks == {}


async def test_a_key_must_be_endorsed_for_the_channel(door: Door) -> None:
    """A genuine key of the Bot Framework's that may speak for another channel is refused, and so is another channel."""
    issuer = door.omnichannel.issuer
    other = issuer.token(APP_ID, door.omnichannel.service_url, key=issuer.other_channels)
    assert await door.post({"type": "message", "text": "hello"}, f"Bearer {other}") == 403
    assert await door.post({"type": "message", "text": "hello", "channelId": "skype"}) == 403
    assert await door.post({"type": "message", "text": "hello", "channelId": ["directline"]}) == 403
    assert door.conversations.talks == {}


async def test_a_connector_that_is_not_trusted_is_refused(door: Door) -> None:
    """A good token for a serviceUrl on a host that nobody has allowed."""
    elsewhere = "https://connector.example/"
    message = {"type": "message", "text": "hello", "serviceUrl": elsewhere}
    assert await door.post(message, serviceurl=elsewhere) == 403
    assert door.conversations.talks == {}


async def test_without_the_issuers_keys_it_is_asked_again(door: Door) -> None:
    """503 while the keys cannot be fetched: nothing is let in unchecked, nothing is lost."""
    door.omnichannel.faults.plan("keys", Fault(status=503))
    assert await door.say("hello") == 503
    assert door.conversations.talks == {}


async def test_an_outage_is_told_so_that_it_is_sent_again(door: Door) -> None:
    """503 while no worker answers; then the same is taken, once."""
    await door.set_context()
    door.conversations.outage = True
    assert await door.say("hello") == 503
    door.conversations.outage = False
    assert await door.say("hello") == 200
    assert door.texts() == ["hello"]


async def test_an_agent_that_is_not_published_answers_later(conversations: FakeConversations, tmp_path: Path) -> None:
    """503: Omnichannel tries again."""
    omnichannel = OmnichannelSimulator()
    async with Served(omnichannel.app()) as omnichannel.url:
        gateway = make_gateway(conversations, tmp_path, hubs={NAME: omnichannel.adapter(NAME, "unpublished")})
        async with serving(gateway) as address:
            door = Door(omnichannel, conversations, gateway, f"{address}/api/messages")
            assert await door.set_context() == 503


async def test_what_is_no_activity_is_refused(door: Door) -> None:
    """400: no type, no conversation; 413: too long. With a good token, for others learn nothing."""
    assert await door.post({"type": ""}) == 400
    assert await door.post({"type": "message", "conversation": {}}) == 400
    assert await door.post({"type": "message", "text": "x" * 300_000}) == 413


def test_a_live_work_item_that_is_no_id_is_none() -> None:
    """It becomes part of an address, and is taken only as the GUID that it should be."""
    sent = {
        "type": "event",
        "name": "omnichannelSetContext",
        "serviceUrl": "https://c",
        "conversation": {"id": "1"},
        "value": {"msdyn_liveworkitemid": "../../systemusers"},
    }
    assert arrived("c", sent, b"").reference.record == ""


def test_the_same_conversation_of_two_connections_is_two() -> None:
    """Our id depends on both."""
    one = arrived("one", {"type": "message", "serviceUrl": "s", "conversation": {"id": "1"}}, b"").reference
    assert isinstance(one, ConversationReference)
    assert conversation_of(one) != conversation_of(one.model_copy(update={"connection": "two"}))

import asyncio
from typing import Any

import httpx
import pytest

from gateway.context import Gateway
from gateway.conversing import new_claims
from gateway.tokens import Tokens
from protocol.activity import MAX_TEXT
from tests.gateway.fake_conversations import FakeConversations
from tests.gateway.serving import SECRET, SIGNING_KEY, Customer, error_of


async def test_a_turn_goes_there_and_back(customer: Customer) -> None:
    """What the customer says stands in the log with what the bot said before and after."""
    said = await customer.say("My till is broken")
    log = await customer.read()
    assert [each["text"] for each in log["activities"]] == [
        "Hello!",
        "My till is broken",
        "You said: My till is broken",
    ]
    assert log["activities"][1]["id"] == said == f"{customer.conversation}|0000002"
    assert log["watermark"] == "3"
    assert [each["text"] for each in (await customer.read("2"))["activities"]] == ["You said: My till is broken"]


async def test_a_conversation_starts_once_for_each_token(customer: Customer) -> None:
    """Starting again with the same token finds the same conversation: 200, and no second greeting."""
    again = await customer.call("POST", "conversations")
    assert again.status_code == 200
    assert again.json()["conversationId"] == customer.conversation
    assert len((await customer.read())["activities"]) == 1


async def test_a_secret_starts_a_new_conversation_each_time(http: httpx.AsyncClient) -> None:
    """A conversation started with the secret comes with a token of its own, and the secret opens it as well."""
    starter = Customer(http)
    first, second = [await starter.call("POST", "conversations", bearer=SECRET) for _ in range(2)]
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["conversationId"] != second.json()["conversationId"]
    path = f"conversations/{first.json()['conversationId']}/activities"
    assert (await starter.call("GET", path, bearer=first.json()["token"])).status_code == 200
    assert (await starter.call("GET", path, bearer=SECRET)).status_code == 200
    assert error_of(await starter.call("GET", path, bearer="another agent's secret")) == (404, "ConversationNotFound")


async def test_a_user_id_in_the_token_cannot_be_changed(
    http: httpx.AsyncClient, conversations: FakeConversations
) -> None:
    """Whoever the client claims to be, it speaks as the token's user and as the customer."""
    customer = await Customer(http).begin(user={"id": "dl_ann", "name": "Ann"})
    await customer.say("hi", **{"from": {"id": "contoso", "name": "Bot", "role": "bot"}})
    spoken = conversations.talks[customer.conversation].said[0].activity
    assert spoken.from_ is not None
    assert (spoken.from_.id, spoken.from_.name, spoken.from_.role) == ("dl_ann", "Ann", "user")


async def test_a_client_cannot_forge_what_the_conversation_tells(
    customer: Customer, conversations: FakeConversations
) -> None:
    """Ids, times, a notice's mark and the handoff's state are the conversation's own to write."""
    await customer.say("hi", timestamp="1999-01-01T00:00:00Z", channelData={"baton": {"notice": "joined"}, "mine": 1})
    said = conversations.talks[customer.conversation].said
    assert (said[0].activity.timestamp, said[0].activity.channel_data) == (None, {"mine": 1})
    for forged in (
        {"type": "event", "name": "handoff.status", "value": {"state": "accepted"}},
        {"type": "event", "name": "handoff.initiate"},
        {"type": "event", "name": "startConversation"},
        {"type": "conversationUpdate"},
        {"type": "invoke", "name": "handoff.status"},
        {"type": "somethingNew"},
    ):
        assert (await customer.post(forged | {"id": "mine"})).json() == {"id": "mine"}
    assert len(said) == 1


async def test_that_the_customer_has_joined_is_known(http: httpx.AsyncClient, conversations: FakeConversations) -> None:
    """However a client tells it, and however often: it changes nothing."""
    customer = await Customer(http).begin(user={"id": "dl_ann"})
    for joined in (
        {"membersAdded": [{"id": "dl_ann", "name": "Ann"}]},
        {"membersAdded": [{"id": "contoso"}, {"id": "dl_ann"}], "recipient": {"id": "contoso"}},
        {"membersAdded": [{"id": "someone", "role": "bot"}], "locale": "en-US"},
        {"membersRemoved": [{"id": "dl_ann"}], "channelData": {"clientActivityID": "c1"}},
        {"membersAdded": "dl_ann", "membersRemoved": [None, 1, {"name": "no id"}]},
    ):
        assert (await customer.post({"type": "conversationUpdate", **joined})).status_code == 200
    assert conversations.talks[customer.conversation].said == []
    assert len((await customer.read())["activities"]) == 1


async def test_of_others_an_update_tells_their_names_alone(
    http: httpx.AsyncClient, conversations: FakeConversations
) -> None:
    """And not of too many."""
    customer = await Customer(http).begin(user={"id": "dl_ann"})
    others = [{"id": f"u{number}", "name": "n" * 300, "role": "user", "aadObjectId": "x"} for number in range(30)]
    await customer.post({"type": "conversationUpdate", "membersAdded": [{"id": "dl_ann"}, *others]})
    heard = conversations.talks[customer.conversation].said[0].activity.wire()
    assert len(heard["membersAdded"]) == 20
    assert heard["membersAdded"][0] == {"id": "u0", "name": "n" * 200, "role": "user"}
    await customer.post({"type": "conversationUpdate", "topicName": "Lamps"})
    assert len(conversations.talks[customer.conversation].said) == 2


async def test_an_invoke_has_a_name(customer: Customer, conversations: FakeConversations) -> None:
    """With one it reaches the conversation, as the customer's."""
    assert error_of(await customer.post({"type": "invoke"})) == (400, "BadArgument")
    assert error_of(await customer.post({"type": "invoke", "name": "n" * 300})) == (400, "BadArgument")
    invoke = {"type": "invoke", "name": "lamp/on", "value": {"n": 1}, "from": {"id": "bot", "role": "bot"}}
    assert (await customer.post(invoke)).status_code == 200
    heard = conversations.talks[customer.conversation].said[-1].activity
    assert (heard.name, heard.value, heard.role) == ("lamp/on", {"n": 1}, "user")


async def test_the_same_activity_three_times_and_two_at_once_has_one_effect(customer: Customer) -> None:
    """A client that is unsure sends again with its own id, and gets the same answer."""
    activity = {"type": "message", "text": "once", "channelData": {"clientActivityID": "c1"}}
    pair = await asyncio.gather(customer.post(activity), customer.post(activity))
    answers = [*pair, *[await customer.post(activity) for _ in range(3)]]
    assert {answer.json()["id"] for answer in answers} == {f"{customer.conversation}|0000002"}
    assert len((await customer.read())["activities"]) == 3


async def test_recognition_goes_with_the_turn(customer: Customer, conversations: FakeConversations) -> None:
    """The gateway recognises under the conversation's version, and brings what it found."""
    await customer.say("first")
    await customer.post({"type": "typing"})
    recognitions = [said.recognition for said in conversations.talks[customer.conversation].said]
    assert [found and found.version for found in recognitions] == ["1", None]


def _nested(levels: int) -> dict[str, Any]:
    value: Any = 1
    for _ in range(levels):
        value = {"v": value}
    return {"type": "event", "name": "x", "value": value}


BAD_BODIES: list[tuple[bytes, tuple[int, str]]] = [
    (b"{", (400, "BadArgument")),
    (b"[]", (400, "BadArgument")),
    (b"\xff\xfe", (400, "BadArgument")),
    (b"", (400, "BadArgument")),
    (b'{"text": "no type"}', (400, "BadArgument")),
    (b'{"type": 7}', (400, "BadArgument")),
    (b'{"type": "message"}', (400, "BadArgument")),
    (b'{"type": "message", "text": ["x"]}', (400, "BadArgument")),
    (b'{"type": "message", "text": "\\ud800"}', (400, "BadArgument")),
    (b'{"type": "message", "text": "x", "id": 7}', (400, "BadArgument")),
    (b'{"type": "message", "text": "x", "id": "a\\u0000b"}', (400, "BadArgument")),
    (b'{"type": "message", "text": "x", "attachments": {}}', (400, "BadArgument")),
    (
        b'{"type": "message", "attachments": [{"contentType": "a/b", "contentUrl": "javascript:x"}]}',
        (400, "BadArgument"),
    ),
    (b'{"type": "message", "text": "' + b"x" * (MAX_TEXT + 1) + b'"}', (413, "MessageSizeTooBig")),
    (b'{"type": "event", "name": "x", "value": "' + b"x" * 262_144 + b'"}', (413, "MessageSizeTooBig")),
    (b'{"a":' * 5000 + b"1" + b"}" * 5000, (400, "BadArgument")),
]


@pytest.mark.parametrize(("body", "error"), BAD_BODIES, ids=range(len(BAD_BODIES)))
async def test_a_malformed_activity_is_refused_in_direct_lines_shape(
    customer: Customer, body: bytes, error: tuple[int, str]
) -> None:
    """Nothing that a client can send makes a 5xx, and nothing of it reaches the conversation."""
    path = f"conversations/{customer.conversation}/activities"
    assert error_of(await customer.call("POST", path, content=body)) == error
    assert len((await customer.read())["activities"]) == 1


async def test_nesting_is_bounded(customer: Customer) -> None:
    """Thirty levels pass, forty do not."""
    assert (await customer.post(_nested(29))).status_code == 200
    assert error_of(await customer.post(_nested(40))) == (400, "BadArgument")


async def test_every_refusal_of_a_request_has_direct_lines_shape(customer: Customer) -> None:
    """Paths, methods, credentials and watermarks that are wrong are each told with their code."""
    here = f"conversations/{customer.conversation}"
    call = customer.call
    assert error_of(await call("GET", "nothing")) == (404, "NotFound")
    assert error_of(await call("DELETE", here)) == (405, "MethodNotAllowed")
    assert error_of(await call("PUT", f"{here}/activities")) == (405, "MethodNotAllowed")
    assert error_of(await customer.http.get(f"/v3/directline/{here}")) == (401, "MissingToken")
    assert error_of(await call("GET", here, bearer="guess")) == (403, "BadSecret")
    assert error_of(await call("POST", "tokens/generate")) == (403, "BadSecret")
    assert error_of(await call("POST", "tokens/refresh", bearer=SECRET)) == (403, "BadSecret")
    assert error_of(await call("GET", "conversations/unknown", bearer=SECRET)) == (404, "ConversationNotFound")
    assert error_of(await call("GET", "conversations/unknown")) == (403, "BadConversation")
    assert error_of(await call("GET", f"{here}/activities?watermark=x")) == (400, "BadArgument")
    assert error_of(await call("GET", f"{here}/activities?watermark=-1")) == (400, "BadArgument")
    assert error_of(await call("POST", "conversations", json={"locale": 7})) == (400, "BadArgument")
    bad_user = {"user": {"id": "x" * 200}}
    assert error_of(await call("POST", "tokens/generate", bearer=SECRET, json=bad_user)) == (400, "BadArgument")


async def test_a_token_whose_conversation_never_started_finds_none(http: httpx.AsyncClient) -> None:
    """A token alone is no conversation."""
    customer = Customer(http)
    generated = (await customer.call("POST", "tokens/generate", bearer=SECRET)).json()
    customer.token, customer.conversation = generated["token"], generated["conversationId"]
    assert error_of(await customer.post({"type": "message", "text": "x"})) == (404, "ConversationNotFound")


async def test_an_expired_token_opens_nothing(customer: Customer) -> None:
    """An expired token is told as such, and cannot be refreshed."""
    expired = Tokens(SIGNING_KEY, seconds=-1).issue(new_claims("contoso"))
    assert error_of(await customer.call("POST", "conversations", bearer=expired)) == (403, "TokenExpired")
    assert error_of(await customer.call("POST", "tokens/refresh", bearer=expired)) == (403, "TokenExpired")


async def test_a_refreshed_token_is_for_the_same_conversation_and_user(customer: Customer, gateway: Gateway) -> None:
    """Refreshing changes nothing but the end."""
    fresh = (await customer.call("POST", "tokens/refresh")).json()
    assert fresh["conversationId"] == customer.conversation
    assert fresh["expires_in"] == 1800
    old, new = gateway.tokens.read(customer.token), gateway.tokens.read(fresh["token"])
    assert (old.user, old.agent) == (new.user, new.agent)


async def test_trusted_origins_limit_pages_and_nothing_else(http: httpx.AsyncClient) -> None:
    """A page of another origin is refused; the named one and a server, which has no origin, are not."""
    customer = await Customer(http).begin(trustedOrigins=["https://shop.example"])
    path = f"conversations/{customer.conversation}/activities"
    here = await customer.call("GET", path, headers={"Origin": "https://shop.example"})
    there = await customer.call("GET", path, headers={"Origin": "https://evil.example"})
    assert here.status_code == 200
    assert here.headers["access-control-allow-origin"] == "*"
    assert error_of(there) == (403, "OriginNotTrusted")


async def test_pages_of_any_origin_may_ask_first(http: httpx.AsyncClient) -> None:
    """A browser's preflight for an activity is answered."""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,x-ms-bot-agent"}
    answer = await http.options(
        "/v3/directline/conversations/x/activities", headers={"Origin": "https://shop.example"} | asked
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_an_outage_is_told_with_when_to_try_again(customer: Customer, conversations: FakeConversations) -> None:
    """While no worker answers it is 502 or 503 with Retry-After, and afterwards the same post counts once."""
    activity = {"type": "message", "text": "still there?", "id": "k"}
    conversations.outage = True
    posted = await customer.post(activity)
    read = await customer.call("GET", f"conversations/{customer.conversation}/activities")
    assert (error_of(posted), error_of(read)) == ((502, "BotTimedOut"), (503, "ServiceUnavailable"))
    assert posted.headers["retry-after"] == read.headers["retry-after"] == "2"
    conversations.outage = False
    assert (await customer.post(activity)).status_code == 200
    assert len((await customer.read())["activities"]) == 3


async def test_a_conversation_that_has_ended_says_so(customer: Customer, conversations: FakeConversations) -> None:
    """Nothing more can be said in it, but it can still be read."""
    conversations.talks[customer.conversation].ended = True
    assert error_of(await customer.post({"type": "message", "text": "x"})) == (404, "ConversationEnded")
    assert len((await customer.read())["activities"]) == 1


async def test_an_agent_that_is_not_published_takes_nobody(http: httpx.AsyncClient) -> None:
    """Its conversation cannot start yet: 503, and when to try again."""
    answer = await Customer(http).call("POST", "conversations", bearer="another agent's secret")
    assert error_of(answer) == (503, "BotNotAvailable")
    assert answer.headers["retry-after"] == "10"

"""What a customer's client tells beside messages, through the real gateway to the topics that are for it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from settings.model import AgentSettings
from settings.signing_in import SignInSettings
from tests.gateway.serving import Customer, make_gateway, serving
from tests.support.agents import ESCALATE, SETTINGS, write_agent
from tests.support.house import TASK_QUEUE, House
from tests.support.patient import patient_client
from tests.support.talking import ask, say, topic
from workflows.client import Conversations

TOPICS = {
    "Start": topic("OnConversationStart", say("hello")),
    "Update": topic("OnActivity", say("updated {System.Activity.Type}"), type="ConversationUpdate"),
    "Invoked": topic("OnActivity", say("{System.Activity.Name} {System.Activity.Value.n}"), type="Invoke"),
    "SignIn": topic(
        "OnRecognizedIntent",
        {"kind": "OAuthInput", "id": "o"},
        say("{System.User.IsLoggedIn} {Len(System.User.AccessToken)}"),
        phrases=("sign me in",),
    ),
    "Join": topic("OnEventActivity", say("joined"), eventName="webchat/join"),
    "Name": topic(
        "OnRecognizedIntent", ask("Topic.Name", prompt="Your name?"), say("hi {Topic.Name}"), phrases=("name",)
    ),
}
PAGE = "https://login.contoso.com/{}"
UPDATED = ["updated conversationUpdate"]


@pytest.fixture
async def customer(house: House, tmp_path: Path) -> AsyncIterator[Customer]:
    """A customer of an agent that has topics for all of it."""
    files = {f"topics/{name}.mcs.yml": json.dumps(body) for name, body in TOPICS.items()}
    files |= {"settings.mcs.yml": SETTINGS.replace("testing", "shop"), "topics/Escalate.mcs.yml": ESCALATE}
    house.versions.publish("contoso", write_agent(tmp_path / "contoso", files))
    gateway = make_gateway(Conversations(house.environment.client, TASK_QUEUE), tmp_path, versions=house.versions)
    signin = SignInSettings(link=PAGE.replace("{}", "{conversation}"))
    agents = {"contoso": AgentSettings(path=tmp_path / "contoso", signin=signin)}
    gateway.settings = gateway.settings.model_copy(update={"agents": agents})
    async with serving(gateway) as address, patient_client(address) as http:
        yield await Customer(http).begin(user={"id": "dl_ann"})


async def heard(customer: Customer) -> list[str]:
    """What the agent has said."""
    log = (await customer.read())["activities"]
    return [each["text"] for each in log if each.get("text") and each["from"]["role"] == "bot"]


async def tell(customer: Customer, **activity: Any) -> list[str]:
    """What the agent says more when the client has posted this."""
    before = len(await heard(customer))
    assert (await customer.post(activity)).status_code == 200
    return (await heard(customer))[before:]


async def test_an_invoke_reaches_its_topics(customer: Customer) -> None:
    """Once, however often it is sent, and it is not written down."""
    invoke = {"type": "invoke", "name": "lamp/on", "id": "i1", "value": {"n": 7}}
    assert await tell(customer, **invoke) == ["lamp/on 7"]
    assert await tell(customer, **invoke) == []
    assert "invoke" not in [each["type"] for each in (await customer.read())["activities"]]


async def test_an_invoke_comes_above_an_open_question(customer: Customer) -> None:
    """Which is asked again."""
    await customer.say("name")
    assert await tell(customer, type="invoke", name="lamp/on", value={"n": 7}) == ["lamp/on 7", "Your name?"]
    await customer.say("Ann")
    assert (await heard(customer))[-1] == "hi Ann"


async def test_the_greeting_is_made_once(customer: Customer) -> None:
    """A client that tells that the customer has joined, as an update or by an event of its own, greets nobody again."""
    assert await heard(customer) == [*UPDATED, "hello"]
    me = {"membersAdded": [{"id": "dl_ann"}]}
    assert await tell(customer, type="conversationUpdate", **me) == []
    assert await tell(customer, type="conversationUpdate", channelData={"clientActivityID": "x"}) == []
    assert await tell(customer, type="event", name="startConversation") == []
    assert await tell(customer, type="event", name="DIRECT_LINE/CONNECT_FULFILLED") == []
    assert await tell(customer, type="event", name="webchat/join") == ["joined"]


@pytest.mark.parametrize(("kind", "name"), [("event", "tokens/response"), ("invoke", "signin/tokenExchange")])
async def test_a_token_signs_in_and_is_written_down_nowhere(
    customer: Customer, house: House, kind: str, name: str
) -> None:
    """Neither in the log, nor in what a representative would be given; one that nobody asked for signs nobody in."""
    told = {"type": kind, "name": name, "value": {"id": "1", "token": "a secret token"}}
    assert await tell(customer, **told, id="t0") in ([], ["signin/tokenExchange "])
    await customer.say("sign me in")
    card = (await customer.read())["activities"][-1]["attachments"][0]["content"]
    assert card["buttons"] == [{"type": "signin", "title": "Sign in", "value": PAGE.format(customer.conversation)}]
    assert await tell(customer, **told, id="t1") == ["true 14"]
    assert "a secret token" not in json.dumps(await customer.read())
    handle = house.environment.client.get_workflow_handle(customer.conversation)
    assert "a secret token" not in json.dumps(await handle.query("activities", 0))


async def test_an_update_that_tells_of_something_else_reaches_its_topics(customer: Customer) -> None:
    """Of somebody else, or of the conversation's own topic."""
    assert await tell(customer, type="conversationUpdate", topicName="Lamps") == UPDATED
    assert await tell(customer, type="conversationUpdate", membersAdded=[{"id": "bob"}]) == UPDATED

"""An agent that asks the world outside, and what it may reach of it."""

import json
from pathlib import Path

from settings.world import ModelSettings, WorldSettings
from simulators.world import WorldSimulator
from tests.support.agents import ESCALATE, SETTINGS
from tests.support.talking import Node, ask, put, say, topic, when

LATENCY = {"allowLatencyMessage": True, "latencyMessage": "One moment.", "latencyMessageDelayInMilliseconds": 300}


def asking(url: str) -> dict[str, str]:
    """Its files."""
    order = {
        "kind": "HttpRequestAction",
        "id": "http",
        "url": f"{url}/orders/{{Topic.Number}}",
        "response": "Topic.Order",
        "requestTimeoutInMilliseconds": 20_000,
        "latencyMessageSettings": LATENCY,
    }
    flow = {
        "kind": "InvokeFlowAction",
        "id": "flow",
        "flowId": "refund",
        "input": {"binding": {"name": "=Topic.Name"}},
        "output": {"binding": {"name": "Topic.Back"}},
    }
    search = {
        "kind": "SearchAndSummarizeContent",
        "id": "s",
        "userInput": "=System.Activity.Text",
        "variable": "Topic.A",
    }
    advice = {
        "kind": "BeginDialog",
        "id": "advice",
        "dialog": "shop.agent.Advisor",
        "input": {"binding": {"Room": "hall"}},
    }
    topics: dict[str, Node] = {
        "Order": topic(
            "OnRecognizedIntent",
            ask("Topic.Number", prompt="Which order?"),
            order,
            say("It is {Topic.Order.state}."),
            phrases=("where is my order",),
        ),
        "Refund": topic(
            "OnRecognizedIntent",
            put("Topic.Name", "Grace"),
            flow,
            say("Back: {Topic.Back}"),
            phrases=("refund please",),
        ),
        "Advice": topic("OnRecognizedIntent", advice, say("Anything else?"), phrases=("which lamp is for me",)),
        "SignIn": topic(
            "OnRecognizedIntent",
            {"kind": "OAuthInput", "id": "o"},
            say("{System.User.IsLoggedIn} {Len(System.User.AccessToken)}"),
            phrases=("sign me in",),
        ),
        "Hours": topic("OnRecognizedIntent", say("Nine to five."), phrases=("opening hours",)),
        "Boosting": topic("OnUnknownIntent", search, when("=IsBlank(Topic.A)", say("No idea."))),
        "Quiet": topic("OnInactivity", say("Are you still there?"), durationInSeconds=900),
        "Quieter": topic("OnInactivity", say("Hello?"), durationInSeconds=1800),
        "Invoked": topic("OnActivity", say("Invoked."), type="Invoke"),
        "Error": topic("OnError", say("Error {System.Error.Code}.")),
    }
    files = {f"topics/{name}.mcs.yml": json.dumps(body) for name, body in topics.items()}
    advisor = {
        "kind": "AgentDialog",
        "beginDialog": {"kind": "OnToolSelected", "id": "main", "description": "Knows which lamp fits."},
        "settings": {"instructions": "Advise on lamps for the {Topic.Room}."},
    }
    files["agents/Advisor/agent.mcs.yml"] = json.dumps(advisor)
    settings = SETTINGS.replace("testing", "shop")
    return {"settings.mcs.yml": settings, "topics/Escalate.mcs.yml": ESCALATE, **files}


def world_of(url: str, world: WorldSimulator, root: Path) -> WorldSettings:
    """What it may reach, with a folder of knowledge."""
    addresses = (("flow", f"{url}/flows/refund"), ("redeem", f"{url}/flows/signin"))
    for name, content in (("key", world.key), *addresses):
        (root / name).write_text(content, encoding="utf-8")
    knowledge = root / "knowledge"
    knowledge.mkdir(exist_ok=True)
    (knowledge / "returns.md").write_text("You may return a lamp within thirty days.", encoding="utf-8")
    return WorldSettings(
        internal=("127.0.0.1",),
        flows={"refund": f"file:{root / 'flow'}"},
        model=ModelSettings(url=f"{url}/v1", model=world.model, key=f"file:{root / 'key'}"),
        knowledge=knowledge,
    )

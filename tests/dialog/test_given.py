"""What a channel knows of the customer becomes variables, as far as the agent lets itself be told."""

import json

from dialog.given import given
from dialog.loader import load_agent
from dialog.state import DialogState
from tests.support.talking import put, say, topic


def _variable(name: str, **more: object) -> str:
    return json.dumps({"kind": "GlobalVariableComponent", "name": name, "scope": "Conversation", **more})


def test_an_agent_is_told_only_what_it_lets_itself_be_told() -> None:
    """A declared variable where it says so, an undeclared one always, and what a topic has set stays."""
    files = {
        "settings.mcs.yml": "schemaName: shop\n",
        "topics/Start.mcs.yml": json.dumps(topic("OnConversationStart", say("Hello"), put("Global.Set", "here"))),
        "variables/Open.mcs.yml": _variable("Open", isExternalInitializationAllowed=True),
        "variables/Closed.mcs.yml": _variable("Closed"),
    }
    agent = load_agent(files).definition
    assert agent is not None
    state = DialogState(globals={"Set": "here"}, last_set={"Set": "here"})
    told = given(agent, state, {"Open": "o", "Closed": "c", "Other": "5", "Set": "outside"})
    assert told.globals == {"Open": "o", "Other": "5", "Set": "here"}
    assert list(told.last_set) == ["Open", "Other", "Set"]
    assert given(agent, told, {"Closed": "c"}) is told

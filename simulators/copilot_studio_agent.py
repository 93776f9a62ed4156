"""What the simulated agent in Copilot Studio says, and the event with which it asks for a human.

The event's form: learn.microsoft.com/microsoft-copilot-studio/configure-generic-handoff, and the sample of Microsoft's
`HandoffHelper`.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol

_ASKS = ("agent", "human", "person", "representative")


class Conversation(Protocol):
    """A conversation as the agent knows it."""

    id: str
    activities: list[dict[str, Any]]
    handed_over: int
    silent: bool


@dataclass
class Agent:
    """An agent with a topic or two."""

    name: str = "Contoso Bot"
    handoff_event: str = "handoff.initiate"
    handoff_value: Any = None
    """What the event brings, where its author does not leave that to Copilot Studio."""
    variables: dict[str, Any] = field(default_factory=dict)
    """What its topics have set."""

    def answers(self, talk: Conversation, said: dict[str, Any]) -> list[dict[str, Any]]:
        """What it says to this, in order."""
        match said["type"], said.get("name"):
            case "event", "startConversation":
                return [_text("Hello, I'm Contoso's agent in the cloud.")]
            case "event", "handoff.status":
                talk.silent = False
                return [_text(f"Back from the handoff: {said['value']['state']}.")]
            case "message", _:
                return self._replies(talk, said)
            case _:
                return []

    def _replies(self, talk: Conversation, said: dict[str, Any]) -> list[dict[str, Any]]:
        text = str(said.get("text", ""))
        talk.silent = False
        if any(word in text.casefold() for word in _ASKS):
            talk.handed_over += 1
            talk.silent = True
            return [_text("I'll get somebody for you."), self._handoff(talk, said)]
        if text.casefold() == "bye":
            return [_text("Goodbye!"), {"type": "endOfConversation", "code": "completedSuccessfully"}]
        return [{"type": "typing"}, _text(f"You said: {text}") | {"replyToId": said["id"]}]

    def _handoff(self, talk: Conversation, said: dict[str, Any]) -> dict[str, Any]:
        phrases = [each["text"] for each in talk.activities if each["type"] == "message" and _by(each, "user")]
        value = {
            "va_Scope": "bot",
            "va_LastTopic": "Escalate",
            "va_Topics": ["Greeting", "Escalate"],
            "va_LastPhrase": phrases[-1],
            "va_Phrases": phrases,
            "va_ConversationId": talk.id,
            "va_AgentMessage": "The customer asked for a person.",
            "va_BotId": "f074b91b-2f8c-4543-bbcc-7226e9662c01",
            "va_BotName": self.name,
            "va_Language": "en-US",
            **self.variables,
        }
        told = [each for each in talk.activities if each["type"] == "message"]
        said_last = {**_text("I'll get somebody for you."), "id": f"{talk.id}|{len(talk.activities):07d}"}
        transcript = [*told, said_last | {"from": {"id": "the agent", "name": self.name, "role": "bot"}}]
        return {
            "type": "event",
            "name": self.handoff_event,
            "value": value if self.handoff_value is None else self.handoff_value,
            "attachments": [
                {"contentType": "application/json", "name": "Transcript", "content": {"activities": transcript}}
            ],
            "entities": [],
            "replyToId": said["id"],
            "relatesTo": {"activityId": said["id"], "conversation": {"id": talk.id}, "channelId": "directline"},
        }


def _by(activity: dict[str, Any], role: str) -> bool:
    return bool(activity["from"]["role"] == role)


def _text(text: str) -> dict[str, Any]:
    """A message with the traces that Copilot Studio adds to each."""
    traces = {"DialogTraceDetail": {"DialogTraces": []}, "CurrentMessageDetail": {}, "cci_trace_id": "1xc8K"}
    return {"type": "message", "text": text, "textFormat": "markdown", "channelData": traces}

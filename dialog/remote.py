"""What an agent that runs elsewhere says, understood as the topic machine's own turns are: pure, like everything here.

The handoff's event: learn.microsoft.com/microsoft-copilot-studio/configure-generic-handoff.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dialog.turn import EndConversation, Request, Transfer
from protocol.activity import END_OF_CONVERSATION, EVENT, MESSAGE, Activity
from protocol.models import Owned
from protocol.remote import RemoteRules

_THEIRS = frozenset(
    """id timestamp localTimestamp conversation recipient from replyToId serviceUrl channelId relatesTo""".split()  # noqa: SIM905 - names read better as prose
)
"""What the agent's own channel has put on an activity; ours puts on its own."""
_TRACES = frozenset(
    """DialogTraceDetail ConversationUnderstandingDetail VariableDetail CurrentMessageDetail traceHistory
    enableDiagnostics baton""".split()  # noqa: SIM905 - likewise
)
"""Of `channelData`: Copilot Studio's traces, which are for its own analytics, and what is Baton's to say."""


class Understood(Owned):
    """What some activities of the agent's come to."""

    outgoing: tuple[Activity, ...] = ()
    requests: tuple[Request, ...] = ()
    variables: dict[str, Any] | None = None
    """What a handoff's event told; None where there was none."""


def understood(activities: Sequence[Activity], rules: RemoteRules) -> Understood:
    """What the customer is told, and what the agent asks for: a human, or the end.

    What stands behind either is not told any more, for the agent does not hold the conversation then.
    """
    outgoing: list[Activity] = []
    for said in activities:
        if said.type == EVENT and said.name in rules.handoff_events:
            variables = variables_of(said.value)
            message = variables.get("va_AgentMessage")
            transfer = Transfer(message=str(message) if message else None, variables=variables)
            return Understood(outgoing=tuple(outgoing), requests=(transfer,), variables=variables)
        if said.type in {MESSAGE, EVENT, END_OF_CONVERSATION}:
            outgoing.append(said)
        if said.type == END_OF_CONVERSATION:
            return Understood(outgoing=tuple(outgoing), requests=(EndConversation(),))
    return Understood(outgoing=tuple(outgoing))


def variables_of(value: Any) -> dict[str, Any]:
    """A handoff's variables. An author's own event may bring a mere text, which is a note for the representative."""
    if isinstance(value, Mapping):
        return dict(value)
    return {"va_AgentMessage": str(value)} if value not in (None, "") else {}


def trimmed(said: Activity) -> Activity:
    """An activity of the agent's without what its own channel has put on it, and a handoff's without its transcript.

    Every message that stands in that was relayed, and is in the conversation's log.
    """
    wire = {name: value for name, value in said.wire().items() if name not in _THEIRS}
    data = wire.get("channelData")
    if isinstance(data, dict):
        kept = {name: value for name, value in data.items() if name not in _TRACES and not name.startswith("cci_")}
        wire["channelData"] = kept or None
    if said.type == EVENT:
        others = [each for each in wire.get("attachments") or () if not _is_transcript(each)]
        wire["attachments"] = others or None
    return Activity.model_validate(wire | {"id": said.id, "from": wire_of_sender(said)})


def wire_of_sender(said: Activity) -> dict[str, Any] | None:
    """Who said it: only the name is told on."""
    return {"id": said.from_.id, "name": said.from_.name, "role": "bot"} if said.from_ else None


def _is_transcript(attachment: Any) -> bool:
    return isinstance(attachment, Mapping) and str(attachment.get("name", "")).casefold() == "transcript"

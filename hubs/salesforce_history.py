"""What Salesforce is given of a handoff: a few parameters for its flow, and everything as text.

It takes no transcript of others, and 22 messages a minute: summary and newest part go at once, the rest behind them.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from hubs.handoffs import Handoff
from hubs.told import chunks, line_of, summary
from settings.hubs import SalesforceSettings

AT_ONCE = 5
"""Messages that `open` tells, within what a conversation may be told in one go."""
_HEADING = 40
"""Characters that stand before a part of the transcript, at the most."""


def uuid_of(*parts: str) -> str:
    """The UUID of a thing of ours, the same at every try; Salesforce wants the shape of version 4."""
    return str(UUID(bytes=sha256("\n".join(parts).encode()).digest()[:16], version=4))


def conversation_of(key: str) -> str:
    """The conversation of a handoff."""
    return uuid_of(key)


def message_of(key: str, activity: str, part: int) -> str:
    """One message of what an activity of the customer's became."""
    return uuid_of(key, activity, str(part))


def history_of(key: str, part: int) -> str:
    """One message of the history; numbered as the conversation went, the summary first."""
    return uuid_of(key, "history", str(part))


@dataclass(frozen=True)
class Told:
    """One message that tells history."""

    id: str
    text: str


def history(handoff: Handoff, limit: int) -> tuple[list[Told], list[Told]]:
    """What is told at once, and what is left; the same for the same handoff."""
    head = list(chunks(summary(handoff).splitlines(), limit))
    body = list(chunks(map(line_of, handoff.transcript), limit - _HEADING))
    headed = [f"Conversation so far, {number} of {len(body)}\n{text}" for number, text in enumerate(body, 1)]
    whole = [Told(history_of(handoff.key, part), text) for part, text in enumerate([*head, *headed])]
    if len(whole) <= AT_ONCE:
        return whole, []
    first = whole[: min(len(head), AT_ONCE - 1)]
    newest = whole[len(first) - AT_ONCE :]
    return [*first, *newest], whole[len(first) : len(whole) - len(newest)]


def parameters(handoff: Handoff, settings: SalesforceSettings) -> dict[str, str]:
    """The routing attributes: strings, and only of the parameters that the administrator made."""
    known = {
        **handoff.variables,
        "handoff.key": handoff.key,
        "handoff.queue": handoff.queue,
        "handoff.skills": ",".join(handoff.skills) or None,
        "handoff.priority": handoff.priority,
        "handoff.language": handoff.locale,
        "handoff.summary": summary(handoff),
    }
    chosen = {parameter: known.get(name) for name, parameter in settings.parameters.items()}
    return {
        parameter: _text(value)[: settings.parameter_length] for parameter, value in chosen.items() if value is not None
    }


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)

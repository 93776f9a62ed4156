"""What operators find conversations by, and what Temporal's own web page shows of one.

Search attributes are upserted only on change, and hold nothing personal.
"""

from collections.abc import Mapping
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair, SearchAttributeUpdate, TypedSearchAttributes

from protocol.conversation import ConversationStart, Phase
from protocol.status import HandoffStatus, Milestone

PHASE = SearchAttributeKey.for_keyword("BatonPhase")
AGENT = SearchAttributeKey.for_keyword("BatonAgent")
TOPIC = SearchAttributeKey.for_keyword("BatonTopic")
HUB = SearchAttributeKey.for_keyword("BatonHub")
QUEUE = SearchAttributeKey.for_keyword("BatonQueue")
HANDOFF = SearchAttributeKey.for_keyword("BatonHandoff")
CHANNEL = SearchAttributeKey.for_keyword("BatonChannel")
ESCALATED = SearchAttributeKey.for_bool("BatonEscalated")

SEARCH_ATTRIBUTES: tuple[SearchAttributeKey[Any], ...] = (
    PHASE,
    AGENT,
    TOPIC,
    HUB,
    QUEUE,
    HANDOFF,
    CHANNEL,
    ESCALATED,
)
"""All of them, for whoever registers them with a namespace."""

_KEYWORDS = {"BatonPhase": PHASE, "BatonTopic": TOPIC, "BatonHub": HUB, "BatonQueue": QUEUE, "BatonHandoff": HANDOFF}


def at_start(start: ConversationStart) -> TypedSearchAttributes:
    """The search attributes of a conversation that begins."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(PHASE, str(Phase.AGENT)),
            SearchAttributePair(AGENT, start.agent),
            SearchAttributePair(CHANNEL, start.channel),
            SearchAttributePair(ESCALATED, False),
        ]
    )


def upsert_changed(shown: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Upsert what differs between what is `shown` and what holds `now`, in one command or none."""
    changed = {name: value for name, value in now.items() if shown.get(name, "") != value}
    updates: list[SearchAttributeUpdate[Any]] = [
        _KEYWORDS[name].value_set(value) if value else _KEYWORDS[name].value_unset() for name, value in changed.items()
    ]
    if changed.get("BatonHub"):
        updates.append(ESCALATED.value_set(True))
    if updates:
        workflow.upsert_search_attributes(updates)


def story(phase: Phase, topic: str, handoff: HandoffStatus | None, timeline: tuple[Milestone, ...]) -> str:
    """The conversation in Markdown, for the page of its run in Temporal's web interface."""
    lines = [f"**{phase}**" + (f" · topic `{topic}`" if topic else "")]
    if handoff:
        where = "/".join(part for part in (handoff.hub, handoff.queue) if part)
        lines.append(f"Handoff {handoff.number}: **{handoff.state}** at `{where or 'no hub yet'}`")
    lines.extend(
        f"- {milestone.at:%H:%M:%S} {milestone.what} {milestone.detail}".rstrip() for milestone in timeline[-15:]
    )
    return "\n\n".join(lines[:2]) + "\n\n" + "\n".join(lines[2:])

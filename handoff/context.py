"""What a representative is told about the conversation: Microsoft's `va_*` variables and the agent's own.

Names and meanings: learn.microsoft.com/microsoft-copilot-studio/advanced-hand-off. The last phrase goes by both of its
names, because Microsoft's sample payload and its table of variables disagree.
"""

from collections.abc import Mapping, Sequence
from typing import Any

MAX_PHRASES = 50
"""How many of the customer's phrases go into `va_Phrases`: the transcript has them all."""


def handoff_variables(  # noqa: PLR0913 - each is one `va_*` variable, and keyword only
    *,
    conversation: str,
    bot_id: str,
    bot_name: str,
    language: str,
    last_topic: str,
    topics: Sequence[str],
    phrases: Sequence[str],
    message: str | None,
    own: Mapping[str, Any],
) -> dict[str, Any]:
    """The `value` of `handoff.initiate`. An agent's variable never hides one of Microsoft's names."""
    last_phrase = phrases[-1] if phrases else ""
    context: dict[str, Any] = {
        "va_Scope": "bot",
        "va_LastTopic": last_topic,
        "va_Topics": list(topics),
        "va_LastPhrase": last_phrase,
        "va_LastPhrases": last_phrase,
        "va_Phrases": list(phrases)[-MAX_PHRASES:],
        "va_ConversationId": conversation,
        "va_BotId": bot_id,
        "va_BotName": bot_name,
        "va_Language": language,
    }
    if message:
        context["va_AgentMessage"] = message
    return {**own, **context}

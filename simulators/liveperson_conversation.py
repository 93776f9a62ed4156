"""One conversation of a simulated LivePerson, and the notifications that tell of it."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

ANY_SKILL = "-1"
MESSAGING, CHANGE = "ms.MessagingEventNotification", "cqm.ExConversationChangeNotification"


@dataclass
class Held:
    """One conversation: its main dialog has its id, as LivePerson's does."""

    id: str
    consumer: str
    key: str
    """The external id, for which the consumer was made."""
    account: str
    profile: list[dict[str, Any]]
    skill: str = ANY_SKILL
    messages: list[str] = field(default_factory=list)
    """The consumer's."""
    typed: int = 0
    agents: list[str] = field(default_factory=list)
    state: str = "OPEN"
    main: str = "OPEN"
    close_reason: str = ""
    delay: dict[str, Any] | None = None
    sequence: int = -1
    changed_at: int = 0
    telling: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Webhooks go out in order within a conversation."""

    @property
    def agent(self) -> str:
        """Who has it, or speaks without having it."""
        return self.agents[0] if self.agents else "agent-1"

    def number(self) -> int:
        """The number of what happens next in the dialog."""
        self.sequence += 1
        return self.sequence

    def change(self) -> dict[str, Any]:
        """The notification of how it stands now: always the whole."""
        self.changed_at = max(self.changed_at + 1, _now())
        participants = [{"id": self.consumer, "role": "CONSUMER"}]
        participants += [{"id": agent, "role": "ASSIGNED_AGENT", "state": "ACTIVE"} for agent in self.agents]
        details = {
            "skillId": self.skill,
            "participants": participants,
            "dialogs": self._dialogs(),
            "brandId": self.account,
            "state": self.state,
            "stage": self.state,
            "metaDataLastUpdateTs": self.changed_at,
            "ttr": {"ttrType": "NORMAL", "value": 3600},
            **({"closeReason": self.close_reason} if self.close_reason else {}),
            **({"delay": self.delay} if self.delay else {}),
        }
        result = {"convId": self.id, "effectiveTTR": -1, "conversationDetails": details}
        return _notification(CHANGE, {"type": "UPSERT", "result": result})

    def event(
        self, who: str, role: str, event: dict[str, Any], *, audience: str = "ALL", dialog: str = ""
    ) -> dict[str, Any]:
        """The notification of what happens in a dialog; what only shows presence has no number."""
        shows_presence = event["type"] == "ChatStateEvent"
        change = {
            **({} if shows_presence else {"sequence": 0 if dialog else self.number(), "serverTimestamp": _now()}),
            "originatorId": who,
            "originatorMetadata": {"id": who, "role": role},
            "event": event,
            "conversationId": self.id,
            "dialogId": dialog or self.id,
            "messageAudience": audience,
        }
        return _notification(MESSAGING, change)

    def _dialogs(self) -> list[dict[str, Any]]:
        common = {"channelType": "MESSAGING", "metaDataLastUpdateTs": self.changed_at}
        main = {"dialogId": self.id, "dialogType": "MAIN", "state": self.main, **common}
        survey = {"dialogId": f"{self.id}-survey", "dialogType": "POST_SURVEY", "state": self.state, **common}
        return [main, *([survey] if self.close_reason == "AGENT" else [])]


def plain(words: str) -> dict[str, Any]:
    """A plain text."""
    return {"type": "ContentEvent", "message": words, "contentType": "text/plain"}


def _notification(kind: str, change: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "notification", "body": {"sentTs": _now(), "changes": [change]}, "type": kind}


def _now() -> int:
    return int(time.time() * 1000)

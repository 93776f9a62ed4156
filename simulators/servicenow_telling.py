"""How a simulated ServiceNow calls back: one callback after another, under the outbound configuration's header."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from settings.trust import trusted
from simulators.hub import HubSimulator

CALLBACK_WITHIN = 5.0
"""Seconds that the outbound configuration gives whoever is called back."""
ECHOED = frozenset(["requestId", "message", "clientVariables"])
"""What a callback repeats of the request."""


@dataclass
class Session:
    """One conversation of the Virtual Agent's."""

    key: str
    user: str
    opening: dict[str, Any] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    requests: int = 0
    typed: int = 0
    busy: bool = False
    in_agent_chat: bool = False
    agent: dict[str, Any] = field(default_factory=lambda: {"sentFromAgent": True})
    newest_request: dict[str, Any] = field(default_factory=dict)


class Teller:
    """Tells `hub`'s callbacks, as its faults allow."""

    def __init__(self, hub: HubSimulator, secret: str) -> None:
        self.body_as_object = False
        """Whether a callback's single item comes without the array around it, as in some of the documentation."""
        self._hub = hub
        self._headers = {"X-Baton-Secret": secret}
        self._in_order = asyncio.Lock()

    async def tell(self, session: Session, items: list[dict[str, Any]], **flags: Any) -> None:
        """One callback, after those that are under way; it echoes the session's newest request."""
        request = session.newest_request
        echoed = {name: value for name, value in request.items() if name in ECHOED}
        # The documentation's examples leave a flag out that is false.
        flagged: dict[str, Any] = {"agentChat": True, **flags} if session.in_agent_chat else flags
        body: Any = items[0] if self.body_as_object and len(items) == 1 else items
        callback: dict[str, Any] = {
            **echoed,
            "clientSessionId": session.key,
            "userId": session.user,
            "body": body,
            "score": "1",
            **flagged,
        }
        async with self._in_order:
            await self._hub.callback_faults.send(lambda: self._call_back(callback))

    async def _call_back(self, callback: dict[str, Any]) -> None:
        if not self._hub.callback:
            return
        with suppress(httpx.HTTPError):
            async with httpx.AsyncClient(verify=trusted(), headers=self._headers, timeout=CALLBACK_WITHIN) as client:
                answer = await client.post(self._hub.callback, json=callback)
                self._hub.callbacks.append(answer.status_code)


def action(kind: str) -> dict[str, Any]:
    """An `ActionMsg`."""
    return {"uiType": "ActionMsg", "actionType": kind}


def output(text: str) -> dict[str, Any]:
    """An `OutputText`."""
    return {"uiType": "OutputText", "group": "DefaultText", "value": text, "maskType": "NONE"}

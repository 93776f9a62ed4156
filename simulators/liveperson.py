"""A LivePerson that keeps the contract of the Connector API as far as a handoff meets it.

It deduplicates nothing: a repeated message is another one, and a consumer who has a conversation is refused a second.
Everything that happens comes back by webhook, in order within a conversation, our own words included; what is not
answered with 200 or 201 is told again.
"""

import hashlib
import time
from typing import Any, ClassVar

from starlette.applications import Starlette

from hubs.liveperson import LivePersonHub
from hubs.liveperson_words import HEADING
from settings.hubs import LivePersonSettings
from simulators.hub import HubSimulator
from simulators.liveperson_account import ACCOUNT, CLIENT, SECRET, SHIFT_TOKEN, SKILLS, Account
from simulators.liveperson_conversation import Held, plain


class LivePersonSimulator(HubSimulator):
    """One account with one installed application."""

    kind: ClassVar[str] = "liveperson"
    numbers_callbacks: ClassVar[bool] = True
    opens: ClassVar[str] = "conversation"
    relays: ClassVar[str] = "message"
    account, client_id, client_secret, shift_token = ACCOUNT, CLIENT, SECRET, SHIFT_TOKEN

    def __init__(self) -> None:
        super().__init__()
        self.services = Account(self)

    def app(self) -> Starlette:
        """All services on one address."""
        return self.services.app()

    def adapter(self, name: str) -> LivePersonHub:
        """Baton's adapter."""
        return LivePersonHub(name, LivePersonSettings.model_validate(self.settings()), self.client_secret)

    def settings(self) -> dict[str, Any]:
        """One account; the pace is faster than a real one's, and an echo takes no longer here."""
        known = {"kind": self.kind, "account": self.account, "client_id": self.client_id, "directory": self.url}
        paced = {"sends_per_second": 50, "echo_seconds": 3}
        return {**known, "client_secret": "env:LIVEPERSON_SECRET", **paced, "skills": SKILLS}

    @property
    def secrets(self) -> dict[str, str]:
        """The client's secret."""
        return {"LIVEPERSON_SECRET": self.client_secret}

    def opened(self) -> list[str]:
        """The external ids of the consumers."""
        return [held.key for held in self.services.held.values()]

    def is_open(self, key: str) -> bool:
        """Whether the main dialog is."""
        return self._of(key).main == "OPEN"

    def history(self, key: str) -> list[str]:
        """The consumer's messages under the heading of a history."""
        return [each for each in self._of(key).messages if each.startswith(HEADING)]

    def variables(self, key: str) -> dict[str, Any]:
        """The profile; note and variables stand first in the history."""
        return {"profile": self._of(key).profile, "summary": "\n".join(self.history(key)[:2])}

    def said(self, key: str) -> list[str]:
        """The consumer's other messages."""
        return [each for each in self._of(key).messages if not each.startswith(HEADING)]

    def files(self, key: str) -> list[str]:
        """The addresses that stand in the texts, each behind its file's name."""
        return [each.rpartition(": ")[2] for each in self.said(key) if ": http" in each]

    def typed(self, key: str) -> int:
        """How often the consumer was shown composing."""
        return self._of(key).typed

    def expire_tokens(self) -> bool:
        """Both kinds."""
        self.services.tokens.generation += 1
        return True

    async def join(self, key: str, name: str) -> None:
        """An agent accepts: one of another id for each name."""
        held = self._of(key)
        held.agents = [hashlib.sha256(name.encode()).hexdigest()[:36]]
        await self.services.tell(held, held.change())

    async def leave(self, key: str) -> None:
        """The agent gives it back to the queue."""
        held = self._of(key)
        held.agents = []
        await self.services.tell(held, held.change())

    async def transfer(self, key: str, queue: str) -> None:
        """The agent hands it on to another skill."""
        held = self._of(key)
        held.agents, held.skill = [], SKILLS.get(queue, queue)
        await self.services.tell(held, held.change())

    async def delay(self, key: str, kind: str, seconds: int) -> None:
        """Nobody will be there for so long: NIGHT, WEEKEND or HOLIDAY."""
        held = self._of(key)
        held.delay = {"type": kind, "tillWhen": int((time.time() + seconds) * 1000)}
        await self.services.tell(held, held.change())

    async def say(self, key: str, text: str, *, times: int = 1) -> None:
        """The agent's text."""
        held = self._of(key)
        said = held.event(held.agent, "ASSIGNED_AGENT", plain(text))
        for _ in range(times):
            await self.services.tell(held, said)

    async def say_image(self, key: str, url: str) -> None:
        """The agent's structured content, with a picture in it."""
        held = self._of(key)
        rich = {
            "type": "RichContentEvent",
            "content": {"type": "vertical", "elements": [{"type": "image", "url": url}]},
        }
        await self.services.tell(held, held.event(held.agent, "ASSIGNED_AGENT", rich))

    async def note(self, key: str, text: str) -> None:
        """The agent's note for colleagues."""
        held = self._of(key)
        await self.services.tell(
            held, held.event(held.agent, "ASSIGNED_AGENT", plain(text), audience="AGENTS_AND_MANAGERS")
        )

    async def says_by_itself(self, key: str, text: str) -> None:
        """An automatic message of the account's."""
        held = self._of(key)
        await self.services.tell(held, held.event("controller", "CONTROLLER", plain(text)))

    async def type(self, key: str) -> None:
        """The agent composes."""
        held = self._of(key)
        composing = {"type": "ChatStateEvent", "chatState": "COMPOSING"}
        await self.services.tell(held, held.event(held.agent, "ASSIGNED_AGENT", composing))

    async def end(self, key: str) -> None:
        """The agent closes the main dialog; a survey opens, asks, and is closed."""
        held = self._of(key)
        held.main, held.close_reason, held.agents = "CLOSE", "AGENT", []
        await self.services.tell(held, held.change())
        question = held.event("controller", "CONTROLLER", plain("How was it?"), dialog=f"{held.id}-survey")
        await self.services.tell(held, question)
        held.state = "CLOSE"
        await self.services.tell(held, held.change())

    def _of(self, key: str) -> Held:
        return next(held for held in self.services.held.values() if held.key == key)

"""A Salesforce org with Enhanced Chat, whose flow queues everybody.

It calls nobody back: each guest's events wait in a stream, which is replayed from wherever the guest says they were.
A callback that is "lost" is a stream that breaks in the middle of an event.
"""

from functools import partial
from typing import Any, ClassVar

from starlette.applications import Starlette

from hubs.salesforce import SalesforceHub
from hubs.salesforce_history import conversation_of, history_of
from settings.hubs import SalesforceSettings
from simulators.hub import HubSimulator
from simulators.salesforce_api import MESSAGES, MINUTE, Api
from simulators.salesforce_org import Conversation, Org

PARAMETERS = {
    "OrderNumber": "Order_Number",
    "handoff.key": "Baton_Handoff",
    "handoff.queue": "Queue",
    "handoff.summary": "Summary",
}
MOST_PARTS = 1_000
"""Of a history."""


class SalesforceSimulator(HubSimulator):
    """One org with one Custom Client deployment."""

    kind: ClassVar[str] = "salesforce"
    opens: ClassVar[str] = "conversation"
    relays: ClassVar[str] = "message"
    organization, deployment = "00D000000000001", "Baton_Custom_Client"

    def __init__(self) -> None:
        super().__init__()
        self.org = Org()
        self._api = Api(self.org, self.faults, self.organization, self.deployment, PARAMETERS.values())
        self._api.begun = self._queue
        self._api.heard = self._echo

    def app(self) -> Starlette:
        """The API and the event router, on one address as Salesforce has them."""
        return Starlette(routes=self._api.routes())

    def adapter(self, name: str) -> SalesforceHub:
        """Baton's adapter, whose minute is as short as the simulator's."""
        hub = SalesforceHub(name, SalesforceSettings.model_validate(self.settings()))
        hub.minute = MINUTE
        return hub

    def settings(self) -> dict[str, Any]:
        """The deployment, and the parameters of its channel."""
        known = {"kind": self.kind, "url": self.url, "organization_id": self.organization}
        pace = {"messages_per_minute": MESSAGES - 2}
        return {**known, "deployment": self.deployment, "parameters": PARAMETERS, **pace}

    @property
    def secrets(self) -> dict[str, str]:
        """A guest needs none."""
        return {}

    def opened(self) -> list[str]:
        """The handoffs, by the parameter that has our key."""
        return [each.attributes["Baton_Handoff"] for each in self.org.conversations.values()]

    def is_open(self, key: str) -> bool:
        """Whether its messaging session goes on."""
        held = self._of(key)
        return held.in_session and not held.closed

    def history(self, key: str) -> list[str]:
        """The messages under our history's ids, in its order."""
        texts = dict(self._of(key).messages)
        return [texts[part] for number in range(MOST_PARTS) if (part := history_of(key, number)) in texts]

    def variables(self, key: str) -> dict[str, Any]:
        """The parameters, and the summary that stands first."""
        return {**self._of(key).attributes, "summary": "\n".join(self.history(key)[:1])}

    def said(self, key: str) -> list[str]:
        """The end user's other messages; a file has no text."""
        told = {history_of(key, number) for number in range(MOST_PARTS)}
        return [text for message, text in self._of(key).messages if message not in told]

    def files(self, key: str) -> list[str]:
        """The names of the uploaded files."""
        return self._of(key).files

    def typed(self, key: str) -> int:
        """How often the end user's typing was shown."""
        return self._of(key).typed

    def expire_tokens(self) -> bool:
        """Every token is over; streams say so, and end."""
        self.org.expire()
        return True

    def cut_streams(self, key: str) -> None:
        """The next event breaks its stream in the middle of its frame."""
        self._of(key).guest.cuts += 1

    async def join(self, key: str, name: str) -> None:
        """The work is accepted: an agent is added."""
        held = self._of(key)
        held.agent, held.routing = name, "ROUTED"
        await self._tell(held, "ROUTING_WORK_RESULT", "RoutingWorkResult", {"workType": "Accepted"}, "System")
        await self._change(held, "add")
        await self._status(held, "Active")

    async def say(self, key: str, text: str, *, times: int = 1) -> None:
        """An agent's text."""
        await self._say(self._of(key), {"formatType": "Text", "text": text}, "Agent", times=times)

    async def say_image(self, key: str, url: str) -> None:
        """An agent's picture, as a file of the message's."""
        image = {"id": "file-1", "name": "image.png", "mimeType": "image/png", "url": url}
        await self._say(self._of(key), {"formatType": "Attachments", "attachments": [image]}, "Agent")

    async def says_by_itself(self, key: str, text: str) -> None:
        """The channel's automatic text."""
        await self._say(self._of(key), {"formatType": "Text", "text": text}, "System")

    async def type(self, key: str) -> None:
        """An agent's typing."""
        held = self._of(key)
        await self._tell(held, "TYPING_STARTED_INDICATOR", "TypingStartedIndicator", {}, "Agent", name=held.agent)

    async def transfer(self, key: str, queue: str) -> None:
        """The agent is removed, the session is routed again."""
        held = self._of(key)
        held.routing, held.attributes = "TRANSFER", {**held.attributes, "Queue": queue}
        await self._change(held, "remove")
        await self._routed(held, "Transfer", "None")

    async def end(self, key: str, *, tells_session: bool = True) -> None:
        """The agent ends the session; some orgs tell only that the agent is gone."""
        held = self._of(key)
        held.in_session, held.routing = False, "NEEDS_ROUTING"
        if held.agent:
            await self._change(held, "remove")
        if tells_session:
            await self._status(held, "Ended", "Agent")

    async def fail(self, key: str, why: str) -> None:
        """The routing fails."""
        await self._routed(self._of(key), "Initial", "RoutingError", why)

    async def moves(self, key: str, position: int) -> None:
        """The queue moves."""
        await self._tell(self._of(key), "QUEUE_POSITION", "QueuePosition", {"position": position}, "System")

    def _of(self, key: str) -> Conversation:
        return self.org.conversations[conversation_of(key)]

    async def _queue(self, held: Conversation) -> None:
        await self._routed(held, "Initial", "None")
        await self._status(held, "Waiting")

    async def _echo(self, held: Conversation, message: dict[str, Any], text: str) -> None:
        """The end user's own message comes back, under its own id."""
        await self._say(held, {"formatType": "Text", "text": text}, "EndUser", message["id"])

    async def _say(
        self, held: Conversation, content: dict[str, Any], role: str, identifier: str = "", *, times: int = 1
    ) -> None:
        message = {"messageType": "StaticContentMessage", "staticContent": content}
        name = held.agent if role == "Agent" else ""
        payload = {"abstractMessage": message}
        await self._tell(held, "MESSAGE", "Message", payload, role, name=name, identifier=identifier, times=times)

    async def _change(self, held: Conversation, operation: str) -> None:
        participant = {"role": "Agent", "subject": f"agent-{held.agent.lower()}"}
        entries = [{"operation": operation, "displayName": held.agent, "participant": participant}]
        await self._tell(held, "PARTICIPANT_CHANGED", "ParticipantChanged", {"entries": entries}, "System")

    async def _routed(self, held: Conversation, kind: str, failure: str, why: str = "") -> None:
        payload = {"routingType": kind, "failureType": failure, "failureReason": why}
        await self._tell(held, "ROUTING_RESULT", "RoutingResult", payload, "System")

    async def _status(self, held: Conversation, status: str, by: str = "") -> None:
        payload = {"sessionStatus": status, "sessionEndedByRole": by or None}
        await self._tell(held, "SESSION_STATUS_CHANGED", "SessionStatusChanged", payload, "System")

    async def _tell(  # noqa: PLR0913 - an event has as many parts
        self,
        held: Conversation,
        event: str,
        kind: str,
        payload: dict[str, Any],
        role: str,
        *,
        name: str = "",
        identifier: str = "",
        times: int = 1,
    ) -> None:
        entry = self.org.entry(kind, payload, role, name)
        entry["identifier"] = identifier or entry["identifier"]
        if "Typing" not in kind:
            held.entries.append(entry)
        tell = partial(_streamed, self.org, held, event, entry)
        if role == "EndUser":
            await tell()
        elif self.callback_faults.lose:
            self.callback_faults.lose -= 1
            held.guest.cuts += 1
            await tell()
        else:
            for _ in range(times):
                await self.callback_faults.send(tell)


async def _streamed(org: Org, held: Conversation, event: str, entry: dict[str, Any]) -> None:
    org.stream(held, event, entry)

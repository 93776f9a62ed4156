"""Clients that do not give up: they ask again, with the same ids, until they are answered."""

from typing import Any
from uuid import uuid4

import httpx

from tests.support.installation import Installation
from tests.support.patient import patient_client
from tests.support.waiting import eventually
from workflows.client import Conversations
from workflows.plugin import connect


class Persistent:
    """An HTTP client over outages: connection errors and 5xx are asked again."""

    def __init__(self, base: str, token: str) -> None:
        self._http = patient_client(base, {"Authorization": f"Bearer {token}"})

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def call(self, method: str, path: str, body: Any = None, *, accepted: tuple[int, ...] = ()) -> httpx.Response:
        """Ask until there is an answer that is none of an outage.

        Raises:
            AssertionError: there was none in time, or it is a refusal that `accepted` does not name.
        """
        answers: list[httpx.Response] = []
        failed = f"{method} {path}"

        async def answered() -> bool:
            nonlocal failed
            try:
                answer = await self._http.request(method, path, json=body)
            except httpx.HTTPError as error:
                failed = f"{method} {path}: {type(error).__name__}"
                return False
            if answer.is_success or answer.status_code in accepted:
                answers.append(answer)
                return True
            failed = f"{method} {path}: {answer.status_code} {answer.text[:200]}"
            assert answer.status_code >= 500, failed
            return False

        await eventually(answered, why=lambda: failed)
        return answers[0]


class PersistentCustomer:
    """A customer over Direct Line."""

    def __init__(self, running: Installation) -> None:
        self._running = running
        self._line: Persistent | None = None
        self.said: list[str] = []

    async def begin(self) -> "PersistentCustomer":
        """Begin a conversation."""
        base = f"{self._running.gateway}/v3/directline"
        door = Persistent(base, self._running.secret)
        token = (await door.call("POST", "/tokens/generate")).json()
        await door.close()
        self._line = Persistent(base, token["token"])
        self.id = (await self.line.call("POST", "/conversations", accepted=(409,))).json()["conversationId"]
        return self

    async def close(self) -> None:
        """Hang up."""
        if self._line:
            await self._line.close()

    @property
    def line(self) -> Persistent:
        """The line of a conversation that has begun."""
        assert self._line
        return self._line

    async def say(self, text: str) -> None:
        """Say something, once, however often it has to be sent."""
        self.said.append(text)
        data = {"clientActivityID": uuid4().hex}
        activity = {"type": "message", "from": {"id": "x"}, "text": text, "channelData": data}
        await self.line.call("POST", f"/conversations/{self.id}/activities", activity)

    async def log(self) -> list[dict[str, Any]]:
        """The whole conversation, as the customer's client has it after a reload."""
        answer = await self.line.call("GET", f"/conversations/{self.id}/activities")
        activities: list[dict[str, Any]] = answer.json()["activities"]
        return activities

    async def texts(self, role: str) -> list[str]:
        """What one role has said, in order; what Baton says of a handoff is left out."""
        return [
            activity.get("text", "")
            for activity in await self.log()
            if activity["type"] == "message"
            and activity["from"]["role"] == role
            and "baton" not in (activity.get("channelData") or {})
        ]


class PersistentRepresentative:
    """A representative at the desk."""

    def __init__(self, running: Installation, name: str) -> None:
        self._running = running
        self._desk = Persistent(f"{running.desk}/api", running.desk_token)
        self._me = {"id": name.lower(), "name": name}
        self.said: list[str] = []

    async def close(self) -> None:
        """Go home."""
        await self._desk.close()

    async def handoffs(self, conversation: str) -> list[dict[str, Any]]:
        """The handoffs of a conversation, the first first."""
        found = (await self._desk.call("GET", "/handoffs")).json()
        return sorted(
            (handoff for handoff in found if handoff["conversation"] == conversation), key=lambda each: each["openedAt"]
        )

    async def waiting(self, conversation: str) -> str:
        """The handoff of a conversation that waits, as soon as there is one."""
        found: list[str] = []

        async def there() -> bool:
            found.extend(str(each["id"]) for each in await self.handoffs(conversation) if each["state"] == "queued")
            return bool(found)

        await eventually(there, why=lambda: self._why_none(conversation))
        return found[0]

    async def _why_none(self, conversation: str) -> str:
        """What its conversation knows of a handoff that did not come."""
        status = await Conversations(await connect(self._running.settings)).status(conversation)
        steps = "\n".join(f"{step.at:%T.%f} {step.what} {step.detail}" for step in status.timeline)
        return f"no handoff of {conversation} came to the desk; it is {status.phase} after\n{steps}"

    async def accept(self, handoff: str) -> None:
        """Take it."""
        await self._desk.call("POST", f"/handoffs/{handoff}/accept", {"representative": self._me})

    async def say(self, handoff: str, text: str) -> None:
        """Say something, once."""
        self.said.append(text)
        await self._desk.call("POST", f"/handoffs/{handoff}/say", {"text": text, "id": uuid4().hex})

    async def types(self, handoff: str) -> None:
        """Begin to write."""
        await self._desk.call("POST", f"/handoffs/{handoff}/typing")

    async def give_back(self, handoff: str, note: str) -> None:
        """Return it to the bot; asked again after it was done, the desk says that it has ended."""
        await self._desk.call("POST", f"/handoffs/{handoff}/return", {"note": note}, accepted=(409,))

    async def finish(self, handoff: str) -> None:
        """Close it."""
        await self._desk.call("POST", f"/handoffs/{handoff}/close", accepted=(409,))

    async def show(self, handoff: str) -> dict[str, Any]:
        """Everything that the desk has of it."""
        shown: dict[str, Any] = (await self._desk.call("GET", f"/handoffs/{handoff}")).json()
        return shown

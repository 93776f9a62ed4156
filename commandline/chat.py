"""`baton chat`: a conversation in the terminal, over Direct Line like any client's; reads lines from a pipe too."""

import asyncio
import sys
from typing import Annotated, Any
from uuid import uuid4

import httpx
import typer

from commandline.failures import CommandError
from commandline.options import Config, DataDir
from settings.load import load_settings
from settings.secrets import resolve
from settings.trust import trusted

Agent = Annotated[str | None, typer.Option("--agent", help="The agent to talk to; default: the first.")]
Port = Annotated[int | None, typer.Option("--port", help="The gateway's port; default: 8080.")]
Url = Annotated[str | None, typer.Option("--url", help="The gateway's address, if not the configured one.")]
Wait = Annotated[float, typer.Option("--wait", help="Seconds of silence after a pipe's last line before it ends.")]

POLL_SECONDS = 0.3


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(chat)


def chat(  # noqa: PLR0913 - a command's options
    agent: Agent = None,
    config: Config = None,
    data_dir: DataDir = None,
    port: Port = None,
    url: Url = None,
    wait: Wait = 2.0,
) -> None:
    """Talk to an agent; the conversation's id is printed first, on standard error."""
    settings = load_settings(config, data_dir, port)
    name = agent or next(iter(settings.agents))
    if name not in settings.agents:
        raise CommandError(f'there is no agent "{name}": there are {", ".join(settings.agents)}')
    secret = resolve(settings.agents[name].direct_line_secret or "")
    asyncio.run(Terminal(url or settings.gateway.url, secret, wait).talk())


class Terminal:
    """One conversation, typed and printed."""

    def __init__(self, url: str, secret: str, wait: float) -> None:
        self._http = httpx.AsyncClient(verify=trusted(), base_url=f"{url}/v3/directline", timeout=30)
        self._secret = secret
        self._wait = wait
        self._watermark = ""
        self._id = ""
        self._ended = False
        self._mine: set[str] = set()

    async def talk(self) -> None:
        """Begin, then relay lines and answers until the input ends, or the conversation."""
        async with self._http:
            await self._begin()
            hearing = asyncio.create_task(self._hear())
            try:
                while not self._ended and (line := await asyncio.to_thread(sys.stdin.readline)):
                    if line.strip():
                        await self._say(line.strip())
                        await self._print_news()
                await self._until_silent()
            finally:
                hearing.cancel()

    async def _begin(self) -> None:
        started = await self._call("POST", "/conversations", {"Authorization": f"Bearer {self._secret}"})
        self._id = started["conversationId"]
        self._http.headers["Authorization"] = f"Bearer {started['token']}"
        sys.stderr.write(f"conversation {self._id}\n")
        await self._print_news()

    async def _say(self, text: str) -> None:
        key = uuid4().hex
        activity = {
            "type": "message",
            "from": {"id": "terminal"},
            "text": text,
            "channelData": {"clientActivityID": key},
        }
        answer = await self._call("POST", f"/conversations/{self._id}/activities", json=activity)
        self._mine.add(answer["id"])

    async def _hear(self) -> None:
        """Print what others say meanwhile. A terminal is no place for a socket's reconnects: it asks."""
        while not self._ended:
            await asyncio.sleep(POLL_SECONDS)
            await self._print_news()

    async def _until_silent(self) -> None:
        quiet = 0.0
        while not self._ended and quiet < self._wait:
            before = self._watermark
            await asyncio.sleep(POLL_SECONDS)
            quiet = quiet + POLL_SECONDS if self._watermark == before else 0.0

    async def _print_news(self) -> None:
        query = f"?watermark={self._watermark}" if self._watermark else ""
        found = await self._call("GET", f"/conversations/{self._id}/activities{query}")
        if found.get("watermark", "") == self._watermark:
            return
        self._watermark = found["watermark"]
        for activity in found["activities"]:
            self._print(activity)

    def _print(self, activity: dict[str, Any]) -> None:
        sender = activity.get("from", {})
        if activity["type"] == "endOfConversation":
            self._ended = True
            sys.stdout.write("(the conversation has ended)\n")
        elif activity["type"] == "event" and activity.get("name") == "handoff.status":
            self._print_status(activity.get("value") or {})
        elif activity["type"] == "message" and sender.get("role") in {"bot", "agent"}:
            sys.stdout.write(f"{sender.get('name') or sender.get('role')}: {activity.get('text', '')}\n")
        sys.stdout.flush()

    @staticmethod
    def _print_status(value: dict[str, Any]) -> None:
        if value.get("state") == "queued" and value.get("position"):
            wait = value.get("estimatedWaitSeconds")
            about = f", about {max(1, round(wait / 60))} min" if wait else ""
            sys.stdout.write(f"(place {value['position']} in the queue{about})\n")

    async def _call(self, method: str, path: str, headers: dict[str, str] | None = None, json: Any = None) -> Any:
        try:
            answer = await self._http.request(method, path, headers=headers, json=json)
        except httpx.HTTPError:
            raise CommandError(f"{self._http.base_url} does not answer: is `baton up` running?") from None
        if answer.is_success:
            return answer.json()
        raise CommandError(_refusal(answer))


def _refusal(answer: httpx.Response) -> str:
    try:
        error = answer.json()["error"]
    except (ValueError, KeyError):
        return f"the gateway answered {answer.status_code}"
    return f"{error['message']} ({error['code']})"

"""A gateway on a real socket, and a client of it that speaks Direct Line."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
from temporalio.client import Client
from websockets.asyncio.client import ClientConnection, connect

from activities.agent_versions import VersionMissingError
from gateway.app import create_app
from gateway.assembly import OPERATORS
from gateway.context import Gateway
from gateway.recognition import Versions
from gateway.server import bound, server
from hubs.base import Hub
from protocol.activity import Activity
from protocol.conversation import Recognition
from settings.cipher import Cipher, new_key
from settings.login import LoginTokens
from settings.model import GatewaySettings, Settings
from tests.support.waiting import PATIENCE
from workflows.client import Conversations
from workflows.encryption import EncryptionCodec

SECRET = "contoso's Direct Line secret"
SIGNING_KEY = b"0123456789abcdef0123456789abcdef"
CIPHER = Cipher.from_base64([new_key()])


class OneVersion:
    """An agent with one version, whose recogniser finds nothing."""

    def load(self, name: str, version: str) -> "OneVersion":
        """The version."""
        assert (name, version) == ("contoso", "1")
        return self

    def current(self, name: str) -> str:
        """Its name."""
        if name != "contoso":
            raise VersionMissingError(name)
        return "1"

    def recognizer(self) -> "OneVersion":
        """Itself."""
        return self

    def recognise(self, text: str, version: str) -> Recognition:
        """Nothing."""
        assert text
        return Recognition(version=version)


class NoPages:
    """A transcript store without pages."""

    def read(self, name: str) -> tuple[Activity, ...]:
        """Nothing is there."""
        raise FileNotFoundError(name)


def make_gateway(
    conversations: Conversations,
    data_dir: Path,
    *,
    hubs: Mapping[str, Hub] | None = None,
    temporal: Client | None = None,
    versions: Versions | None = None,
    **of_gateway: Any,
) -> Gateway:
    """A gateway with one agent, contoso; `of_gateway` are keys of `[gateway]`."""
    return Gateway(
        settings=Settings(gateway=GatewaySettings(**of_gateway), data_dir=data_dir),
        conversations=conversations,
        versions=versions or OneVersion(),
        pages=NoPages(),
        hubs=hubs or {},
        secrets={"contoso": SECRET, "another": "another agent's secret"},
        signing_key=SIGNING_KEY,
        cipher=CIPHER,
        login=LoginTokens(SIGNING_KEY, OPERATORS),
        codec=EncryptionCodec(CIPHER),
        temporal=temporal,
    )


@contextlib.asynccontextmanager
async def serving(gateway: Gateway) -> AsyncIterator[str]:
    """Serve `gateway` at the address yielded."""
    listening = bound("127.0.0.1", 0)
    ready = asyncio.Event()
    serving_it = server(create_app(gateway), ready.set)
    task = asyncio.create_task(serving_it.serve(sockets=[listening]))
    try:
        await asyncio.wait_for(ready.wait(), PATIENCE)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        serving_it.should_exit = True
        await task


@dataclass
class Customer:
    """A Direct Line client as a test needs one."""

    http: httpx.AsyncClient
    conversation: str = ""
    token: str = ""
    stream_url: str = ""

    async def call(self, method: str, path: str, *, bearer: str | None = None, **details: Any) -> httpx.Response:
        """One request, with the token unless another bearer is named."""
        headers = {"Authorization": f"Bearer {bearer or self.token}"} | details.pop("headers", {})
        return await self.http.request(method, f"/v3/directline/{path}", headers=headers, **details)

    async def begin(self, **parameters: Any) -> "Customer":
        """Generate a token with contoso's secret and start its conversation."""
        return await self.begin_with(SECRET, **parameters)

    async def begin_with(self, secret: str, **parameters: Any) -> "Customer":
        """Generate a token with an agent's secret and start its conversation."""
        generated = await self.call("POST", "tokens/generate", bearer=secret, json=parameters)
        assert generated.status_code == 200, generated.text
        self.token = generated.json()["token"]
        self.conversation = generated.json()["conversationId"]
        started = await self.call("POST", "conversations")
        assert started.status_code == 201, started.text
        self.stream_url = started.json()["streamUrl"]
        return self

    async def post(self, activity: dict[str, Any]) -> httpx.Response:
        """Post an activity."""
        return await self.call("POST", f"conversations/{self.conversation}/activities", json=activity)

    async def say(self, text: str, **fields: Any) -> str:
        """Say `text`, and return its id."""
        answer = await self.post({"type": "message", "text": text} | fields)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])

    async def read(self, watermark: int | str = "") -> dict[str, Any]:
        """Everything after a watermark."""
        answer = await self.call("GET", f"conversations/{self.conversation}/activities?watermark={watermark}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    @contextlib.asynccontextmanager
    async def stream(self, url: str | None = None) -> AsyncIterator["Ear"]:
        """Open the stream."""
        async with connect(url or self.stream_url) as socket:
            yield Ear(socket)


@dataclass
class Ear:
    """What comes down a stream."""

    socket: ClientConnection

    async def frame(self) -> dict[str, Any]:
        """The next frame that says something."""
        while True:
            text = await asyncio.wait_for(self.socket.recv(), PATIENCE)
            if text:
                return dict(orjson.loads(text))

    async def until(self, text: str) -> None:
        """Wait for a message."""
        while text not in await self.texts(1):
            pass

    async def texts(self, count: int) -> list[str]:
        """The texts of the next `count` messages."""
        found: list[str] = []
        while len(found) < count:
            activities = (await self.frame())["activities"]
            found += [each["text"] for each in activities if each["type"] == "message"]
        return found


def error_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an answer, which must be an error in Direct Line's shape and nothing else."""
    content = answer.json()
    assert set(content) == {"error"}, content
    assert set(content["error"]) == {"code", "message"}, content
    assert content["error"]["message"], content
    return answer.status_code, content["error"]["code"]

"""A desk over a real socket, and somebody who receives its callbacks."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from standardwebhooks import Webhook

from desk.app import DeskConfig, create_app
from handoff.hours import OpeningHours
from simulators.served import Served
from tests.support.patient import patient_client

TOKEN = "desk-token"
SECRET = "whsec_ZGVzay1zZWNyZXQtZGVzay1zZWNyZXQ="
ALWAYS_CLOSED = OpeningHours(hours={"monday": "00:00-00:01"}, timezone="UTC")


@dataclass
class Receiver:
    """Baton's side: checks signatures, takes each webhook-id once, and fails when it is told to."""

    taken: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    calls: int = 0

    def app(self) -> FastAPI:
        """Where callbacks go."""
        app = FastAPI(openapi_url=None)
        app.add_api_route("/callback", self._take, methods=["POST"])
        return app

    async def _take(self, request: Request) -> Response:
        self.calls += 1
        body = await request.body()
        said = Webhook(SECRET).verify(body, dict(request.headers))
        if self.answers and (status := self.answers.pop(0)) != 202:
            return Response(status_code=status)
        self.taken.setdefault(request.headers["webhook-id"], said)
        return Response(status_code=202)

    @property
    def said(self) -> list[str]:
        """What a conversation would have read, in order."""
        return [body["text"] for body in self.taken.values() if body["type"] == "message"]

    @property
    def states(self) -> list[str]:
        """The states that were told, in order."""
        return [body["value"]["state"] for body in self.taken.values() if body["type"] == "event"]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Baton's side, over a real socket."""
    baton = Receiver()
    async with Served(baton.app()) as url:
        baton.url = url  # type: ignore[attr-defined]  # known only now
        yield baton


@dataclass
class Caller:
    """Whoever calls the desk: Baton by the contract, representatives by the API."""

    http: httpx.AsyncClient
    callback: str

    def opening(self, **channel: Any) -> dict[str, Any]:
        """A valid opening."""
        phrases = {"va_LastPhrase": "help", "va_LastPhrases": "help", "va_Phrases": ["help"]}
        said = {"type": "message", "id": "1", "timestamp": "2026-11-24T12:00:00Z", "from": {"id": "u"}, "text": "help"}
        return {
            "type": "event",
            "name": "handoff.initiate",
            "id": "c:1",
            "timestamp": "2026-11-24T12:00:01Z",
            "conversation": {"id": "c"},
            "value": {
                "va_Scope": "bot",
                "va_LastTopic": "Escalate",
                "va_Topics": ["Escalate"],
                **phrases,
                "va_ConversationId": "c",
                "va_BotId": "contoso",
                "va_Language": "en-US",
                "va_AgentMessage": "Be kind.",
            },
            "attachments": [
                {"contentType": "application/json", "name": "Transcript", "content": {"activities": [said]}}
            ],
            "channelData": {"queue": "general", "callbackUrl": self.callback, **channel},
        }

    async def open(self, key: str = "c:1", **channel: Any) -> str:
        """Open a handoff; returns its id."""
        answer = await self.http.post("/handoffs", json=self.opening(**channel), headers={"Idempotency-Key": key})
        assert answer.status_code in {200, 201}, answer.text
        handoff: str = answer.json()["id"]
        return handoff

    async def do(self, handoff: str, verb: str, body: Any = None) -> httpx.Response:
        """What a representative does."""
        return await self.http.post(f"/api/handoffs/{handoff}/{verb}", json=body)

    async def accept(self, handoff: str, name: str = "Ada") -> httpx.Response:
        """Accept it."""
        return await self.do(handoff, "accept", {"representative": {"id": name.lower(), "name": name}})

    async def customer_says(self, handoff: str, text: str, message: str = "m1", **fields: Any) -> httpx.Response:
        """The customer writes."""
        activity = {
            "type": "message",
            "id": message,
            "timestamp": "2026-11-24T12:01:00Z",
            "from": {"id": "u"},
            "text": text,
            **fields,
        }
        return await self.http.post(f"/handoffs/{handoff}/activities", json=activity)


@pytest.fixture
async def desk(receiver: Any, tmp_path: Path) -> AsyncIterator[Caller]:
    """A desk with an open queue and a closed one."""
    queues = {"general": OpeningHours(), "stores": OpeningHours(), "closed": ALWAYS_CLOSED}
    config = DeskConfig(tmp_path / "desk.db", TOKEN, SECRET, "signing-key-signing-key-signing-key", queues, page=False)
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        Served(create_app(config)) as url,
        patient_client(url, bearer) as http,
    ):
        yield Caller(http, f"{receiver.url}/callback")

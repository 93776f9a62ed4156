"""What representatives do, as plain JSON: for the desk's own page, for tests, and for whoever scripts it."""

import hmac
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from desk import queueing
from desk.desk import Desk
from desk.doors import COOKIE, Door
from desk.problems import ProblemError
from desk.store import Handoff


class Representative(BaseModel):
    """Who accepts."""

    id: str = Field(min_length=1, max_length=100)
    name: str = Field(min_length=1, max_length=100)


class Accept(BaseModel):
    """Accept a handoff."""

    representative: Representative


class Say(BaseModel):
    """Say something; the id makes a repetition harmless, and `by` whose words they are, whoever has it meanwhile."""

    text: str = Field(min_length=1, max_length=28_000)
    id: str | None = Field(default=None, min_length=1, max_length=200)
    by: str | None = None


class Transfer(BaseModel):
    """Pass on to another queue."""

    queue: str


class Return(BaseModel):
    """Give back to the bot."""

    note: str = Field(default="", max_length=4_000)


class Retry(BaseModel):
    """Try a failed message once more."""

    message: str


def router(desk: Desk, door: Door, token: str) -> APIRouter:
    """Everything below `/api`, for representatives who have logged in, or callers who know the desk's token."""

    def logged_in(request: Request) -> None:
        bearer = request.headers.get("authorization", "").removeprefix("Bearer ")
        known = hmac.compare_digest(bearer.encode(), token.encode())
        if not known and not door.valid(request.cookies.get(COOKIE, "")):
            raise ProblemError(401, "log in first", "use the link that `baton up` or `baton login` prints")

    routes = APIRouter(prefix="/api/handoffs", dependencies=[Depends(logged_in)])
    verbs = _Verbs(desk)
    routes.add_api_route("", verbs.list_all, methods=["GET"])
    routes.add_api_route("/{handoff}", verbs.show, methods=["GET"])
    routes.add_api_route("/{handoff}/accept", verbs.accept, methods=["POST"])
    routes.add_api_route("/{handoff}/say", verbs.say, methods=["POST"])
    routes.add_api_route("/{handoff}/typing", verbs.typing, methods=["POST"], status_code=204)
    routes.add_api_route("/{handoff}/transfer", verbs.transfer, methods=["POST"], status_code=204)
    routes.add_api_route("/{handoff}/return", verbs.give_back, methods=["POST"], status_code=204)
    routes.add_api_route("/{handoff}/close", verbs.close, methods=["POST"], status_code=204)
    routes.add_api_route("/{handoff}/retry", verbs.retry, methods=["POST"], status_code=204)
    return routes


class _Verbs:
    """One method a path."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def list_all(self, state: str | None = None) -> list[dict[str, Any]]:
        return [summary(self._desk, handoff) for handoff in self._desk.store.handoffs(state)]

    async def show(self, handoff: str) -> dict[str, Any]:
        found = self._desk.get(handoff)
        messages = [{**asdict(message), "text": message.text} for message in self._desk.store.messages(handoff)]
        beside = {"history": found.history, "variables": found.variables, "note": found.note, "messages": messages}
        return {**summary(self._desk, found), **beside}

    async def accept(self, handoff: str, wish: Accept) -> dict[str, Any]:
        return summary(self._desk, self._desk.accept(handoff, wish.representative.id, wish.representative.name))

    async def say(self, handoff: str, wish: Say) -> Mapping[str, str]:
        return {"id": self._desk.say(handoff, wish.text, wish.id, wish.by)}

    async def typing(self, handoff: str) -> None:
        self._desk.type(handoff)

    async def transfer(self, handoff: str, wish: Transfer) -> None:
        self._desk.transfer(handoff, wish.queue)

    async def give_back(self, handoff: str, wish: Return) -> None:
        self._desk.give_back(handoff, wish.note)

    async def close(self, handoff: str) -> None:
        self._desk.close(handoff)

    async def retry(self, handoff: str, wish: Retry) -> None:
        self._desk.retry(handoff, wish.message)


def summary(desk: Desk, handoff: Handoff) -> dict[str, Any]:
    """A handoff as a list shows it."""
    return {
        "id": handoff.id,
        "key": handoff.key,
        "conversation": handoff.body["conversation"]["id"],
        "state": handoff.state,
        "outcome": handoff.outcome,
        "queue": handoff.queue,
        "priority": handoff.priority,
        "position": queueing.position(desk.store, handoff),
        "representative": handoff.representative,
        "representativeName": handoff.representative_name,
        "openedAt": handoff.opened_at,
        "queuedAt": handoff.queued_at,
        "customerTyping": desk.typing.get(handoff.id, 0) > desk.clock(),
    }

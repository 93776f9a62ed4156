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
    """Say something; the id makes a repetition harmless."""

    text: str = Field(min_length=1, max_length=28_000)
    id: str | None = Field(default=None, min_length=1, max_length=200)


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

    routes = APIRouter(prefix="/api", dependencies=[Depends(logged_in)])

    @routes.get("/handoffs")
    async def handoffs(state: str | None = None) -> list[dict[str, Any]]:
        return [summary(desk, handoff) for handoff in desk.store.handoffs(state)]

    @routes.get("/handoffs/{handoff}")
    async def show(handoff: str) -> dict[str, Any]:
        found = desk.get(handoff)
        messages = [{**asdict(message), "text": message.text} for message in desk.store.messages(handoff)]
        return {
            **summary(desk, found),
            "history": found.history,
            "variables": found.variables,
            "note": found.note,
            "messages": messages,
        }

    @routes.post("/handoffs/{handoff}/accept")
    async def accept(handoff: str, wish: Accept) -> dict[str, Any]:
        return summary(desk, desk.accept(handoff, wish.representative.id, wish.representative.name))

    @routes.post("/handoffs/{handoff}/say")
    async def say(handoff: str, wish: Say) -> Mapping[str, str]:
        return {"id": desk.say(handoff, wish.text, wish.id)}

    @routes.post("/handoffs/{handoff}/typing", status_code=204)
    async def typing(handoff: str) -> None:
        desk.type(handoff)

    @routes.post("/handoffs/{handoff}/transfer", status_code=204)
    async def transfer(handoff: str, wish: Transfer) -> None:
        desk.transfer(handoff, wish.queue)

    @routes.post("/handoffs/{handoff}/return", status_code=204)
    async def give_back(handoff: str, wish: Return) -> None:
        desk.give_back(handoff, wish.note)

    @routes.post("/handoffs/{handoff}/close", status_code=204)
    async def close(handoff: str) -> None:
        desk.close(handoff)

    @routes.post("/handoffs/{handoff}/retry", status_code=204)
    async def retry(handoff: str, wish: Retry) -> None:
        desk.retry(handoff, wish.message)

    return routes


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

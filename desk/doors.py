"""Coming in: a link that works once becomes a cookie."""

from typing import Protocol

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from settings.closed_door import closed_door

COOKIE = "baton_desk"
AUDIENCE = "desk"


class Door(Protocol):
    """Exchanges a link's token for a cookie, once."""

    def redeem(self, token: str) -> str | None:
        """The cookie, or None for a token that is none, or was used."""

    def valid(self, cookie: str) -> bool:
        """Whether the cookie came from here."""


def router(door: Door) -> APIRouter:
    """`/login`."""
    routes = APIRouter()

    @routes.get("/login")
    async def login(token: str = "") -> Response:
        cookie = door.redeem(token)
        if cookie is None:
            return HTMLResponse(closed_door("desk"), status_code=403)
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(COOKIE, cookie, httponly=True, samesite="lax")
        return answer

    return routes

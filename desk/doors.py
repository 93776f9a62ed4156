"""Coming in: a link that works once becomes a cookie."""

from typing import Protocol

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse, Response

COOKIE = "baton_desk"
AUDIENCE = "desk"


class Door(Protocol):
    """Exchanges a link's token for a cookie, once."""

    def redeem(self, token: str) -> str | None:
        """The cookie, or None for a token that is none, or was used."""

    def valid(self, cookie: str) -> bool:
        """Whether the cookie came from here."""


CLOSED_DOOR = """<!doctype html>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Baton desk</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; color: #1b2430; background: #f6f7f9; display: grid; place-items: center;
    min-height: 100vh; margin: 0; }
  main { background: #fff; padding: 2rem 2.5rem; border-radius: 12px; max-width: 26rem; }
  h1 { font-size: 1.25rem; margin-top: 0; }
  code { background: #eef1f6; padding: .1em .4em; border-radius: 6px; }
</style>
<main>
  <h1>This is the desk of Baton</h1>
  <p>Come in by the link that <code>baton up</code> printed. Each link works once, for a quarter of an hour;
  <code>baton login</code> prints a new one.</p>
</main>
"""


def router(door: Door) -> APIRouter:
    """`/login`."""
    routes = APIRouter()

    @routes.get("/login")
    async def login(token: str = "") -> Response:
        cookie = door.redeem(token)
        if cookie is None:
            return HTMLResponse(CLOSED_DOOR, status_code=403)
        answer = RedirectResponse("/", status_code=303)
        answer.set_cookie(COOKIE, cookie, httponly=True, samesite="lax")
        return answer

    return routes

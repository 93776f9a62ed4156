"""The representatives' page: who waits, the conversation, and what is known about it."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from nicegui import app as nicegui_app
from nicegui import ui

from desk.desk import Desk
from desk.doors import COOKIE, Door
from desk.panes import Workplace
from desk.theme import CSS
from settings.closed_door import closed_door

LOOKS_EVERY = 0.25
"""Seconds between an open page's looks at the number of changes; it draws only where that has grown."""
RECONNECTS_WITHIN = 20.0
"""Seconds for which a page that has lost its connection may come back as it was; a phone that changes its network takes
longer than the three seconds that NiceGUI gives. It also lets a page be silent for longer before it counts as lost."""
DRAWS_AT_LEAST_EVERY = 10.0
"""Seconds after which waiting times are drawn anew."""


def mount(app: FastAPI, desk: Desk, door: Door, signing_key: str) -> None:
    """Serve the page at `/`, for those who came in by a link."""

    @ui.page("/", title="Baton desk")
    def index(request: Request, handoff: str = "") -> Response | None:
        if not door.valid(request.cookies.get(COOKIE, "")):
            return HTMLResponse(closed_door("desk"), status_code=401)
        ui.add_css(CSS)
        workplace = Workplace(desk, _representative())
        workplace.build(handoff)
        ui.timer(LOOKS_EVERY, workplace.look)
        ui.timer(DRAWS_AT_LEAST_EVERY, workplace.draw_inbox)
        return None

    ui.run_with(
        app,
        storage_secret=signing_key,
        title="Baton desk",
        show_welcome_message=False,
        reconnect_timeout=RECONNECTS_WITHIN,
    )


def _representative() -> dict[str, Any]:
    """Who sits here: kept for this browser."""
    kept: dict[str, Any] = nicegui_app.storage.user
    return kept

"""The hub connections: whether each answers, who waits and talks there, and what its kind can do."""

import time
from collections.abc import Awaitable, Callable

from nicegui import ui

from gateway.context import Gateway
from hubs.table import capabilities
from workflows.breakers import HubBreakers
from workflows.hub_rows import HubRow, answer_of, row_of

ASKS_EVERY = 30.0
"""Seconds after which a hub is asked again whether it answers: an open page must not cost it a call at each look."""
_TITLES = ("Hub", "New handoffs", "Waiting", "Live", "Failing", "Kind", "Answers")


class Hubs:
    """The hubs of one operator's page."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._breakers = HubBreakers(gateway.conversations.client, gateway.settings.breaker)
        self._answers: dict[str, tuple[float, str]] = {}
        self._drawn: list[HubRow] | None = None

    async def build(self) -> Callable[[], Awaitable[None]]:
        """Lay the page out; returns what reads it anew."""
        self._card = ui.element("section").classes("card scroll").props('aria-label="Hubs"')
        with ui.element("section").classes("card scroll").props('aria-label="What each hub can do"'):
            ui.html("<h2>What each hub can do</h2>", sanitize=False)
            self._capabilities()
        await self.read()
        return self.read

    async def read(self) -> None:
        """Read how each connection is doing, and draw it where it has changed."""
        rows = [await self._row_of(name) for name in self._gateway.hubs]
        if rows == self._drawn:
            return
        self._drawn = rows
        self._card.clear()
        with self._card:
            if not rows:
                ui.label("No hub is configured: add [hubs.NAME] to baton.toml.").classes("empty")
                return
            with ui.element("table").classes("list"):
                _heads(_TITLES)
                with ui.element("tbody"):
                    for row in rows:
                        _draw(row)

    async def _row_of(self, name: str) -> HubRow:
        hub = self._gateway.hubs[name]
        return await row_of(name, hub.kind, await self._answer(name), self._gateway.conversations, self._breakers)

    async def _answer(self, name: str) -> str:
        asked, answer = self._answers.get(name, (-ASKS_EVERY, ""))
        if time.monotonic() - asked >= ASKS_EVERY:
            answer = await answer_of(self._gateway.hubs[name])
            self._answers[name] = (time.monotonic(), answer)
        return answer

    @staticmethod
    def _capabilities() -> None:
        kinds, rows = capabilities()
        with ui.element("table").classes("list"):
            _heads(("", *kinds))
            with ui.element("tbody"):
                for title, cells in rows:
                    with ui.element("tr"):
                        with ui.element("th").props("scope=row"):
                            ui.label(title)
                        for can in cells:
                            _cell("yes" if can else "no", "can" if can else "cannot")


def _heads(titles: tuple[str, ...]) -> None:
    with ui.element("thead"), ui.element("tr"):
        for title in titles:
            with ui.element("th").props("scope=col"):
                ui.label(title)


def _draw(row: HubRow) -> None:
    answers = row.answers == "yes"
    with ui.element("tr"):
        _cell(row.hub)
        _cell(*_new_handoffs(row))
        for number in (row.transferring + row.waiting, row.live):
            _cell(str(number))
        _cell(str(row.failing), "fails" if row.failing else "")
        _cell(row.kind)
        _cell("yes" if answers else row.answers, "can" if answers else "fails wide")


def _new_handoffs(row: HubRow) -> tuple[str, str]:
    """Whether it gets new ones, and how that is shown."""
    if row.drained:
        return "drained", "pill queued"
    return {
        "closed": ("yes", "pill live"),
        "half-open": ("one, to find out", "pill queued"),
        "open": ("none: it fails", "pill failing"),
    }[row.breaker]


def _cell(text: str, classes: str = "") -> None:
    with ui.element("td"):
        ui.label(text).classes(classes)

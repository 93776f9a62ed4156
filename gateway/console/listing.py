"""All conversations by phase, the newest first, and one by its id."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from gateway.context import Gateway
from protocol.conversation import Phase
from protocol.status import Status
from workflows.client import ConversationError

MOST = 100
"""Conversations that the list shows."""
_TITLES = ("Id", "Phase", "Agent", "Topic", "Hub", "Turns", "Started")


_CHOSEN = "(event) => { const tile = event.target.closest('[data-phase]'); if (tile) emit(tile.dataset.phase) }"
"""Tells the phase of the tile that was clicked, if one was."""
_GO = "(e) => location.assign('/console/conversations/' + encodeURIComponent(e.target.value.trim()))"


class Listing:
    """The list of one operator's page."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._phase: Phase | None = None
        self._drawn: tuple[object, ...] = ()

    async def build(self) -> Callable[[], Awaitable[None]]:
        """Lay the page out; returns what reads it anew."""
        self._tiles = ui.element("div").classes("tiles").props('role=group aria-label="Phases"')
        # The tiles are drawn anew as counts change: a click on one that is just being replaced would be lost.
        self._tiles.on("click", lambda event: self._choose(str(event.args)), js_handler=_CHOSEN)
        search = ui.element("input").classes("search")
        search.props('placeholder="Go to a conversation by its id" aria-label="Id"')
        search.on("keydown.enter", js_handler=_GO)
        self._card = ui.element("section").classes("card scroll")
        await self.read()
        return self.read

    async def read(self) -> None:
        """Read counts and conversations, and draw them where they have changed: who marks an id to copy it keeps it."""
        counts = {phase: await self._count(phase) for phase in Phase}
        found = await self._found()
        now = (self._phase, counts, found)
        if now == self._drawn:
            return
        self._drawn = now
        self._tiles.clear()
        with self._tiles:
            self._tile("All", sum(counts.values()), None)
            for phase, count in counts.items():
                self._tile(str(phase).capitalize(), count, phase)
        self._card.clear()
        with self._card:
            self._table(found)

    async def _count(self, phase: Phase) -> int:
        query = f"WorkflowType = 'Conversation' AND ExecutionStatus != 'ContinuedAsNew' AND BatonPhase = '{phase}'"
        return (await self._gateway.conversations.client.count_workflows(query)).count

    async def _found(self) -> list[Status]:
        found: list[Status] = []
        query = f"BatonPhase = '{self._phase}'" if self._phase else ""
        async for execution in self._gateway.conversations.executions(query):
            try:
                found.append(await self._gateway.conversations.status(execution.id))
            except ConversationError:
                continue
            if len(found) == MOST:
                break
        return found

    def _tile(self, title: str, count: int, phase: Phase | None) -> None:
        tile = ui.element("button").classes("tile" + (" chosen" if phase is self._phase else ""))
        with tile.props(f'type=button data-phase="{phase or ""}"'):
            ui.html(f"<b>{count}</b><span>{title}</span>", sanitize=False)

    async def _choose(self, phase: str) -> None:
        self._phase = Phase(phase) if phase else None
        await self.read()

    def _table(self, found: list[Status]) -> None:
        if not found:
            ui.label("No conversations here yet.").classes("empty")
            return
        with ui.element("table").classes("list"):
            with ui.element("thead"), ui.element("tr"):
                for title in _TITLES:
                    with ui.element("th"):
                        ui.label(title)
            with ui.element("tbody"):
                for status in found:
                    self._row(status)

    def _row(self, status: Status) -> None:
        handoff = status.handoffs[-1] if status.handoffs else None
        where = "/".join(part for part in (handoff.hub, handoff.queue) if part) if handoff else ""
        with ui.element("tr"):
            with ui.element("td"):
                ui.link(status.id[:12], f"/conversations/{status.id}")
            with ui.element("td"):
                ui.label(str(status.phase)).classes(f"pill {status.phase}").style("display:inline")
            topic = status.topic.rpartition(".")[2]
            started = f"{status.started:%Y-%m-%d %H:%M:%S}" if status.started else ""
            for text in (status.agent, topic, where, str(status.turns), started):
                with ui.element("td"):
                    ui.label(text)

"""What every turn of a conversation did, told again when an operator asks."""

from nicegui import ui

from gateway.context import Gateway
from workflows.client import ConversationError
from workflows.retelling import traces_of
from workflows.trace_lines import lines_of


class Trace:
    """The card with the trace; nothing is computed before somebody asks for it."""

    def __init__(self, gateway: Gateway, conversation: str) -> None:
        self._gateway = gateway
        self._conversation = conversation

    def build(self) -> None:
        """Lay the card out."""
        with ui.element("section").classes("card").props('aria-label="Trace"'):
            ui.html("<h2>Trace</h2>", sanitize=False)
            ui.button("Tell every turn, node by node", on_click=self._tell).props("flat no-caps").classes("plain")
            self._lines = ui.element("div").classes("trace")

    async def _tell(self) -> None:
        self._lines.clear()
        with self._lines:
            for line in await self._read():
                ui.label(line)

    async def _read(self) -> list[str]:
        if self._gateway.temporal is None:
            return ["There is no Temporal to read the history from."]
        try:
            turns = await traces_of(self._gateway.temporal, self._conversation, self._gateway.cipher)
        except (ConversationError, RuntimeError) as error:
            return [f"{error}."]
        return [line for turn in turns for line in lines_of(turn)] or ["Nothing yet."]

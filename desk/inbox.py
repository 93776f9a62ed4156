"""The left pane: who waits, who is live, who has ended."""

from collections.abc import Callable

from nicegui import ui

from desk.desk import Desk
from desk.elements import heading
from desk.shown import waited
from desk.store import Handoff

SHOWN_ENDED = 15
LISTS = (
    ("Waiting", "queued", "Nobody waits."),
    ("Live", "accepted", "No conversation is live."),
    ("Ended", "ended", "None yet."),
)
"""Each list's title, the state of what is in it, and what is said where it is empty."""

CHOSEN = "(event) => { const row = event.target.closest('[data-handoff]'); if (row) emit(row.dataset.handoff) }"
"""Tells the id of the row that was clicked, if one was."""


class Inbox:
    """The lists; `choose` is called with the handoff that is clicked."""

    def __init__(self, desk: Desk, choose: Callable[[str], None]) -> None:
        self._desk = desk
        self._pane = ui.element("nav").classes("pane inbox").props('aria-label="Conversations"')
        # The rows are drawn anew every few seconds: a click on one that is just being replaced would be lost.
        self._pane.on("click", lambda event: choose(str(event.args)), js_handler=CHOSEN)

    def draw(self, chosen: str | None) -> None:
        """Draw the lists anew, with one row marked as chosen."""
        self._pane.clear()
        with self._pane:
            for title, state, none in LISTS:
                found = self._desk.store.handoffs(state)[: SHOWN_ENDED if state == "ended" else None]
                heading(f"{title} · {len(found)}")
                for handoff in found:
                    self._row(handoff, chosen=handoff.id == chosen)
                if not found:
                    ui.label(none).classes("none")

    def _row(self, handoff: Handoff, *, chosen: bool) -> None:
        row = ui.element("button").classes("row chosen" if chosen else "row")
        with row.props(f'data-handoff="{handoff.id}"'):
            with ui.element("div").classes("name"):
                ui.label(handoff.customer)
                ui.label(self._pill(handoff)).classes(f"pill {handoff.state}")
            topic = str(handoff.variables.get("va_LastTopic") or "")
            ui.label(" · ".join(part for part in (handoff.queue, topic) if part)).classes("about")
            ui.label(handoff.note.splitlines()[0] if handoff.note else "").classes("about")

    def _pill(self, handoff: Handoff) -> str:
        match handoff.state:
            case "queued":
                return f"waiting {waited(self._desk.clock() - handoff.queued_at)}"
            case "accepted":
                return handoff.representative_name or "live"
            case _:
                return handoff.outcome or "ended"

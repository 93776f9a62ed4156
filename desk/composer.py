"""Where a representative writes: nothing that they wrote is lost, whatever becomes of the page's connection."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nicegui import ui
from pydantic import ValidationError

from desk.elements import button
from protocol.models import Owned

SCRIPT = Path(__file__).with_name("composer.js").read_text(encoding="utf-8")
ENTER = (
    "(e) => { if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) { e.preventDefault(); batonComposer.say(); } }"
)


class Words(Owned):
    """What the page tells until it is confirmed. The id is the page's own, the same however often it is told."""

    id: str
    handoff: str
    text: str


class Composer:
    """The box and its button. `say` returns whether the desk took the words; `types` hears that somebody types."""

    def __init__(self, say: Callable[[Words], bool], types: Callable[[], None]) -> None:
        self._say = say
        ui.add_body_html(f"<script type=module>{SCRIPT}</script>")
        ui.on("say", self._told)
        with ui.element("div").classes("composer") as self._root:
            self._text = ui.element("textarea").props('rows=1 placeholder="Write to the customer"')
            self._text.props('aria-label="Your message"')
            self._text.on("keydown", js_handler=ENTER)
            self._text.on("input", types, throttle=2.0, js_handler="() => emit()")
            button("Send", None).classes("main").on("click", js_handler="() => batonComposer.say()")

    def show(self, handoff: str | None) -> None:
        """Write to the customer of this handoff, going on with what was begun; None: to nobody."""
        self._root.set_visibility(handoff is not None)
        if handoff:
            self._text.props(f"data-handoff={json.dumps(handoff)}")

    def _told(self, event: Any) -> None:
        try:
            words = Words.model_validate(event.args[0] if isinstance(event.args, list) else event.args)
        except ValidationError:
            # Not of our page.
            return
        answer = "said" if self._say(words) else "refused"
        ui.run_javascript(f"batonComposer.{answer}({json.dumps(words.id)})")

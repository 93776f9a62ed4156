"""One representative's page under way: three panes, and what can be done in them."""

import json
from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from nicegui import ui

from desk.composer import Composer, Words
from desk.desk import Desk
from desk.dialogs import ask_name, ask_note, ask_queue
from desk.elements import button, facts_list, heading
from desk.inbox import Inbox
from desk.problems import ProblemError
from desk.shown import Line, clock, facts, history_lines, message_lines
from desk.store import Handoff


class Workplace:
    """The page of one representative. `kept` is what their browser remembers: id and name."""

    def __init__(self, desk: Desk, kept: MutableMapping[str, Any]) -> None:
        self._desk = desk
        self._kept = kept
        self._chosen: str | None = None
        self._changes = 0
        self._drawn: tuple[object, ...] = ()
        self._head_drawn: tuple[object, ...] | None = None
        self._details_drawn: tuple[object, ...] | None = None

    def build(self, handoff: str) -> None:
        """Lay the page out with this conversation open, if there is one of this id; ask for a name the first time."""
        self._root = ui.element("div").classes("desk").props("data-view=inbox")
        with self._root:
            with ui.element("header").classes("top"):
                ui.html('<span class="mark" aria-hidden="true">B</span>', sanitize=False)
                ui.html("<h1>Desk</h1>", sanitize=False)
                self._me = ui.label(self._name).classes("me")
                button("Change name", lambda: ask_name(self._rename)).classes("link me")
            self._inbox = Inbox(self._desk, self._choose)
            self._talk = ui.element("main").classes("talk").props('aria-label="Conversation"')
            self._details = ui.element("aside").classes("pane right").props('aria-label="Details"')
        with self._talk:
            self._head = ui.element("div").classes("head")
            self._lines = ui.element("div").classes("lines").props("role=log aria-live=polite tabindex=0")
            self._typing = ui.label("").classes("typing")
            self._composer = Composer(self._say, self._types)
        if self._desk.store.handoff(handoff):
            self._chosen = handoff
            self._view("talk")
        self.draw()
        if not self._kept.get("name"):
            ask_name(self._rename)

    def draw(self) -> None:
        """Draw everything anew."""
        self.draw_inbox()
        self._draw_talk()
        self._draw_details()

    def look(self) -> None:
        """Draw what has changed: the lists, and the open conversation only where something happened in it."""
        self._draw_typing()
        if self._desk.changes.count == self._changes:
            return
        self.draw_inbox()
        if self._state_of_talk() != self._drawn:
            self._draw_talk()
            self._draw_details()

    def draw_inbox(self) -> None:
        """Draw the lists anew."""
        self._changes = self._desk.changes.count
        self._inbox.draw(self._chosen)

    @property
    def _name(self) -> str:
        return str(self._kept.get("name") or "Representative")

    @property
    def _handoff(self) -> Handoff | None:
        return self._desk.store.handoff(self._chosen) if self._chosen else None

    def _rename(self, name: str) -> None:
        self._kept["name"] = name
        self._kept.setdefault("id", uuid4().hex[:12])
        self._me.text = name

    def _choose(self, handoff: str) -> None:
        self._chosen = handoff
        _address("/?" + urlencode({"handoff": handoff}))
        self._view("talk")
        self.draw()
        found = self._handoff
        if found and found.state == "accepted":
            ui.run_javascript("document.querySelector('.composer textarea')?.focus()")

    def _back(self) -> None:
        _address("/")
        self._view("inbox")

    def _view(self, view: str) -> None:
        self._root.props(f"data-view={view}")

    def _state_of_talk(self) -> tuple[object, ...]:
        """What the open conversation looks like hangs on this alone."""
        handoff = self._handoff
        if handoff is None:
            return ()
        said = [(message.id, message.delivery) for message in self._desk.store.messages(handoff.id)]
        return (handoff.id, handoff.state, handoff.queue, handoff.representative, *said)

    def _draw_typing(self) -> None:
        handoff = self._handoff
        typing = handoff is not None and self._desk.typing.get(handoff.id, 0) > self._desk.clock()
        self._typing.text = f"{handoff.customer} is typing…" if handoff and typing else ""

    def _draw_talk(self) -> None:
        handoff = self._handoff
        self._lines.clear()
        mine = handoff is not None and handoff.state == "accepted" and handoff.representative == self._kept.get("id")
        self._composer.show(handoff.id if handoff and mine else None)
        self._drawn = self._state_of_talk()
        self._draw_head(handoff, mine=mine)
        if handoff is None:
            with self._lines:
                ui.label("Choose a conversation. Whoever waits longest stands first.").classes("empty")
            return
        with self._lines:
            for line in history_lines(handoff):
                self._line(handoff, line)
            ui.label(f"Handed over at {clock_of(handoff.opened_at)}").classes("divider")
            for line in message_lines(handoff, self._desk.store.messages(handoff.id)):
                self._line(handoff, line)
            if handoff.state == "ended":
                ui.label(f"Ended: {handoff.outcome}").classes("divider")
        ui.run_javascript("document.querySelectorAll('.lines').forEach(lines => lines.scrollTop = lines.scrollHeight)")

    def _draw_head(self, handoff: Handoff | None, *, mine: bool) -> None:
        """Only where it is another one: a click on a button that is just being replaced would be lost."""
        head = (handoff.id, handoff.state, mine) if handoff else ()
        if head == self._head_drawn:
            return
        self._head_drawn = head
        self._head.clear()
        if handoff:
            with self._head:
                self._actions(handoff, mine=mine)

    def _actions(self, handoff: Handoff, *, mine: bool) -> None:
        button("‹ Back", self._back).classes("back")
        ui.label(handoff.customer).classes("title")
        if handoff.state == "queued":
            button("Accept", lambda: self._do(self._accept)).classes("main")
        if mine:
            button("Transfer", lambda: ask_queue(self._desk.queues, self._transfer))
            button("Return to bot", lambda: ask_note(self._give_back))
            button("Close", lambda: self._do(lambda: self._desk.close(handoff.id))).classes("danger")
        button("Details", lambda: self._view("details")).classes("only-small")

    def _line(self, handoff: Handoff, line: Line) -> None:
        with ui.element("div").classes(f"said {line.role}" + (" failed" if line.failed else "")):
            ui.label(line.by).classes("by")
            ui.label(line.words).classes("words")
            if line.mark:
                with ui.element("div").classes("mark-line"):
                    ui.label(line.mark)
                    if line.failed:
                        button("Retry", lambda: self._retry(handoff, line)).classes("link")

    def _retry(self, handoff: Handoff, line: Line) -> None:
        self._do(lambda: self._desk.retry(handoff.id, line.failed))

    def _draw_details(self) -> None:
        """As the head: not with every message."""
        handoff = self._handoff
        details = (handoff.id, handoff.queue) if handoff else ()
        if details == self._details_drawn:
            return
        self._details_drawn = details
        self._details.clear()
        with self._details:
            button("‹ Back", lambda: self._view("talk")).classes("only-small")
            if handoff is None:
                ui.label("Note and variables stand here.").classes("empty")
                return
            if handoff.note:
                heading("Private note")
                ui.label(handoff.note).classes("note")
            heading("Conversation")
            number = str(handoff.body["conversation"]["id"])
            facts_list([("Queue", handoff.queue), ("Priority", str(handoff.priority)), ("Id", number)])
            heading("Variables")
            facts_list(facts(handoff.variables))

    def _say(self, words: Words) -> bool:
        by = str(self._kept.get("id"))
        return self._do(lambda: self._desk.say(words.handoff, words.text, words.id, by))

    def _types(self) -> None:
        if self._chosen:
            handoff = self._chosen
            self._do(lambda: self._desk.type(handoff))

    def _accept(self) -> None:
        if self._chosen:
            self._rename(self._name)
            self._desk.accept(self._chosen, str(self._kept["id"]), self._name)

    def _transfer(self, queue: str) -> None:
        if self._chosen:
            handoff = self._chosen
            self._do(lambda: self._desk.transfer(handoff, queue))

    def _give_back(self, note: str) -> None:
        if self._chosen:
            handoff = self._chosen
            self._do(lambda: self._desk.give_back(handoff, note))

    def _do(self, verb: Callable[[], object]) -> bool:
        """Carry out a verb of the desk's, and say why where it is refused; whether it was carried out."""
        try:
            verb()
        except ProblemError as error:
            ui.notify(": ".join(part for part in (error.title, error.detail) if part), type="warning")
            return False
        finally:
            self.look()
        return True


def _address(path: str) -> None:
    """A page that is loaded anew, as it is when the desk was away, shows the same again."""
    ui.run_javascript(f"history.replaceState(null, '', {json.dumps(path)})")


def clock_of(seconds: float) -> str:
    """A time since the epoch as it is shown."""
    return clock(datetime.fromtimestamp(seconds, UTC))

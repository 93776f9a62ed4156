"""One conversation: where it stands, what was said, what happened."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from nicegui import ui

from gateway.console.trace import Trace
from gateway.context import Gateway
from protocol.activity import MESSAGE, Activity
from protocol.status import Milestone, Status

ROLES = {"user": "Customer", "bot": "Assistant", "agent": "Representative"}


class Single:
    """The page of one conversation."""

    def __init__(self, gateway: Gateway, conversation: str) -> None:
        self._gateway = gateway
        self._conversation = conversation
        self._drawn: tuple[int, int, str] | None = None

    async def build(self) -> Callable[[], Awaitable[None]]:
        """Lay the page out; returns what reads it anew."""
        self._status = ui.element("section").classes("card")
        with ui.element("div").classes("two"):
            self._transcript = ui.element("section").classes("card").props('aria-label="Transcript"')
            self._timeline = ui.element("section").classes("card").props('aria-label="Timeline"')
        Trace(self._gateway, self._conversation).build()
        await self.read()
        return self.read

    async def read(self) -> None:
        """Read the conversation, and draw it where it has changed."""
        status = await self._gateway.conversations.status(self._conversation)
        now = (status.watermark, len(status.timeline), str(status.phase))
        if now == self._drawn:
            return
        self._drawn = now
        said = await self._gateway.log.after(self._conversation, 0)
        self._draw_status(status)
        self._draw_transcript([activity for activity in said.activities if activity.type == MESSAGE])
        self._draw_timeline(status.timeline)

    def _draw_status(self, status: Status) -> None:
        self._status.clear()
        with self._status:
            ui.html("<h2>Conversation</h2>", sanitize=False)
            with ui.element("dl").classes("facts"):
                for name, value in self._facts(status):
                    with ui.element("dt"):
                        ui.label(name)
                    with ui.element("dd"):
                        ui.label(value)
                with ui.element("dt"):
                    ui.label("Temporal")
                with ui.element("dd"):
                    ui.link("its run in Temporal's web page", self._run_url(), new_tab=True).classes("plain")

    @staticmethod
    def _facts(status: Status) -> list[tuple[str, str]]:
        facts = [
            ("Id", status.id),
            ("Phase", str(status.phase) + (f" ({status.ended})" if status.ended else "")),
            ("Agent", f"{status.agent}, version {status.version}"),
            ("Topic", status.topic or "none"),
            ("Turns", str(status.turns)),
            ("Started", f"{status.started:%Y-%m-%d %H:%M:%S} UTC" if status.started else ""),
            ("To deliver", str(status.waiting_to_deliver)),
        ]
        if status.deadline:
            facts.append(("Next deadline", f"{status.deadline:%Y-%m-%d %H:%M:%S} UTC"))
        for handoff in status.handoffs:
            where = "/".join(part for part in (handoff.hub, handoff.queue) if part) or "no hub yet"
            by = f", {handoff.representative}" if handoff.representative else ""
            facts.append((f"Handoff {handoff.number}", f"{handoff.state} at {where}{by}"))
        for number, ticket in enumerate(status.tickets, 1):
            facts.append((f"Ticket {number}", f"{ticket.state} at {ticket.hub or 'no hub yet'} {ticket.id}".strip()))
        return facts

    def _run_url(self) -> str:
        temporal = self._gateway.settings.temporal
        run = quote(self._conversation, safe="")
        return f"http://127.0.0.1:{temporal.ui_port}/namespaces/{temporal.namespace}/workflows/{run}"

    def _draw_transcript(self, said: list[Activity]) -> None:
        self._transcript.clear()
        with self._transcript:
            ui.html("<h2>Transcript</h2>", sanitize=False)
            for activity in said:
                with ui.element("div").classes(f"said {activity.role}"):
                    with ui.element("div").classes("by"):
                        name = (activity.from_ and activity.from_.name) or ROLES.get(activity.role, activity.role)
                        with ui.element("b"):
                            ui.label(name)
                        ui.label(f"{activity.timestamp:%H:%M:%S}" if activity.timestamp else "")
                    ui.label(activity.text or "").classes("words")

    def _draw_timeline(self, timeline: tuple[Milestone, ...]) -> None:
        self._timeline.clear()
        with self._timeline:
            ui.html("<h2>Timeline</h2>", sanitize=False)
            for milestone in timeline:
                with ui.element("div").classes("step"):
                    ui.label(f"{milestone.at:%H:%M:%S}").classes("at")
                    ui.label(f"{milestone.what} {milestone.detail}".strip())

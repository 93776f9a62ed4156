"""A hub that takes tickets, too: the custom hub with one call more, which is in nobody's contract."""

from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hubs.base import Again, Capabilities
from hubs.custom import CustomHub
from hubs.handoffs import LeftTicket, Ticket
from hubs.line import Line
from simulators.custom_hub import CustomHubSimulator
from tests.support.waiting import PATIENCE


@dataclass
class TicketingSimulator(CustomHubSimulator):
    """POST /tickets under an Idempotency-Key; `fail_next("ticket", …)` lets it go wrong."""

    tickets: dict[str, dict[str, Any]] = field(default_factory=dict)

    def app(self) -> Starlette:
        """The contract's calls, and that of tickets."""
        app = super().app()
        app.router.routes.append(self._route("/tickets", "POST", "ticket", self._ticket))
        return app

    async def _ticket(self, request: Request) -> Response:
        key = request.headers["idempotency-key"]
        self.tickets.setdefault(key, await request.json())
        return JSONResponse({"id": f"T-{list(self.tickets).index(key) + 1}"}, 201)


class TicketingHub(CustomHub):
    """Baton's side of it."""

    capabilities = Capabilities(tickets=True)

    def __init__(self, name: str, url: str, simulator: TicketingSimulator) -> None:
        super().__init__(name, url, simulator.token, simulator.webhook_secret, timeout_seconds=PATIENCE)
        headers = {"Authorization": f"Bearer {simulator.token}"}
        self._tickets = Line(name, url, headers=headers, credentials="token", timeout=PATIENCE)

    async def leave_ticket(self, ticket: Ticket, *, again: Again | None = None) -> LeftTicket:
        """POST /tickets."""
        del again
        headers = {"Idempotency-Key": ticket.key}
        answer = await self._tickets.call("POST", "/tickets", ticket.model_dump(mode="json"), headers=headers)
        return LeftTicket(id=answer.json()["id"])

    async def close(self) -> None:
        """Close both lines."""
        await super().close()
        await self._tickets.close()

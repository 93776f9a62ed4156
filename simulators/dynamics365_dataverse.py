"""What of Dataverse's Web API tickets and availability need: contacts, cases, and one action of Contact Center's."""

import json
import re
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.dataverse_rules import ROOT, OdataError, answering, checked, condition
from simulators.entra import EntraSimulator
from simulators.faults import Endpoint, Faults

_BOUND = re.compile(r"/contacts\((.+)\)")


class DataverseSimulator:
    """One environment, of which the application is a user."""

    workstream = "8a581641-0000-4000-8000-0000000000d1"

    def __init__(self, faults: Faults, entra: EntraSimulator) -> None:
        self.rows: dict[str, dict[str, dict[str, Any]]] = {"incidents": {}, "contacts": {}}
        """By table and id."""
        self.open = True
        self.opens_at = "2026-11-26T08:00:00Z"
        self.asked: list[dict[str, Any]] = []
        """The bodies of the availability action."""
        self._faults, self._entra = faults, entra
        self._numbers = count(1)

    def routes(self) -> list[Route]:
        """Each under `/api/data/v9.2`."""
        action = "CCaaS_GetRepresentativeAvailabilityBeforeConversation"
        endpoints: list[tuple[str, str, str, Endpoint]] = [
            ("GET", "/WhoAmI()", "whoami", self._who),
            ("POST", f"/{action}", "availability", self._availability),
            ("GET", "/contacts", "contacts", self._find_contact),
            ("PATCH", "/contacts({row})", "contact", self._upsert_contact),
            ("PATCH", "/incidents({row})", "case", self._upsert_case),
            ("GET", "/incidents({row})", "row", self._case),
        ]
        return [
            Route(ROOT + path, checked(self._faults.around(name, answering(do)), self._admit), methods=[method])
            for method, path, name, do in endpoints
        ]

    def _admit(self, request: Request) -> None:
        audience = self._entra.url.removesuffix("/login") + "/dataverse"
        if not self._entra.holds(request.headers.get("authorization"), audience):
            raise OdataError(401, "", "unauthorized")

    async def _who(self, request: Request) -> Response:
        del request
        return JSONResponse({"UserId": "0c0ffee0-0000-4000-8000-0000000000d2"})

    async def _availability(self, request: Request) -> Response:
        body = await request.json()
        if body.get("ApiVersion") != "1.0" or body.get("LiveWorkStreamId") != self.workstream:
            return _error(404, "0x80040217", "there is no such workstream")
        if not isinstance(body.get("CustomContextItems", ""), str):
            return _error(400, "0x80048d19", "CustomContextItems is a string")
        self.asked.append({**body, "CustomContextItems": json.loads(body.get("CustomContextItems", "{}"))})
        numbers = {"NumberOfExpertsAvailableInQueue": 3, "AverageWaitTime": 1, "AverageWaitTimeInSeconds": 45}
        opens = "0001-01-01T00:00:00Z" if self.open else self.opens_at
        times = {"StartTimeOfNextOperatingHour": opens}
        return JSONResponse({"IsQueueAvailable": self.open, "IsAgentAvailable": self.open, **numbers, **times})

    async def _find_contact(self, request: Request) -> Response:
        holds = condition(request.query_params.get("$filter", ""), {"emailaddress1"})
        found = [{"contactid": row} for row, each in self.rows["contacts"].items() if holds(each)]
        return JSONResponse({"value": found})

    async def _upsert_contact(self, request: Request) -> Response:
        return self._upsert("contacts", request, await request.json())

    async def _upsert_case(self, request: Request) -> Response:
        body = await request.json()
        bound = _BOUND.fullmatch(body.get("customerid_contact@odata.bind", ""))
        if not body.get("title") or bound is None or bound.group(1) not in self.rows["contacts"]:
            return _error(400, "0x80040265", "a case needs a title and a customer")
        return self._upsert("incidents", request, {**body, "ticketnumber": f"CAS-{next(self._numbers):05d}"})

    def _upsert(self, table: str, request: Request, body: dict[str, Any]) -> Response:
        rows, row = self.rows[table], request.path_params["row"]
        if row in rows and request.headers.get("if-none-match") == "*":
            return _error(412, "0x80040237", "A record with matching key values already exists.")
        rows[row] = {**rows.get(row, {}), **body}
        return Response(status_code=204)

    async def _case(self, request: Request) -> Response:
        row = self.rows["incidents"].get(request.path_params["row"])
        return _error(404, "0x80040217", "there is no such row") if row is None else JSONResponse(row)


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status)

"""The part of a simulated ServiceNow's Table API that a ticket meets: one table of records."""

from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.faults import Faults
from simulators.servicenow_door import Door

LENGTHS = {"short_description": 160, "description": 4_000, "correlation_id": 100, "correlation_display": 100}
"""Characters that the columns hold; the Table API cuts what is longer, and does not tell."""
COLUMNS = frozenset([*LENGTHS, "contact_type", "urgency", "impact", "work_notes", "comments", "category", "u_order"])


class Tables:
    """The incidents, the first first."""

    def __init__(self, door: Door, faults: Faults) -> None:
        self.records: list[dict[str, Any]] = []
        self._door = door
        self._faults = faults
        self._numbers = count(1)

    def routes(self) -> list[Route]:
        """`/api/now/table/incident`; no other table exists."""
        path = "/api/now/table/incident"
        read = Route(path, self._faults.around("find", self._read), methods=["GET"])
        return [read, Route(path, self._faults.around("ticket", self._write), methods=["POST"])]

    async def _read(self, request: Request) -> Response:
        if refused := self._door.refuses(request, wants_user=True):
            return refused
        found = self.records
        for condition in filter(None, request.query_params.get("sysparm_query", "").split("^")):
            column, _, wanted = condition.partition("=")
            found = [record for record in found if record.get(column) == wanted]
        fields = request.query_params.get("sysparm_fields", "").split(",")
        limit = int(request.query_params.get("sysparm_limit", "10000"))
        shown = [{name: value for name, value in record.items() if name in fields} for record in found[:limit]]
        return JSONResponse({"result": shown})

    async def _write(self, request: Request) -> Response:
        """201; a column that the table does not have is ignored, as the Table API does."""
        if refused := self._door.refuses(request, wants_user=True):
            return refused
        body = await request.json()
        if not isinstance(body, dict) or not all(isinstance(value, str) for value in body.values()):
            error = {"message": "Exception while reading request", "detail": "The payload is not valid JSON."}
            return JSONResponse({"error": error, "status": "failure"}, 400)
        number = next(self._numbers)
        kept = {name: value[: LENGTHS.get(name)] for name, value in body.items() if name in COLUMNS}
        record = {"sys_id": f"{number:032x}", "number": f"INC{number:07d}", **kept}
        self.records.append(record)
        return JSONResponse({"result": record}, 201)

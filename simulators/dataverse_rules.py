"""What every simulated Dataverse insists on: the audience, OData's headers, columns that there are, known filters."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulators.faults import Endpoint, Fault

ROOT = "/api/data/v9.2"
WANTED = {"odata-version": "4.0", "odata-maxversion": "4.0", "accept": "application/json"}
NO_SUCH_ROW, NO_SUCH_SEGMENT = "0x80040217", "0x8006088a"
NO_SUCH_PROPERTY, BAD_REQUEST = "0x80060888", "0x80048d19"
DUPLICATE, ROW_CHANGED = "0x80040237", "0x80060882"
NO_PRIVILEGE, USER_DISABLED, NOT_A_MEMBER = "0x80040220", "0x80040225", "0x80072560"
BUSY = {"requests": "0x80072322", "time": "0x80072321", "at once": "0x80072326"}
_TERM = re.compile(r"(\w+) eq ('(?:[^']|'')*'|[\w-]+)")
Row = Mapping[str, Any]


class OdataError(Exception):
    """A request that Dataverse refuses."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code

    def response(self) -> Response:
        """As Dataverse tells it."""
        return JSONResponse({"error": {"code": self.code, "message": str(self)}}, self.status)


def busy(limit: str, retry_after: int) -> Fault:
    """Service protection, by one of its three limits: `requests`, `time`, `at once`."""
    body = f'{{"error": {{"code": "{BUSY[limit]}", "message": "limit of {limit} exceeded"}}}}'
    return Fault(429, retry_after, body=body.encode())


def checked(endpoint: Endpoint, admitted: Callable[[Request], None]) -> Endpoint:
    """`endpoint` behind Dataverse's conventions; `admitted` raises `OdataError` for whoever may not enter."""

    async def guarded(request: Request) -> Response:
        admitted(request)
        whole = all(request.headers.get(name) == value for name, value in WANTED.items())
        require(whole, "headers of OData 4.0 are missing")
        return await endpoint(request)

    return answering(guarded)


def answering(endpoint: Endpoint) -> Endpoint:
    """`endpoint`, whose `OdataError`s are answers."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except OdataError as error:
            return error.response()

    return answered


def condition(text: str, columns: set[str]) -> Callable[[Row], bool]:
    """A `$filter` of `column eq value`, with `and`, `or`.

    Raises:
        OdataError: another form, or a column that there is not.
    """
    if not text:
        return lambda _: True
    ways = [[_term(term, columns) for term in way.split(" and ")] for way in _outside_quotes(text, " or ")]
    return lambda row: any(all(term(row) for term in way) for way in ways)


def _outside_quotes(text: str, separator: str) -> list[str]:
    hidden = re.sub(r"'(?:[^']|'')*'", lambda quote: quote.group().replace(" ", "\0"), text)
    return hidden.split(separator)


def _term(text: str, columns: set[str]) -> Callable[[Row], bool]:
    found = _TERM.fullmatch(text.replace("\0", " "))
    if found is None:
        raise OdataError(400, NO_SUCH_PROPERTY, "a filter that this simulator does not know")
    column, written = found.groups()
    # A lookup is filtered by its own name, too.
    known = column if column in columns else f"_{column}_value"
    require(known in columns, f"Could not find a property named '{column}'")
    wanted = _value(written)
    return lambda row: _same(row.get(known), wanted)


def _value(written: str) -> Any:
    plain = {"null": None, "true": True, "false": False}
    if written in plain:
        return plain[written]
    if written.startswith("'"):
        return written[1:-1].replace("''", "'")
    return int(written) if written.isdigit() else written


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        return value.casefold() == wanted.casefold()
    return bool(value == wanted)


def require(holds: bool, message: str, code: str = NO_SUCH_PROPERTY) -> None:  # noqa: FBT001 - what must hold
    """Raise what Dataverse answers to a bad request, unless `holds`."""
    if not holds:
        raise OdataError(400, code, message)

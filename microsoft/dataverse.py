"""An organisation's Dataverse, by its Web API: its conventions, in one place for whoever reads or writes there.

Sources: Microsoft's Power Apps documentation, "Compose HTTP requests and handle errors", "Service protection API
limits", "Associate and disassociate table rows using the Web API".
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
from pydantic import Field, TypeAdapter, ValidationError

from microsoft.access import Access
from microsoft.errors import ForbiddenError, MicrosoftError, NotYetError, RefusedError, UnavailableError
from microsoft.line import Line, Model, Refusal
from microsoft.tokens import TokenProvider
from protocol.models import Foreign

ROOT = "/api/data/v9.2"
HEADERS = {
    "Accept": "application/json",
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
    # Else something on the way may answer from its cache.
    "If-None-Match": "null",
}
ONLY_CREATE = {"If-None-Match": "*"}
"""A PATCH that only creates; where the row is there it is refused with 412."""
STRONG = {"Consistency": "Strong"}
"""Reads past caches, which are up to half a minute old after a change of roles."""
DUPLICATE = "0x80040237"
"""A record with matching key values already exists."""
USER_DISABLED, ROW_CHANGED = "0x80040225", "0x80060882"
BUSY = {
    "0x80072322": "6,000 requests in five minutes",
    "0x80072321": "twenty minutes of work in five minutes",
    "0x80072326": "52 requests at a time",
}
"""Service protection: what one user may ask of one web server."""
_NOT_IN_DIRECTORY = re.compile(r"application.*not found.*directory", re.IGNORECASE)
"""It has no code of its own that is documented; replication from Entra takes up to some minutes."""


class Dataverse:
    """One organisation. `url` is its own (`https://contoso.crm4.dynamics.com`), `api_url` where its Web API is."""

    def __init__(self, url: str, tokens: TokenProvider, *, api_url: str | None = None, timeout: float = 30) -> None:
        self.url = url.rstrip("/")
        self.root = (api_url or url).rstrip("/") + ROOT
        self._line = Line(
            f"Dataverse ({urlsplit(self.url).netloc})",
            self.root,
            Access(tokens, f"{self.url}/.default"),
            headers=HEADERS,
            request_id="x-ms-client-request-id",
            permission="make Baton's application an application user of this environment, with a role for this",
            advice=_advice,
            timeout=timeout,
        )

    async def call(  # noqa: PLR0913 - as the line's own
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        accepted: tuple[int, ...] = (),
    ) -> httpx.Response:
        """One request below the Web API's root. Raises as `Line.call`."""
        return await self._line.call(method, path, body, headers=headers, params=params, accepted=accepted)

    async def rows(  # noqa: PLR0913 - the parts of a query
        self,
        model: type[Model],
        table: str,
        *,
        select: Sequence[str],
        where: str = "",
        expand: str = "",
        strong: bool = False,
    ) -> list[Model]:
        """GET `table`, over all its pages. Raises as `Line.call`."""
        params = _query(select, where, expand)
        found: list[Model] = []
        path = f"/{table}"
        while path:
            answer = await self.call("GET", path, params=params, headers=STRONG if strong else None)
            page = self._line.parsed(_Page, answer)
            found.extend(self._each(model, page.value))
            path, params = page.next_link or "", {}
        return found

    async def row(  # noqa: PLR0913 - the parts of a query
        self, model: type[Model], table: str, row: str, *, select: Sequence[str], expand: str = "", strong: bool = False
    ) -> Model | None:
        """GET `table(row)`; None where there is none. Raises as `Line.call`."""
        answer = await self.call(
            "GET",
            f"/{table}({guid(row)})",
            params=_query(select, "", expand),
            headers=STRONG if strong else None,
            accepted=(httpx.codes.NOT_FOUND,),
        )
        return self._line.parsed(model, answer) if answer.is_success else None

    async def create(self, table: str, body: Mapping[str, Any]) -> str:
        """POST `table`. Returns the new row's id, from `OData-EntityId`.

        Raises:
            ThereAlreadyError: a row with the same key is there.
        """
        answer = await self.call("POST", f"/{table}", dict(body))
        named = re.search(r"\(([0-9a-fA-F-]{36})\)$", answer.headers.get("odata-entityid", ""))
        if named is None:
            raise UnavailableError(f"Dataverse made a row of {table} and did not say which; it is looked for again")
        return named.group(1).lower()

    async def change(self, table: str, row: str, body: Mapping[str, Any], *, etag: str = "*") -> None:
        """PATCH `table(row)`, which never creates.

        Raises:
            MissingError: there is no such row.
            UnavailableError: another one changed it since it was read with `etag`.
        """
        await self.call("PATCH", f"/{table}({guid(row)})", dict(body), headers={"If-Match": etag})

    async def associate(self, table: str, row: str, relation: str, other: tuple[str, str]) -> None:
        """POST `table(row)/relation/$ref`: also where they are associated already. `other` is a table and a row."""
        body = {"@odata.id": self._address(*other)}
        answer = await self.call("POST", f"/{table}({guid(row)})/{relation}/$ref", body, accepted=(412,))
        if answer.status_code == 412 and DUPLICATE not in answer.text:
            raise UnavailableError(f"Dataverse answered 412 to POST {relation}/$ref")

    async def disassociate(self, table: str, row: str, relation: str, other: tuple[str, str] | None = None) -> None:
        """DELETE `table(row)/relation/$ref`: also where they are not associated, or not there."""
        params = {"$id": self._address(*other)} if other else None
        path = f"/{table}({guid(row)})/{relation}/$ref"
        await self.call("DELETE", path, params=params, accepted=(httpx.codes.NOT_FOUND,))

    def parsed(self, model: type[Model], answer: httpx.Response) -> Model:
        """The answer's body. Raises as `Line.parsed`."""
        return self._line.parsed(model, answer)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()

    def _address(self, table: str, row: str) -> str:
        return f"{self.root}/{table}({guid(row)})"

    @staticmethod
    def _each(model: type[Model], values: list[dict[str, Any]]) -> list[Model]:
        try:
            return TypeAdapter(list[model]).validate_python(values)  # type: ignore[valid-type]  # a type that is given
        except ValidationError:
            raise UnavailableError("Dataverse answered with rows that are not of its contract") from None


class _Page(Foreign):
    value: list[dict[str, Any]] = []
    next_link: str | None = Field(default=None, alias="@odata.nextLink")


def guid(text: str) -> str:
    """An id as Dataverse takes it, which also cannot be anything else of a URL or a filter.

    Raises:
        RefusedError: it is none.
    """
    try:
        return str(UUID(text.strip()))
    except ValueError:
        raise RefusedError("an id is a GUID, such as 8a581641-0000-4000-8000-0000000000d1; this is none") from None


def quoted(text: str) -> str:
    """A text within a filter."""
    return "'" + text.replace("'", "''") + "'"


def _query(select: Sequence[str], where: str, expand: str) -> dict[str, str]:
    told = {"$select": ",".join(select), "$filter": where, "$expand": expand}
    return {name: value for name, value in told.items() if value}


def _advice(refusal: Refusal) -> MicrosoftError | None:
    if refusal.code in BUSY:
        what = f"more than {BUSY[refusal.code]} were asked of it"
        return UnavailableError(f"{refusal.said}: {what}", refusal.retry_after)
    if refusal.code == USER_DISABLED and refusal.status == httpx.codes.FORBIDDEN:
        what = "Baton's own application user is disabled there: enable it in the Power Platform admin center"
        return ForbiddenError(f"{refusal.said}: {what}", refusal.code)
    if refusal.code == ROW_CHANGED:
        return UnavailableError(f"{refusal.said}: another one changed the row at the same moment")
    if refusal.status == httpx.codes.BAD_REQUEST and _NOT_IN_DIRECTORY.search(refusal.message):
        return NotYetError(f"{refusal.said}: Dataverse does not know the application (yet); is it of this tenant?")
    return None

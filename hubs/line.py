"""The HTTP line to a hub: pooled connections, and a status turned into the outcome that the lifecycle understands."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from hubs.errors import HandoffGoneError, HubError, HubRefusedError, HubUnavailableError
from hubs.pace import Pace
from protocol.retry_after import seconds_of
from settings.trust import trusted

Model = TypeVar("Model", bound=BaseModel)
Meaning = Callable[[httpx.Response, str], HubError | None]
"""What a vendor's own error code means, given what was said and about which call; None where the status says it all."""
_LATER = frozenset([httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS])
LONGEST_HOLD = 15.0
"""Seconds for which everybody of a connection waits that was too fast. Whoever shall wait longer is not kept in a call
for it, but tries again when it is time, or when an operator says so."""


class Line:
    """One connection's way to its hub. Messages of errors name the connection, the call and what to look at."""

    def __init__(  # noqa: PLR0913 - one each of what a connection differs in
        self,
        name: str,
        base_url: str,
        *,
        auth: httpx.Auth | None = None,
        headers: Mapping[str, str] | None = None,
        credentials: str,
        timeout: float,
        meaning: Meaning | None = None,
        connections: int | None = 100,
        pace: Pace | None = None,
    ) -> None:
        self.name = name
        self._timeout = timeout
        self._meaning = meaning
        self._pace = pace
        self._credentials = credentials
        self._http = httpx.AsyncClient(
            verify=trusted(),
            base_url=base_url.rstrip("/"),
            auth=auth,
            headers=headers,
            timeout=timeout,
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=20),
        )

    async def call(  # noqa: PLR0913 - as httpx's own
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        form: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str | None, bytes, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        auth: httpx.Auth | None = None,
        accepted: tuple[int, ...] = (),
        history: bool = False,
    ) -> httpx.Response:
        """The hub's answer, where it is one of success, or a status that the caller has accepted.

        `files` are a multipart body's parts by name: file name, content, type. `auth` is used instead of the
        connection's own. `history`: what people say now goes before it, on a paced line.

        Raises:
            HandoffGoneError: 404 or 410.
            HubRefusedError: any other refusal.
            HubUnavailableError: no answer, 408, 429 or 5xx.
        """
        what = f"{method} {path.split('?', maxsplit=1)[0]}"
        if self._pace:
            await self._pace.turn(history=history)
        try:
            answer = await self._http.request(
                method,
                path,
                json=body,
                data=form,
                files=files,
                headers=headers,
                params=params,
                auth=auth or httpx.USE_CLIENT_DEFAULT,
            )
        except httpx.HTTPError as error:
            raise HubUnavailableError(f'hub "{self.name}" does not answer: {type(error).__name__}') from None
        if not answer.is_success and answer.status_code not in accepted:
            self._refuse(answer, what)
        return answer

    @asynccontextmanager
    async def stream(
        self, path: str, *, headers: Mapping[str, str], auth: httpx.Auth, silence: float
    ) -> AsyncIterator[httpx.Response]:
        """An answer that goes on coming; `silence` is after how many seconds without a byte it is taken as broken.

        Raises as `call` does, while it is read, too.
        """
        timeout = httpx.Timeout(self._timeout, read=silence)
        try:
            async with self._http.stream("GET", path, headers=headers, auth=auth, timeout=timeout) as answer:
                if not answer.is_success:
                    await answer.aread()
                    self._refuse(answer, f"GET {path}")
                yield answer
        except httpx.HTTPError as error:
            raise HubUnavailableError(f'the stream of hub "{self.name}" broke: {type(error).__name__}') from None

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._http.aclose()

    def parsed(self, model: type[Model], answer: httpx.Response) -> Model:
        """The answer's body.

        Raises:
            HubUnavailableError: it is not what the hub's contract says.
        """
        try:
            return model.model_validate_json(answer.content)
        except ValidationError:
            said = f'hub "{self.name}" answered {answer.status_code} with something that is not of the contract'
            raise HubUnavailableError(said) from None

    def _refuse(self, answer: httpx.Response, what: str) -> None:
        status, later = answer.status_code, retry_after(answer)
        if self._pace and later is not None and status == httpx.codes.TOO_MANY_REQUESTS:
            self._pace.hold(min(later, LONGEST_HOLD))
        said = f'hub "{self.name}" answered {status} to {what}'
        if self._meaning and (known := self._meaning(answer, said)):
            raise known
        if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise HubRefusedError(f"{said}: check baton.toml [hubs.{self.name}] {self._credentials}")
        if status in {httpx.codes.NOT_FOUND, httpx.codes.GONE}:
            raise HandoffGoneError(said)
        if status in _LATER or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise HubUnavailableError(said, later)
        raise HubRefusedError(said)


def retry_after(answer: httpx.Response) -> float | None:
    """`Retry-After` in seconds; None where there is none."""
    return seconds_of(answer.headers.get("retry-after", ""))

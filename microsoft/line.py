"""The HTTP line to one of Microsoft's services: a status becomes an error that says what an administrator can do."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, Field, ValidationError

from microsoft.access import Access
from microsoft.errors import (
    ForbiddenError,
    MicrosoftError,
    MissingError,
    RefusedError,
    ThereAlreadyError,
    UnavailableError,
)
from protocol.models import Foreign
from protocol.retry_after import seconds_of
from settings.trust import trusted

Model = TypeVar("Model", bound=BaseModel)
MAX_WAIT = 600.0
"""Seconds; a service that wants to be left alone for longer is asked again after these."""
_LATER = frozenset([408, 425, 429, 499])


class _Body(Foreign):
    code: str = ""
    message: str = ""


class _Error(Foreign):
    error: _Body = Field(default=_Body())


class Refusal:
    """An answer that is none of success: what a service's own advice is made from."""

    def __init__(self, answer: httpx.Response, said: str) -> None:
        self.status = answer.status_code
        self.said = said
        """Which service answered what to which call."""
        self.text = answer.text
        """The body; it may hold ids and names, and goes into no message."""
        wait = seconds_of(answer.headers.get("retry-after", ""))
        self.retry_after = None if wait is None else min(wait, MAX_WAIT)
        """How long the service wants to be left alone."""
        try:
            self._told = _Error.model_validate_json(answer.content).error
        except ValidationError:
            self._told = _Body()

    @property
    def code(self) -> str:
        """The service's own code, where there is one."""
        return self._told.code

    @property
    def message(self) -> str:
        """The service's own words; as `text`, they go into no message."""
        return self._told.message


Advice = Callable[[Refusal], MicrosoftError | None]
"""What a refusal means at one service; None where the status says it all."""


class Line:
    """One service, under one scope."""

    def __init__(  # noqa: PLR0913 - one each of what a service differs in
        self,
        service: str,
        base_url: str,
        access: Access,
        *,
        headers: Mapping[str, str] | None = None,
        request_id: str = "client-request-id",
        permission: str,
        advice: Advice | None = None,
        timeout: float = 30,
    ) -> None:
        self._service, self._permission, self._advice = service, permission, advice
        self._request_id = request_id
        self._http = httpx.AsyncClient(
            verify=trusted(), base_url=base_url.rstrip("/"), auth=access, headers=headers, timeout=timeout
        )

    async def call(  # noqa: PLR0913 - as httpx's own
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        accepted: tuple[int, ...] = (),
    ) -> httpx.Response:
        """The service's answer, where it is one of success, or a status that the caller has accepted.

        `path` may be a whole address, as that of a next page is, at the service itself.

        Raises:
            RefusedError: a refusal, in one of its kinds; or a page that is elsewhere, which our token is not for.
            UnavailableError: no answer, 408, 425, 429, 499 or 5xx; or no token now.
        """
        asked = str(uuid.uuid4())
        what = f"{method} {urlsplit(path).path}"
        if urlsplit(path).netloc not in {"", urlsplit(str(self._http.base_url)).netloc}:
            raise RefusedError(f"{self._service} names a page at another service: {what}")
        sent = {**(headers or {}), self._request_id: asked}
        try:
            answer = await self._http.request(method, path, json=body, headers=sent, params=params or None)
        except httpx.HTTPError as error:
            raise UnavailableError(f"{self._service} does not answer: {type(error).__name__} ({what})") from None
        if not answer.is_success and answer.status_code not in accepted:
            raise self._error(answer, f"{what}, request {asked}")
        return answer

    def parsed(self, model: type[Model], answer: httpx.Response) -> Model:
        """The answer's body.

        Raises:
            UnavailableError: it is not what the service's contract says.
        """
        try:
            return model.model_validate_json(answer.content)
        except ValidationError:
            said = f"{self._service} answered {answer.status_code} with something that is not of its contract"
            raise UnavailableError(said) from None

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._http.aclose()

    def _error(self, answer: httpx.Response, what: str) -> MicrosoftError:
        refusal = Refusal(answer, f"{self._service} answered {answer.status_code}")
        code = f" {refusal.code}" if refusal.code else ""
        refusal.said += f"{code} ({what})"
        if self._advice and (known := self._advice(refusal)):
            return known
        if refusal.status in _LATER or answer.is_server_error:
            return UnavailableError(refusal.said, refusal.retry_after)
        return _refused(refusal, self._permission)


def _refused(refusal: Refusal, permission: str) -> RefusedError:
    """By its status; `permission` is what our application needs there."""
    match refusal.status:
        case 401 | 403:
            return ForbiddenError(f"{refusal.said}: {permission}", refusal.code)
        case 404 | 410:
            return MissingError(refusal.said, refusal.code)
        case 409 | 412:
            return ThereAlreadyError(refusal.said, refusal.code)
    return RefusedError(refusal.said, refusal.code)

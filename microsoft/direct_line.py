"""A client of Direct Line 3.0, which an agent elsewhere is reached by.

Source: learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-direct-line-3-0-api-reference.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any, TypeVar

import httpx
from pydantic import Field, ValidationError
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidURI, WebSocketException

from protocol.activity import Activity
from protocol.models import Foreign
from protocol.retry_after import seconds_of
from settings.trust import trusted

LONGEST_FRAME = 8 * 1024 * 1024
"""Bytes of one frame of a stream: a handoff's event brings the whole transcript."""


class DirectLineError(Exception):
    """Direct Line did not do what it was asked. The message says what to look at, and holds nothing personal."""


class DirectLineUnavailableError(DirectLineError):
    """It may work later, or has been done without our being told. `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class DirectLineRefusedError(DirectLineError):
    """It will never work like this."""


class DirectLineExpiredError(DirectLineError):
    """The token, or the secret, is not (or no longer) good."""


class DirectLineGoneError(DirectLineError):
    """There is no such conversation any more."""


class Conversation(Foreign):
    """A conversation, or a token for one."""

    conversation_id: str
    token: str = ""
    expires_in: float = Field(default=1_800, alias="expires_in")
    stream_url: str = ""


class ActivitySet(Foreign):
    """Activities in order, and the watermark after them; typing brings none."""

    activities: tuple[Activity, ...] = ()
    watermark: str | None = None


class _Error(Foreign):
    code: str = ""


class _Refusal(Foreign):
    error: _Error = _Error()


class _Resource(Foreign):
    id: str = ""


class DirectLine:
    """Direct Line at one address. A `bearer` is a token, or the secret of the agent's channel."""

    def __init__(self, url: str, *, timeout_seconds: float) -> None:
        self._http = httpx.AsyncClient(verify=trusted(), base_url=url.rstrip("/"), timeout=timeout_seconds)

    async def generate(self, secret: str, user: str) -> Conversation:
        """POST tokens/generate: a token for a conversation that has not begun. Raises as `post` does."""
        return await self._conversation("POST", "tokens/generate", secret, json={"user": {"id": user}})

    async def refresh(self, token: str) -> Conversation:
        """POST tokens/refresh: another token for the same conversation. Raises as `post` does."""
        return await self._conversation("POST", "tokens/refresh", token)

    async def start(self, token: str, locale: str) -> Conversation:
        """POST conversations: begin the token's conversation, or find it begun. Raises as `post` does."""
        return await self._conversation("POST", "conversations", token, json={"locale": locale})

    async def reconnect(self, bearer: str, conversation: str, watermark: str) -> Conversation:
        """GET conversations/{id}: a stream's address, from the watermark on, and a token. Raises as `post` does."""
        path = f"conversations/{conversation}"
        return await self._conversation("GET", path, bearer, params=_after(watermark))

    async def post(self, bearer: str, conversation: str, activity: Mapping[str, Any]) -> str:
        """POST conversations/{id}/activities: the id that the activity got. To repeat it is to say it twice.

        Raises:
            DirectLineExpiredError: 401, 403.
            DirectLineGoneError: 404.
            DirectLineRefusedError: any other 4xx.
            DirectLineUnavailableError: no answer, 429, 5xx; 502 in particular, when the agent may have heard it.
        """
        answer = await self._call("POST", f"conversations/{conversation}/activities", bearer, json=dict(activity))
        return _read(_Resource, answer).id if answer.content else ""

    async def read(self, bearer: str, conversation: str, watermark: str) -> ActivitySet:
        """GET conversations/{id}/activities. Raises as `post` does."""
        path = f"conversations/{conversation}/activities"
        return _read(ActivitySet, await self._call("GET", path, bearer, params=_after(watermark)))

    async def stream(self, stream_url: str) -> AsyncIterator[ActivitySet]:
        """What comes down a stream. An empty frame only says that it lives; one with typing brings no watermark.

        Raises:
            DirectLineUnavailableError: it cannot be opened, or has broken.
        """
        try:
            async with connect(stream_url, max_size=LONGEST_FRAME) as socket:
                async for frame in socket:
                    if frame:
                        yield ActivitySet.model_validate_json(frame)
        except (OSError, TimeoutError, InvalidURI, WebSocketException, ValidationError) as error:
            raise DirectLineUnavailableError(f"a stream of Direct Line broke: {type(error).__name__}") from None
        raise DirectLineUnavailableError("Direct Line closed a stream")

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._http.aclose()

    async def _conversation(self, method: str, path: str, bearer: str, **details: Any) -> Conversation:
        return _read(Conversation, await self._call(method, path, bearer, **details))

    async def _call(self, method: str, path: str, bearer: str, **details: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {bearer}"}
        try:
            answer = await self._http.request(method, f"/v3/directline/{path}", headers=headers, **details)
        except httpx.HTTPError as error:
            raise DirectLineUnavailableError(f"Direct Line does not answer: {type(error).__name__}") from None
        if answer.is_success:
            return answer
        raise _why(answer)


def _after(watermark: str) -> dict[str, str]:
    return {"watermark": watermark} if watermark else {}


Answer = TypeVar("Answer", Conversation, ActivitySet, _Resource)


def _read(model: type[Answer], answer: httpx.Response) -> Answer:
    try:
        return model.model_validate_json(answer.content)
    except ValidationError:
        raise DirectLineUnavailableError("Direct Line answered with something that is no answer") from None


def _why(answer: httpx.Response) -> DirectLineError:
    try:
        code = _Refusal.model_validate_json(answer.content).error.code
    except ValidationError:
        code = ""
    said = f"Direct Line answered {answer.status_code} {code}".rstrip()
    match answer.status_code:
        case httpx.codes.UNAUTHORIZED | httpx.codes.FORBIDDEN:
            return DirectLineExpiredError(f"{said}: the token or the secret is not good")
        case httpx.codes.NOT_FOUND:
            return DirectLineGoneError(f"{said}: the conversation is not there any more")
        case status if status == httpx.codes.TOO_MANY_REQUESTS or status >= 500:
            return DirectLineUnavailableError(said, seconds_of(answer.headers.get("retry-after", "")))
        case _:
            return DirectLineRefusedError(said)

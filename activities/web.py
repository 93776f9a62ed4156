"""HTTP to the world outside: bounded in time and size, tried again only where that cannot do a thing twice."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import httpx

from activities.addresses import ForbiddenAddressError
from dialog.calls import Answer, HttpCall
from dialog.errors import HTTP_FAILED, TOO_LARGE
from settings.certificates import trusted

REDIRECTS = 5
TRIES = 4
"""Of one request, at most."""
FIRST_PAUSE = 0.3
LONGEST_PAUSE = 5.0
_SAFE = frozenset(["GET", "HEAD", "PUT", "DELETE"])
"""Methods that may be sent twice, by HTTP's own rules."""
_AGAIN = frozenset([429, 502, 503, 504])
_NOT_TAKEN = frozenset([429])
"""Statuses that say of any request that it was not carried out."""
_HEADERS = 50
_OURS = frozenset(["host", "content-length", "transfer-encoding", "connection", "accept-encoding"])
"""Headers that a topic cannot set."""


class TooLargeError(Exception):
    """The answer has more bytes than it may have."""


@dataclass(frozen=True)
class Got:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    def value(self) -> Any:
        """The body as JSON says it, else as text; None where there is none."""
        text = self.body.decode("utf-8", "replace")
        if not text.strip():
            return None
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text


class Web:
    """A client for requests, with or without a door that guards it."""

    def __init__(self, max_bytes: int, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._max_bytes = max_bytes
        self._client = httpx.AsyncClient(
            verify=trusted(),
            transport=transport,
            trust_env=False,
            follow_redirects=transport is not None,
            max_redirects=REDIRECTS,
            timeout=httpx.Timeout(None),
            headers={"User-Agent": "Baton"},
        )

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def send(self, call: HttpCall, seconds: float, failed: str = HTTP_FAILED) -> Answer:
        """The answer to `call`, within `seconds`. `failed` is the code of an answer that says that it went wrong."""
        try:
            async with asyncio.timeout(seconds):
                got = await self._until_answered(call, asyncio.get_running_loop().time() + seconds)
        except TimeoutError:
            return Answer(code=failed, status=408, message=f"no answer within {seconds:g} seconds")
        except ForbiddenAddressError as error:
            return Answer(code=failed, status=403, message=str(error))
        except TooLargeError:
            return Answer(code=TOO_LARGE, message=f"the answer has more than {self._max_bytes} bytes")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return Answer(code=failed, status=502, message=f"no answer: {type(error).__name__}")
        went_wrong = got.status >= 400
        return Answer(
            value=got.value(),
            status=got.status,
            headers=got.headers,
            code=failed if went_wrong else "",
            message=f"the answer was {got.status}" if went_wrong else "",
        )

    async def _until_answered(self, call: HttpCall, until: float) -> Got:
        """The first answer that is not worth another try, or the last before `until`."""
        pause = FIRST_PAUSE
        for left in reversed(range(TRIES)):
            try:
                got = await self._once(call)
            except httpx.TransportError as error:
                # Where there was no connection, nothing was sent.
                if not left or (call.method not in _SAFE and not isinstance(error, httpx.ConnectError)):
                    raise
                got = None
            if got is not None and not (left and _may_try_again(call.method, got.status)):
                return got
            after = got.headers.get("retry-after", "") if got else ""
            wait = min(float(after), LONGEST_PAUSE) if after.isdigit() else pause
            if got is not None and asyncio.get_running_loop().time() + wait >= until:
                return got
            await asyncio.sleep(wait)
            pause = min(pause * 2, LONGEST_PAUSE)
        raise AssertionError("the last try returns or raises")

    async def _once(self, call: HttpCall) -> Got:
        headers = {name: value for name, value in call.headers.items() if name.lower() not in _OURS}
        headers["Accept-Encoding"] = "identity"
        content = call.body.encode() if call.body is not None else None
        async with self._client.stream(call.method, call.url, headers=headers, content=content) as response:
            body = bytearray()
            async for part in response.aiter_raw():
                body += part
                if len(body) > self._max_bytes:
                    raise TooLargeError
            told = dict(list(response.headers.items())[:_HEADERS])
            return Got(response.status_code, told, bytes(body))


def _may_try_again(method: str, status: int) -> bool:
    return status in (_AGAIN if method in _SAFE else _NOT_TAKEN)

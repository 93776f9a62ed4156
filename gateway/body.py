"""Request bodies, never more of them than is allowed."""

from typing import Any

import orjson
from starlette.requests import Request

from gateway.answers import bad, too_big

MAX_BODY = 256 * 1024
"""Bytes of a JSON body. Above about 2 MB an update would be a poison pill for its conversation."""
MAX_DEPTH = 32


async def read(request: Request, limit: int = MAX_BODY) -> bytes:
    """The body, whole.

    Raises:
        RequestError: it is longer than `limit` bytes; no more than that is read.
    """
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > limit:
        raise too_big(f"a body may have {limit} bytes")
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise too_big(f"a body may have {limit} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object that `body` is; an empty body is an empty object.

    Raises:
        RequestError: it is not JSON, not an object, or nested too deep.
    """
    if not body:
        return {}
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise bad(f"the body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise bad("the body must be a JSON object")
    # Most bodies have fewer brackets than levels are allowed, and need no look inside.
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _deeper_than(value, MAX_DEPTH):
        raise bad(f"the body is nested deeper than {MAX_DEPTH} levels")
    return value


def _deeper_than(value: Any, levels: int) -> bool:
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, list):
        inner = value
    else:
        return False
    return levels == 0 or any(_deeper_than(each, levels - 1) for each in inner)

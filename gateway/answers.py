"""How the gateway answers: JSON, and refusals in the shape of whoever asked.

Direct Line clients get `{"error": {"code", "message"}}`, everybody else an RFC 9457 problem.
"""

from typing import Any

import orjson
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from gateway.metrics import Metrics
from protocol.conversation import RefusalType
from workflows.client import (
    ConversationError,
    ConversationRefusedError,
    ConversationUnavailableError,
    ConversationUnknownError,
)

DIRECT_LINE = "/v3/directline"
RETRY_AFTER = 2
"""Seconds after which a client may ask again when no worker answers: about what a restart takes."""

_CODES = {400: "BadArgument", 404: "NotFound", 405: "MethodNotAllowed", 413: "MessageSizeTooBig"}


class RequestError(Exception):
    """A request is refused: with an HTTP status, a code for machines and a sentence for people."""

    def __init__(
        self, status: int, code: str, message: str, *, detail: str = "", retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.detail = detail
        self.retry_after = retry_after


def bad(message: str) -> RequestError:
    """A refusal of something malformed."""
    return RequestError(400, "BadArgument", message)


def too_big(message: str) -> RequestError:
    """A refusal of something over its bound."""
    return RequestError(413, "MessageSizeTooBig", message)


def json_answer(content: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`content` as a JSON response."""
    return Response(orjson.dumps(content), status, headers, media_type="application/json")


def of_conversation(error: ConversationError) -> RequestError:
    """What a conversation's refusal is in HTTP."""
    match error:
        case ConversationUnknownError():
            return RequestError(404, "ConversationNotFound", "there is no such conversation")
        case ConversationUnavailableError():
            return RequestError(
                503, "ServiceUnavailable", "nobody answers now; send the same again", retry_after=RETRY_AFTER
            )
        case ConversationRefusedError(reason=RefusalType.ENDED):
            return RequestError(404, "ConversationEnded", "the conversation has ended")
        case ConversationRefusedError(reason=RefusalType.UNKNOWN_HANDOFF):
            return RequestError(404, "HandoffNotFound", "the conversation has no such handoff")
        case ConversationRefusedError(reason=RefusalType.INTERNAL):
            return RequestError(502, "BotError", "the agent could not process this")
        case _:
            return RequestError(400, "BadArgument", str(error))


def install(app: FastAPI, metrics: Metrics) -> None:
    """Let every error of `app`, raised or HTTP's own, be answered in the caller's shape, and counted."""

    async def refused(request: Request, error: Exception) -> Response:
        refusal = _as_request_error(error)
        metrics.count("baton_refusals_total", f'status="{refusal.status}"')
        answer = _shaped(request, refusal)
        if isinstance(error, HTTPException):
            answer.headers.update(error.headers or {})
        return answer

    for kind in (RequestError, ConversationError, HTTPException, ClientDisconnect, Exception):
        app.add_exception_handler(kind, refused)


def _as_request_error(error: Exception) -> RequestError:
    match error:
        case RequestError():
            return error
        case ConversationError():
            return of_conversation(error)
        case HTTPException():
            return RequestError(error.status_code, _CODES.get(error.status_code, "BadArgument"), str(error.detail))
        case ClientDisconnect():
            return bad("the request broke off")
        case _:
            return RequestError(500, "ServiceError", "an unexpected error; it is in the gateway's log")


def _shaped(request: Request, error: RequestError) -> Response:
    headers = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if request.url.path.startswith(DIRECT_LINE):
        return json_answer({"error": {"code": error.code, "message": error.message}}, error.status, headers)
    problem = {"type": "about:blank", "title": error.message, "status": error.status, "code": error.code}
    if error.detail:
        problem["detail"] = error.detail
    return Response(orjson.dumps(problem), error.status, headers, media_type="application/problem+json")

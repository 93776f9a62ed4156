"""The tokens of a simulated Direct Line: each for one conversation, and good for a while."""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class Refused(Exception):  # noqa: N818 - it is an answer
    """The answer to a request that Direct Line does not take."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self._status = status
        self._body = {"error": {"code": code, "message": message}}

    def response(self) -> Response:
        """As Direct Line writes it."""
        return JSONResponse(self._body, self._status)


def refused(status: int, code: str, message: str) -> Refused:
    """A refusal, to be raised."""
    return Refused(status, code, message)


@dataclass(frozen=True)
class Claims:
    """What a token is for."""

    conversation: str
    user: str
    until: float


class Tokens:
    """Every token that was given out."""

    def __init__(self) -> None:
        self.secret = secrets.token_urlsafe(32)
        self.secret_only = False
        """Whether the token endpoint gives out none."""
        self.seconds = 1_800.0
        """How long a token lives."""
        self._claims: dict[str, Claims] = {}

    def issue(self, conversation: str, user: str = "") -> dict[str, Any]:
        """A new token for one conversation, as it is told."""
        token = secrets.token_urlsafe(24)
        self._claims[token] = Claims(conversation, user, time.monotonic() + self.seconds)
        return {"conversationId": conversation, "token": token, "expires_in": int(self.seconds)}

    def expire(self) -> None:
        """Let every token be over."""
        self._claims = {token: Claims(each.conversation, each.user, 0.0) for token, each in self._claims.items()}

    def secret_of(self, request: Request) -> None:
        """Take the secret, and nothing else."""
        if _bearer(request) != self.secret:
            raise refused(403, "BadSecret", "that is not the agent's secret")

    def claims_of(self, request: Request) -> Claims:
        """What the request's token is for; it must be good still."""
        claims = self._claims.get(_bearer(request))
        if claims is None:
            raise refused(403, "BadToken", "that is no token")
        if time.monotonic() >= claims.until:
            raise refused(403, "TokenExpired", "Token has expired")
        return claims

    def allow(self, request: Request, conversation: str) -> None:
        """Let who has the secret, or a token for this conversation."""
        if _bearer(request) != self.secret and self.claims_of(request).conversation != conversation:
            raise refused(403, "BadConversation", "the token is for another conversation")


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise refused(401, "Unauthorized", "there is no token")
    return token

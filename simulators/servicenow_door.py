"""The door of a simulated ServiceNow: who comes in, who is refused, and who is let in to be ignored."""

import hashlib
import hmac
from base64 import b64encode
from enum import StrEnum
from itertools import count
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulators.servicenow_requests import failure

TOKEN_USES = 60
"""Requests after which an access token has expired, so that renewal is met by everybody; ServiceNow counts minutes."""


class Knows(StrEnum):
    """By what the instance wants to know who asks."""

    BASIC = "basic"
    OAUTH = "oauth"
    TOKEN = "token"  # noqa: S105 - a way, and no token
    SIGNATURE = "signature"


class Door:
    """The credentials of one instance. Basic and OAuth are for every API; message authentication for one."""

    username, password = "baton", "servicenow-password"
    client_id, client_secret = "client", "client-secret"
    token, signature_secret = "static-token", "signature-secret"

    def __init__(self) -> None:
        self.knows = Knows.OAUTH
        self.requests_left: int | None = None
        """How many requests the instance's rate rule lets through yet; None where it has no such rule."""
        self.granted: list[str] = []
        """The kind of each grant that was given."""
        self._access: dict[str, int] = {}
        self._refresh: set[str] = set()
        self._numbers = count(1)

    def expire(self) -> None:
        """No access token is good any more; refresh tokens live longer."""
        self._access.clear()

    def revoke(self) -> None:
        """No refresh token is good any more either."""
        self.expire()
        self._refresh.clear()

    async def grant(self, request: Request) -> Response:
        """POST /oauth_token.do."""
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if (form.get("client_id"), form.get("client_secret")) != (self.client_id, self.client_secret):
            return _denied()
        match form.get("grant_type"):
            case "password" if (form.get("username"), form.get("password")) == (self.username, self.password):
                refresh = f"refresh{next(self._numbers)}"
            case "refresh_token" if form.get("refresh_token") in self._refresh:
                refresh = form["refresh_token"]
            case _:
                return _denied()
        self.granted.append(form["grant_type"])
        access = f"access{next(self._numbers)}"
        self._access[access] = TOKEN_USES
        self._refresh.add(refresh)
        whole = {"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": 1799}
        return JSONResponse({**whole, "scope": "useraccount"})

    def refuses(self, request: Request, *, wants_user: bool = False) -> Response | None:
        """429 by the rate rule, 401 for a user that is not known; None lets it in."""
        if self.requests_left is not None:
            self.requests_left -= 1
            if self.requests_left < 0:
                self.requests_left = None
                headers = {
                    "Retry-After": "1",
                    "X-RateLimit-Limit": "1",
                    "X-RateLimit-Rule": "a",
                    "X-RateLimit-Reset": "0",
                }
                return failure(429, "Rate limit exceeded", headers)
        if self.knows in {Knows.TOKEN, Knows.SIGNATURE} and not wants_user:
            return None
        return (
            None if self._is_user(request.headers.get("authorization", "")) else failure(401, "User Not Authenticated")
        )

    def ignores(self, request: Request, body: bytes) -> bool:
        """Whether message authentication fails: a worker sees that later, and tells nobody."""
        match self.knows:
            case Knows.TOKEN:
                return request.headers.get("token") != self.token
            case Knows.SIGNATURE:
                wanted = hmac.new(self.signature_secret.encode(), body, hashlib.sha1).hexdigest()
                return request.headers.get("x-b2b-signature") != wanted
            case _:
                return False

    def _is_user(self, authorization: str) -> bool:
        scheme, _, value = authorization.partition(" ")
        if scheme == "Basic" and self.knows is not Knows.OAUTH:
            return value == b64encode(f"{self.username}:{self.password}".encode()).decode()
        left = self._access.get(value, 0) if scheme == "Bearer" else 0
        self._access[value] = left - 1
        return left > 0


def _denied() -> Response:
    return JSONResponse({"error": "server_error", "error_description": "access_denied"}, 401)

"""The two tokens of a simulated LivePerson: an application's, and a consumer's; each refused by a number of its own."""

import hashlib
from typing import Any

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_KEY = "the simulated LivePerson's own key, which nobody else needs to know"
APP_LIVES = 3600
MISSING_APP, MISSING_CONSUMER, WRONG_APP, WRONG_CONSUMER = 40105, 40104, 40102, 40103


class Tokens:
    """Gives tokens out, and knows which of them are good."""

    def __init__(self) -> None:
        self.generation = 1
        self._given = 0

    def app(self) -> dict[str, Any]:
        """An AppJWT."""
        token = self._signed({"aud": "app"})
        return {"access_token": token, "token_type": "Bearer", "expires_in": APP_LIVES}

    def consumer(self, external: str) -> str:
        """A ConsumerJWS: the same consumer for the same external id, another token each time."""
        return self._signed({"sub": hashlib.sha256(external.encode()).hexdigest(), "ext": external})

    def refused(self, request: Request, *, consumer: bool = True) -> Response | None:
        """Why a call is not allowed; None where it is."""
        app = request.headers.get("authorization")
        if not app:
            return error(401, MISSING_APP, "AppJWT is missing")
        if self._read(app).get("aud") != "app":
            return error(401, WRONG_APP, "AppJWT is invalid")
        behalf = request.headers.get("x-lp-on-behalf")
        if consumer and not behalf:
            return error(401, MISSING_CONSUMER, "ConsumerJWS is missing")
        if consumer and "ext" not in self._read(behalf or ""):
            return error(401, WRONG_CONSUMER, "ConsumerJWS is invalid")
        return None

    def claims(self, request: Request) -> dict[str, Any]:
        """On whose behalf an allowed call is."""
        return self._read(request.headers["x-lp-on-behalf"])

    def _signed(self, claims: dict[str, Any]) -> str:
        self._given += 1
        return jwt.encode({**claims, "generation": self.generation, "jti": str(self._given)}, _KEY, "HS256")

    def _read(self, token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(token, _KEY, ["HS256"], options={"verify_aud": False})
        except jwt.PyJWTError:
            return {}
        return claims if claims["generation"] == self.generation else {}


def error(status: int, code: int, title: str) -> Response:
    """The body of every refusal."""
    body = {"title": title, "details": title, "errorCode": code}
    return JSONResponse(
        {"kind": "resp", "reqId": "1", "code": status, "type": ".ReqBody$ErrorResp", "body": body}, status
    )

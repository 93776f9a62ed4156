"""What operators have at the gateway: the login, and the codec server for Temporal's web page and command line."""

from collections.abc import Awaitable, Callable, Sequence

from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from temporalio.api.common.v1 import Payload, Payloads

from gateway.answers import RequestError, bad, json_answer
from gateway.body import json_object, read
from gateway.context import OPERATOR_COOKIE, Gateway, operator
from settings.cipher import CipherError

MAX_PAYLOADS = 8 * 1024 * 1024
"""Bytes of a request to the codec server: Temporal's web page sends a whole page of history at once."""

Code = Callable[[Sequence[Payload]], Awaitable[list[Payload]]]


class Operators:
    """`/login`, `/desk`, `/codec/encode` and `/codec/decode`."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """All of the operators' routes."""
        return [
            Route("/login", self.login, methods=["GET"]),
            Route("/desk", self.desk, methods=["GET"]),
            Route("/codec/encode", self._coder(self._gateway.codec.encode), methods=["POST"]),
            Route("/codec/decode", self._coder(self._gateway.codec.decode), methods=["POST"]),
        ]

    async def login(self, request: Request) -> Response:
        """Exchange a one-time token for a cookie, and go on to `next`."""
        cookie = self._gateway.login.redeem(request.query_params.get("token", ""))
        if cookie is None:
            raise RequestError(
                403, "LoginFailed", "the login link was used before or is too old: `baton up` prints one"
            )
        answer = RedirectResponse(_own_path(request.query_params.get("next", "/console")), 303)
        secure = self._gateway.address(request.url).startswith("https:")
        answer.set_cookie(OPERATOR_COOKIE, cookie, httponly=True, samesite="lax", secure=secure)
        return answer

    async def desk(self, _request: Request) -> Response:
        """Go to the representatives' desk, an app of its own."""
        desk = self._gateway.settings.desk
        return RedirectResponse(f"http://{desk.host}:{desk.port}/", 307)

    def _coder(self, code: Code) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            if not operator(self._gateway, request.cookies, request.headers):
                raise RequestError(401, "LoginNeeded", "log in as an operator first")
            sent = json_object(await read(request, MAX_PAYLOADS))
            try:
                payloads = ParseDict(sent, Payloads()).payloads
                coded = await code(payloads)
            except ParseError as error:
                raise bad(f"not Temporal's payloads: {error}") from None
            except CipherError as error:
                raise bad(str(error)) from None
            return json_answer(MessageToDict(Payloads(payloads=coded)))

        return endpoint


def _own_path(path: str) -> str:
    """`path` where it stays on this server, else the console: a login link must not send anybody elsewhere."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/console"

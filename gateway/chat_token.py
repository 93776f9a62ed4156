"""Tokens for Baton's own chat page, which has no secret: for pages of the same origin only, and not too many."""

import time
from collections import OrderedDict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.answers import RequestError, bad, json_answer
from gateway.body import json_object, read
from gateway.context import Gateway
from gateway.conversing import new_claims

BURST = 60
"""Tokens that one address may have at once, …"""
PER_SECOND = 1.0
"""… and how many it may have a second for longer."""
ADDRESSES = 10_000


class Allowance:
    """A bucket of tokens for each address, refilled steadily."""

    def __init__(self, burst: int = BURST, per_second: float = PER_SECOND) -> None:
        self._burst = burst
        self._per_second = per_second
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str, now: float) -> bool:
        """Take one for `address` at `now`, in seconds; False where none is left."""
        left, since = self._left.pop(address, (float(self._burst), now))
        left = min(float(self._burst), left + (now - since) * self._per_second)
        allowed = left >= 1
        self._left[address] = (left - 1 if allowed else left, now)
        if len(self._left) > ADDRESSES:
            self._left.popitem(last=False)
        return allowed


class ChatToken:
    """`POST /chat/token` with `{"agent"?, "resume"?}`.

    `resume` is an earlier token of the page, which may have expired while the laptop was closed: the page goes on with
    its conversation as long as a conversation waits for its customer.
    """

    def __init__(self, gateway: Gateway, allowance: Allowance | None = None) -> None:
        self._gateway = gateway
        self._allowance = allowance or Allowance()

    def routes(self) -> list[Route]:
        """The one route."""
        return [Route("/chat/token", self.token, methods=["POST"])]

    async def token(self, request: Request) -> Response:
        """A token for a new conversation, or a fresh one for the page's own."""
        _same_origin(request)
        if not self._allowance.take(request.client.host if request.client else "", time.monotonic()):
            raise RequestError(429, "TooManyRequests", "too many conversations from here; wait a little", retry_after=5)
        sent = json_object(await read(request))
        if sent.get("resume"):
            stale = str(sent["resume"])
            claims = self._gateway.tokens.read_stale(stale, self._gateway.settings.deadlines.customer_idle)
        else:
            claims = new_claims(self._agent(sent.get("agent")))
        tokens = self._gateway.tokens
        answer = {"conversationId": claims.conversation, "token": tokens.issue(claims), "expires_in": tokens.seconds}
        return json_answer(answer | {"userId": claims.user, "agent": claims.agent})

    def _agent(self, wanted: object) -> str:
        agents = self._gateway.door.agents
        if wanted is None and agents:
            return agents[0]
        if wanted not in agents:
            raise bad("there is no such agent")
        return str(wanted)


def _same_origin(request: Request) -> None:
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    own = f"{request.url.scheme}://{request.url.netloc}"
    if site not in ("same-origin", "none") or (origin is not None and origin != own):
        raise RequestError(403, "OriginNotTrusted", "this is for the chat page of this server")

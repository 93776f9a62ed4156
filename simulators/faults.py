"""What goes wrong on demand at a simulated hub: before the work is done, or after it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

CUT = "cut"
"""The key of a request's scope under which its server puts a function that cuts the connection."""
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass
class Fault:
    """What goes wrong with the next call: before the work is done, or after."""

    status: int = 503
    retry_after: int | None = None
    after_doing: bool = False
    body: bytes | None = None
    hang_seconds: float = 0
    until: asyncio.Event | None = None
    """It is not answered before this is set: for whoever has something to do meanwhile."""
    cut: bool = False
    """The connection is cut instead of an answer (`simulators.served` can)."""


@dataclass
class Faults:
    """The faults that wait for each operation, and every call that came."""

    planned: dict[str, deque[Fault]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def plan(self, operation: str, *faults: Fault) -> None:
        """Let the next calls of `operation` go wrong, one after another."""
        self.planned.setdefault(operation, deque()).extend(faults)

    def clear(self) -> None:
        """Let nothing go wrong, and forget the calls."""
        self.planned.clear()
        self.calls.clear()

    def around(self, operation: str, endpoint: Endpoint) -> Endpoint:
        """`endpoint`, which goes wrong as it is planned for `operation`."""

        async def guarded(request: Request) -> Response:
            self.calls.append(operation)
            waiting = self.planned.get(operation)
            fault = waiting.popleft() if waiting else None
            if fault and not fault.after_doing:
                return await _failed(fault, request)
            answer = await endpoint(request)
            return await _failed(fault, request) if fault else answer

        return guarded


async def _failed(fault: Fault, request: Request) -> Response:
    """The answer of a call that went wrong; whoever waits for it may have left, or been cut off."""
    if fault.cut:
        request.scope[CUT]()
    if fault.until:
        await fault.until.wait()
    await asyncio.sleep(fault.hang_seconds)
    headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
    if fault.body is not None:
        return Response(fault.body, status_code=fault.status, headers=headers)
    body = {"title": "on demand", "status": fault.status}
    return JSONResponse(body, status_code=fault.status, headers=headers)

"""What this process has asked of ServiceNow, and is to be called back for."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MOST = 10_000
"""Requests that are remembered; of older ones nobody waits for the callback any more."""
SETTLES_WITHIN = 2.0
"""Seconds in which a callback may still show that a request was taken which broke on its way."""


class Asked:
    """When each request was last tried, and when it was first acknowledged.

    Another process does not know it. That costs a repeated request under the same `requestId`, and a wait that begins
    again; the conversation's own deadline for a hub's answer ends it all the same.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tried: dict[str, float] = {}
        self._acknowledged: dict[str, float] = {}

    def waited(self, request: str) -> float | None:
        """Seconds since ServiceNow said that it has the request; None where it never said so."""
        since = self._acknowledged.get(request)
        return None if since is None else self._clock() - since

    def may_be_there(self, request: str) -> bool:
        """Whether ServiceNow has it, or may have it and has not had the time to show it."""
        tried = self._tried.get(request)
        return request in self._acknowledged or (tried is not None and self._clock() - tried < SETTLES_WITHIN)

    @contextmanager
    def asking(self, request: str) -> Iterator[None]:
        """Around the request: it is acknowledged when nothing is raised."""
        self._tried[request] = self._clock()
        yield
        self._acknowledged.setdefault(request, self._clock())
        for known in (self._tried, self._acknowledged):
            while len(known) > MOST:
                del known[next(iter(known))]

    def forget(self, request: str) -> None:
        """Nobody waits for it any more."""
        self._tried.pop(request, None)
        self._acknowledged.pop(request, None)

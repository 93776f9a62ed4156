"""The guests of Salesforce's chat: a handoff is a guest of its own, whose token is renewed and whose subject stays."""

import json
import math
import time
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable

from pydantic import ValidationError

from hubs.errors import HubRefusedError
from hubs.recent import Recent
from hubs.renewed import RenewedToken
from protocol.models import Owned

AT_LEAST = 60.0
"""Seconds that a token is taken to live, whatever its clock says against ours; a 401 tells when it does not."""


class GuestSession(Owned):
    """What `prepare` keeps with a handoff. Without the token nobody can speak for this customer again."""

    token: str
    last_event_id: str = ""
    """Where the guest's events are read from."""

    @classmethod
    def parsed(cls, session: str) -> "GuestSession":
        """A session as it was kept.

        Raises:
            HubRefusedError: it is none.
        """
        try:
            return cls.model_validate_json(session)
        except ValidationError:
            raise HubRefusedError("this handoff has no guest at Salesforce: it was not prepared") from None


class Guest(RenewedToken):
    """One guest's token. Renewing it keeps the guest; a token that is fetched anew would be somebody else's."""

    def __init__(self, renew: Callable[[str], Awaitable[str]], token: str) -> None:
        super().__init__(self._next)
        self._renew = renew
        self._seen = {token}
        self.use(token, seconds_left(token))

    def adopt(self, token: str) -> None:
        """Take a token that another process has renewed, where it lives longer than ours."""
        if token not in self._seen:
            self._seen.add(token)
            if seconds_left(token) >= self.good_for:
                self.use(token, seconds_left(token))

    async def _next(self) -> tuple[str, float]:
        token = await self._renew(self._token)
        self._seen.add(token)
        return token, seconds_left(token)


class Guests:
    """The guests of one connection that this process speaks for; each is renewed by one call at a time."""

    def __init__(self, renew: Callable[[str], Awaitable[str]]) -> None:
        self._renew = renew
        self._guests: Recent[Guest] = Recent()

    def of(self, key: str, session: str) -> Guest:
        """The guest of a handoff. Raises as `GuestSession.parsed` does."""
        token = GuestSession.parsed(session).token
        guest = self._guests.get(key, lambda: Guest(self._renew, token))
        guest.adopt(token)
        return guest


def seconds_left(token: str) -> float:
    """How long a JSON web token says that it lives from now; for ever, where it says nothing that we can read."""
    try:
        claims = token.split(".")[1]
        expires = float(json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"])
    except (IndexError, KeyError, TypeError, ValueError):
        return math.inf
    return max(AT_LEAST, expires - time.time())

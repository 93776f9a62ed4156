"""Direct Line tokens: signed claims to one conversation, for one user, for a while."""

import math
import time
from collections import OrderedDict
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

import jwt
from starlette.datastructures import Headers

from gateway.answers import RequestError
from protocol.models import Owned

_ALGORITHM = "HS256"
_CONVERSATION = "baton:directline"
_STREAM = "baton:directline-stream"
STREAM_URL_SECONDS = 60
"""How long a stream's URL may wait to be opened, as with Azure."""
REMEMBERED = 10_000
"""Tokens whose signature is not looked at again until they expire."""


class Claims(Owned):
    """What a token says: which conversation, with which agent, by whom, until when (in seconds since the epoch)."""

    conversation: str
    agent: str
    user: str | None = None
    name: str | None = None
    origins: tuple[str, ...] = ()
    until: float = 0


class Caller(Owned):
    """Who asks: the holder of a token, whose `claims` bind it, or of an agent's secret."""

    agent: str
    claims: Claims | None = None


class Tokens:
    """Signs and reads tokens. The same key may sign other things: the audience keeps them apart."""

    def __init__(self, key: bytes, seconds: int) -> None:
        self.seconds = seconds
        self._key = key
        self._read_before: OrderedDict[str, Claims] = OrderedDict()

    def issue(self, claims: Claims) -> str:
        """A fresh token for what `claims` say, whatever their `until`."""
        return self._sign(claims.model_copy(update={"until": time.time() + self.seconds}), _CONVERSATION, self.seconds)

    def stream_ticket(self, claims: Claims) -> str:
        """What a stream's URL carries instead of the token, since URLs end up in logs; it names nobody."""
        return self._sign(claims.model_copy(update={"name": None}), _STREAM, STREAM_URL_SECONDS)

    def read(self, token: str) -> Claims:
        """The claims of a token.

        Raises:
            RequestError: 403, it has expired or is none of ours.
        """
        # A customer shows the same token with every message; its signature is looked at once.
        claims = self._read_before.get(token)
        if claims is None or claims.until <= time.time():
            claims = self._read_before[token] = self._read(token, _CONVERSATION)
            if len(self._read_before) > REMEMBERED:
                self._read_before.popitem(last=False)
        return claims

    def read_ticket(self, ticket: str) -> Claims:
        """The claims behind a stream's URL: of a ticket, or of a token. Raises as `read` does."""
        return self._read(ticket, _STREAM, _CONVERSATION)

    def read_stale(self, token: str, seconds: float) -> Claims:
        """The claims of a token that may have expired up to `seconds` ago. Raises as `read` does."""
        return self._read(token, _CONVERSATION, leeway=seconds)

    def _sign(self, claims: Claims, audience: str, seconds: int) -> str:
        payload: dict[str, Any] = {
            "aud": audience,
            "conv": claims.conversation,
            "agent": claims.agent,
            "until": claims.until,
            "exp": math.ceil(time.time() + seconds),
        }
        # `user` is the claim in which Direct Line clients look for the id that they are bound to.
        optional = {"user": claims.user, "name": claims.name, "origins": claims.origins}
        return jwt.encode(payload | {name: value for name, value in optional.items() if value}, self._key, _ALGORITHM)

    def _read(self, token: str, *audiences: str, leeway: float = 0) -> Claims:
        try:
            found = jwt.decode(
                token, self._key, [_ALGORITHM], audience=audiences, leeway=leeway, options={"require": ["exp", "aud"]}
            )
        except jwt.ExpiredSignatureError:
            raise RequestError(403, "TokenExpired", "the token has expired") from None
        except jwt.InvalidTokenError:
            raise RequestError(403, "BadSecret", "neither a token of this service nor an agent's secret") from None
        return Claims(
            conversation=found["conv"],
            agent=found["agent"],
            user=found.get("user"),
            name=found.get("name"),
            origins=tuple(found.get("origins", ())),
            until=found["until"],
        )


class Door:
    """Tells who asks, by the token or the secret in the `Authorization` header."""

    def __init__(self, secrets: Mapping[str, str], tokens: Tokens) -> None:
        self._secrets = {agent: secret.encode() for agent, secret in secrets.items()}
        self._tokens = tokens

    @property
    def agents(self) -> list[str]:
        """The agents that can be talked to, in the configuration's order."""
        return list(self._secrets)

    def caller(self, headers: Headers) -> Caller:
        """Who sent these headers.

        Raises:
            RequestError: 401 nobody says; 403 expired, unknown, or from an origin that the token does not trust.
        """
        scheme, _, credential = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not credential.strip():
            raise RequestError(401, "MissingToken", "send `Authorization: Bearer <token or secret>`")
        agent = self._agent_of(credential.strip())
        if agent is not None:
            return Caller(agent=agent)
        claims = self._tokens.read(credential.strip())
        trusted(claims, headers)
        return Caller(agent=claims.agent, claims=claims)

    def _agent_of(self, secret: str) -> str | None:
        found = None
        for agent, known in self._secrets.items():
            # All are compared, so that the time it takes tells nothing.
            if compare_digest(known, secret.encode()):
                found = agent
        return found


def trusted(claims: Claims, headers: Headers) -> None:
    """Let the request pass if the token trusts its origin.

    Raises:
        RequestError: 403, the token names origins and this is none of them.
    """
    origin = headers.get("origin")
    if claims.origins and origin is not None and origin.lower() not in claims.origins:
        raise RequestError(403, "OriginNotTrusted", "the token was not made for pages of this origin")

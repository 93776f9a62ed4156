"""Who signs what channels post to bots: the Bot Framework, with real RSA keys.

They are published as metadata and key set as the documentation of the Bot Connector's authentication has it.
"""

import time
from typing import Any

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.faults import Faults
from simulators.signing_keys import signing_key

ISSUER = "https://api.botframework.com"
METADATA = "/v1/.well-known/openidconfiguration"
LIVES = 3_600
CHANNELS = ("directline", "omnichannel")


class SigningKey:
    """One RSA key, and the channels that it may speak for."""

    def __init__(self, name: str, endorsements: tuple[str, ...] = CHANNELS) -> None:
        self.name = name
        self._endorsements = endorsements
        self._private = signing_key(name)

    def sign(self, claims: dict[str, Any]) -> str:
        """A token of these claims."""
        return jwt.encode(claims, self._private, "RS256", {"kid": self.name, "x5t": self.name})

    def published(self) -> dict[str, Any]:
        """The key as the key set has it."""
        public: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        return {**public, "kid": self.name, "x5t": self.name, "use": "sig", "endorsements": list(self._endorsements)}


class BotFrameworkIssuer:
    """Signs what channels post to bots."""

    def __init__(self) -> None:
        self.key = SigningKey("bf-1")
        self.other_channels = SigningKey("bf-2", ("webchat",))
        """A key that is genuine, and may not speak for Omnichannel."""
        self.url = ""

    def routes(self, faults: Faults) -> list[Route]:
        """Metadata and keys."""
        return [
            Route(METADATA, faults.around("metadata", self._metadata)),
            Route("/v1/.well-known/keys", faults.around("keys", self._keys)),
        ]

    def token(self, app_id: str, service_url: str, *, key: SigningKey | None = None, **claims: Any) -> str:
        """What goes with an activity; `claims` are put instead of, or beside, what is right."""
        now = int(time.time())
        right = {"iss": ISSUER, "aud": app_id, "nbf": now - 5, "exp": now + LIVES, "serviceurl": service_url}
        return (key or self.key).sign({**right, **claims})

    async def _metadata(self, _request: Request) -> Response:
        known = {"issuer": ISSUER, "jwks_uri": f"{self.url}/v1/.well-known/keys"}
        return JSONResponse({**known, "id_token_signing_alg_values_supported": ["RS256"]})

    async def _keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [key.published() for key in (self.key, self.other_channels)]})

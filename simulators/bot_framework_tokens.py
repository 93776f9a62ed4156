"""Who signs in Microsoft's bot world: the Bot Framework, whose tokens come to us, and Entra, whose tokens we need.

Keys are real RSA keys, published as metadata and key set as the documentation of the Bot Connector's authentication has
it; Entra refuses as its own documentation of the client credentials flow shows.
"""

import time
from itertools import count
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.faults import Faults

ISSUER = "https://api.botframework.com"
SCOPE = "https://api.botframework.com/.default"
METADATA = "/v1/.well-known/openidconfiguration"
LIVES = 3_600
CHANNELS = ("directline", "omnichannel")


class SigningKey:
    """One RSA key, and the channels that it may speak for."""

    def __init__(self, name: str, endorsements: tuple[str, ...] = CHANNELS) -> None:
        self.name = name
        self._endorsements = endorsements
        self._private = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)

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


class BotEntra:
    """Gives the bot its tokens: for the connector, and for any resource that is one of `scopes`."""

    def __init__(self, client_id: str, client_secret: str, tenant: str) -> None:
        self.scopes = {SCOPE}
        self._client_id = client_id
        self._client_secret = client_secret
        self._tenant = tenant
        self._tokens: dict[str, str] = {}
        self._numbers = count(1)

    def routes(self, faults: Faults) -> list[Route]:
        """The token endpoint."""
        return [Route("/{tenant}/oauth2/v2.0/token", faults.around("token", self._token), methods=["POST"])]

    def holds(self, request: Request, scope: str) -> bool:
        """Whether a request carries a token for `scope`."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        return self._tokens.get(token) == scope

    def expire(self) -> None:
        """Let every token that was given out expire."""
        self._tokens.clear()

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        if request.path_params["tenant"] != self._tenant:
            return _refused(400, "invalid_request", 90_002)
        if form.get("grant_type") != "client_credentials" or form.get("client_id") != self._client_id:
            return _refused(400, "unauthorized_client", 700_016)
        if form.get("client_secret") != self._client_secret:
            return _refused(401, "invalid_client", 7_000_215)
        scope = str(form.get("scope"))
        if scope not in self.scopes:
            return _refused(400, "invalid_scope", 70_011)
        token = f"token-{next(self._numbers)}"
        self._tokens[token] = scope
        return JSONResponse({"token_type": "Bearer", "expires_in": LIVES, "access_token": token})


def _refused(status: int, error: str, code: int) -> Response:
    body = {"error": error, "error_description": f"AADSTS{code}: simulated", "error_codes": [code]}
    return JSONResponse(body, status)

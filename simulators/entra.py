"""A Microsoft Entra ID with one tenant: tokens for its applications by client credentials, signed with its own key."""

import time
import uuid
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.entra_applications import NOT_IN_TENANT, EntraApplication
from simulators.faults import Faults
from simulators.lag import Lag

ALGORITHM = "RS256"
SECONDS = 3_599


class EntraSimulator:
    """Knows its applications, one from the beginning, the resources there are, and every token that it gave out."""

    tenant = "5f1c2d7e-0000-4000-8000-00000000000a"
    client_id = "9f6c021d-0000-4000-8000-00000000000b"
    client_secret = "entra-secret"  # noqa: S105 - the simulator's own

    def __init__(self, faults: Faults, resources: set[str]) -> None:
        self.url = ""
        """Its authority; whoever serves it sets this."""
        self.expires_in = SECONDS
        self.resources = resources
        self.applications: dict[str, EntraApplication] = {}
        """By client id; the tenant's directory may add some."""
        self.issuers: dict[str, Any] = {}
        """By issuer the public key, of others whose tokens federated credentials name."""
        self.lag = Lag()
        """Of applications and secrets that are new."""
        self.add(EntraApplication(self.client_id, [self.client_secret]))
        self._faults = faults
        self._expired_before = 0
        self._given = 0
        self._keys: dict[str, rsa.RSAPrivateKey] = {}
        self._keys[uuid.uuid4().hex] = _first_key()

    def routes(self) -> list[Route]:
        """Token endpoint, OpenID metadata and keys."""
        endpoints = [
            ("POST", "/oauth2/v2.0/token", "token", self._token),
            ("GET", "/v2.0/.well-known/openid-configuration", "metadata", self._metadata),
            ("GET", "/discovery/v2.0/keys", "keys", self._published),
        ]
        return [
            Route(f"/{{tenant}}{path}", self._faults.around(name, do), methods=[method])
            for method, path, name, do in endpoints
        ]

    def add(self, application: EntraApplication) -> None:
        """An application that may ask for tokens from now on, or once the lag is over."""
        self.applications[application.client_id] = application
        self.lag.wrote(application.client_id)

    def rotate(self) -> None:
        """From now on sign with another key; the older ones are published no more."""
        self._keys = {uuid.uuid4().hex: _key()}

    def expire(self) -> None:
        """Every token that was given out is good no more."""
        self._expired_before = self._given

    def sign(self, audience: str, **changes: Any) -> str:
        """A token for `audience`, with whatever claims a test wants otherwise; None leaves a claim out."""
        named, key = next(iter(self._keys.items()))
        now = int(time.time())
        claims = {
            "iss": f"{self.url}/{self.tenant}/v2.0",
            "aud": audience,
            "tid": self.tenant,
            "appid": self.client_id,
            "nbf": now,
            "exp": now + self.expires_in,
            **changes,
        }
        whole = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(whole, key, algorithm=ALGORITHM, headers={"kid": named})

    def holds(self, authorization: str | None, audience: str) -> bool:
        """Whether the header's token is one that this Entra gave out for `audience`, and that has not expired."""
        return self.client_of(authorization, audience) is not None

    def client_of(self, authorization: str | None, audience: str) -> str | None:
        """Whose token it is, where it `holds`."""
        key = next(iter(self._keys.values())).public_key()
        try:
            token = (authorization or "").removeprefix("Bearer ")
            claims = jwt.decode(token, key, algorithms=[ALGORITHM], audience=audience)
        except jwt.PyJWTError:
            return None
        return str(claims["appid"]) if int(claims.get("given", 0)) > self._expired_before else None

    async def _token(self, request: Request) -> Response:
        form = await request.form()
        resource, _, default = str(form.get("scope", "")).rpartition("/")
        if request.path_params["tenant"] != self.tenant:
            return _error(400, "invalid_request", 90002)
        if form.get("grant_type") != "client_credentials":
            return _error(400, "unsupported_grant_type", 70003)
        client = str(form.get("client_id"))
        application = self.applications.get(client)
        if application is None or not self.lag.shows(client):
            return _error(*NOT_IN_TENANT)
        audience = f"{self.url}/{self.tenant}/oauth2/v2.0/token"
        if refused := application.refusal(form, audience, self.issuers):
            return _error(*refused)
        if default != ".default" or resource not in self.resources:
            return _error(400, "invalid_scope", 70011)
        self._given += 1
        token = self.sign(resource, given=self._given, appid=client)
        return JSONResponse({"token_type": "Bearer", "expires_in": self.expires_in, "access_token": token})

    async def _metadata(self, request: Request) -> Response:
        root = f"{self.url}/{request.path_params['tenant']}"
        return JSONResponse({"issuer": f"{root}/v2.0", "jwks_uri": f"{root}/discovery/v2.0/keys"})

    async def _published(self, request: Request) -> Response:
        del request
        keys = [
            {**jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": named, "use": "sig"}
            for named, key in self._keys.items()
        ]
        return JSONResponse({"keys": keys})


def _error(status: int, error: str, code: int) -> Response:
    told = {"error": error, "error_description": f"AADSTS{code}: …", "error_codes": [code]}
    return JSONResponse(told, status)


def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@cache
def _first_key() -> rsa.RSAPrivateKey:
    """To make one takes 50 ms, and nobody tells simulated tenants apart by more than a key's name."""
    return _key()

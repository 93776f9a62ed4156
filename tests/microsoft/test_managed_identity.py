"""Managed identity by `azure-identity` itself, against an identity endpoint as Azure puts one beside an app.

Wire format: learn.microsoft.com/azure/app-service/overview-managed-identity, "REST endpoint reference". The extra
`azure` is not among what the tests install: without it, `test_tokens` has a stand-in for its class.
"""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from microsoft.errors import CredentialsError, UnavailableError
from microsoft.managed_identity import ManagedIdentityTokens
from simulators.served import Served

pytest.importorskip("azure.identity.aio", reason="the extra `azure` is not installed: pip install baton[azure]")

HEADER = "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"
GRAPH = "https://graph.microsoft.com"


@dataclass
class IdentityEndpoint:
    """What an app in Azure asks for tokens of its own identity."""

    status: int = 200
    asked: list[dict[str, str]] = field(default_factory=list)

    def app(self) -> Starlette:
        """`GET …?resource=…&api-version=2019-08-01&client_id=…`, with the header that only the app knows."""
        return Starlette(routes=[Route("/msi/token", self._token)])

    async def _token(self, request: Request) -> Response:
        if request.headers.get("X-IDENTITY-HEADER") != HEADER:
            return JSONResponse({"message": "unauthorized"}, status_code=401)
        self.asked.append(dict(request.query_params))
        if self.status != 200:
            return JSONResponse(
                {"statusCode": self.status, "message": "No User Assigned or Delegated Managed Identity"}, self.status
            )
        resource = request.query_params["resource"]
        expires = str(int(time.time()) + 86_400)
        return JSONResponse(
            {"access_token": f"for {resource}", "expires_on": expires, "resource": resource, "token_type": "Bearer"}
        )


@pytest.fixture
async def endpoint(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[IdentityEndpoint]:
    """The endpoint, and the environment by which an app finds it."""
    found = IdentityEndpoint()
    async with Served(found.app()) as url:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", HEADER)
        yield found


async def test_a_token_of_the_machines_own(endpoint: IdentityEndpoint) -> None:
    """For the resource of the scope, by the identity that was named; asked for once, while it is good."""
    tokens = ManagedIdentityTokens("3a0f1c52-0000-4000-8000-0000000000c1")
    try:
        assert await tokens.token(f"{GRAPH}/.default") == f"for {GRAPH}"
        assert await tokens.token(f"{GRAPH}/.default") == f"for {GRAPH}"
        (asked,) = endpoint.asked
        assert (asked["resource"], asked["client_id"]) == (GRAPH, "3a0f1c52-0000-4000-8000-0000000000c1")
    finally:
        await tokens.close()


async def test_an_identity_that_the_endpoint_does_not_have(endpoint: IdentityEndpoint) -> None:
    """It is told, in one of our own errors."""
    endpoint.status = 400
    tokens = ManagedIdentityTokens("unknown")
    try:
        with pytest.raises((CredentialsError, UnavailableError)) as failed:
            await tokens.token(f"{GRAPH}/.default")
        assert "managed identity" in str(failed.value)
    finally:
        await tokens.close()

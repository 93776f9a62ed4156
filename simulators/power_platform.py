"""Power Platform's list of environments, for whoever is registered as a management application."""

import uuid
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.entra import EntraSimulator
from simulators.faults import Endpoint, Faults

PATH = "/providers/Microsoft.BusinessAppPlatform/scopes/admin/environments"
RESOURCE = "https://service.powerapps.com"
VERSIONS = {"2020-10-01", "2023-06-01"}


@dataclass
class SimulatedEnvironment:
    """One environment; without `url` it has no Dataverse."""

    name: str
    url: str | None = None
    region: str = "europe"
    kind: str = "Production"
    instance_state: str = "Ready"
    runtime: str = "Enabled"

    @property
    def id(self) -> str:
        """The same at every start."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"environment.{self.name}"))

    @property
    def organization_id(self) -> str:
        """Its Dataverse's; the same at every start."""
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"organization.{self.name}"))

    def wire(self) -> dict[str, Any]:
        """As Power Platform tells it."""
        properties: dict[str, Any] = {
            "displayName": self.name,
            "environmentSku": self.kind,
            "azureRegion": f"north{self.region}",
            "isDefault": self.kind == "Default",
            "provisioningState": "Succeeded",
            "databaseType": "CommonDataService" if self.url else "None",
            "states": {"management": {"id": "Ready"}, "runtime": {"id": self.runtime}},
        }
        if self.url:
            properties["linkedEnvironmentMetadata"] = {
                "resourceId": self.organization_id,
                "instanceUrl": f"{self.url}/",
                "instanceApiUrl": self.url,
                "instanceState": self.instance_state,
            }
        kind = "Microsoft.BusinessAppPlatform/scopes/environments"
        return {"id": f"{PATH}/{self.id}", "type": kind, "name": self.id, "location": self.region} | {
            "properties": properties
        }


class PowerPlatformSimulator:
    """The environments of one tenant."""

    def __init__(self, faults: Faults, entra: EntraSimulator) -> None:
        self.url = ""
        """Its address; whoever serves it sets this."""
        self.environments: list[SimulatedEnvironment] = []
        self.page = 2
        """How many come at once, before a `nextLink`."""
        self.management_applications = {entra.client_id}
        self._faults, self._entra = faults, entra

    def routes(self) -> list[Route]:
        """The list, and one of it."""
        listed = self._checked(self._faults.around("environments", self._list))
        one = self._checked(self._faults.around("environment", self._one))
        return [Route(PATH, listed, methods=["GET"]), Route(f"{PATH}/{{id}}", one, methods=["GET"])]

    def _checked(self, endpoint: Endpoint) -> Endpoint:
        async def checked(request: Request) -> Response:
            client = self._entra.client_of(request.headers.get("authorization"), RESOURCE)
            if client is None:
                return _error(401, "AuthenticationFailed", "the token is not for this service")
            if client not in self.management_applications:
                what = f"The service principal with id '{client}' does not have permission to access the path"
                return _error(403, "Forbidden", f"{what} '{PATH}'.")
            if request.query_params.get("api-version") not in VERSIONS:
                return _error(400, "InvalidApiVersion", "the api-version is missing, or is none")
            return await endpoint(request)

        return checked

    async def _list(self, request: Request) -> Response:
        begin = int(request.query_params.get("$skiptoken", "0"))
        end = begin + self.page
        told: dict[str, Any] = {"value": [each.wire() for each in self.environments[begin:end]]}
        if end < len(self.environments):
            version = request.query_params["api-version"]
            told["nextLink"] = f"{self.url}{PATH}?api-version={version}&$skiptoken={end}"
        return JSONResponse(told)

    async def _one(self, request: Request) -> Response:
        wanted = request.path_params["id"]
        found = next((each for each in self.environments if each.id == wanted), None)
        return JSONResponse(found.wire()) if found else _error(404, "EnvironmentNotFound", "there is none")


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status)

"""Microsoft Graph's app registrations: upserts by key, secrets that are shown once, and a directory that lags."""

import uuid
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.entra import EntraSimulator
from simulators.entra_applications import EntraApplication
from simulators.faults import Endpoint, Faults
from simulators.lag import Lag

AUDIENCES = {
    "AzureADMyOrg",
    "AzureADMultipleOrgs",
    "AzureADandPersonalMicrosoftAccount",
    "PersonalMicrosoftAccount",
}
WHEN_LEFT_OUT = "AzureADandPersonalMicrosoftAccount"
ENDS = "2028-11-25T00:00:00Z"
PATCHABLE = {"displayName", "signInAudience", "web", "api", "uniqueName"}


class GraphSimulator:
    """The directory of one tenant. An application can ask for tokens once it has a service principal."""

    def __init__(self, faults: Faults, entra: EntraSimulator) -> None:
        self.url = ""
        """Its address, which is also its resource; whoever serves it sets this."""
        self.applications: dict[str, dict[str, Any]] = {}
        """By object id."""
        self.service_principals: set[str] = set()
        """By application id."""
        self.federated: dict[str, dict[str, dict[str, Any]]] = {}
        """By object id and name."""
        self.may_write = True
        """Whether our application has the permission."""
        self.lag = Lag()
        """Of applications that are new."""
        self._kept: dict[str, dict[str, str]] = {}
        self._faults, self._entra = faults, entra

    def routes(self) -> list[Route]:
        """Each under `/v1.0`."""
        by_name, by_id = "/applications(uniqueName='{name}')", "/applications/{id}"
        endpoints: list[tuple[str, str, str, Endpoint]] = [
            ("PATCH", by_name, "upsert_application", self._upsert),
            ("GET", by_name, "application", self._read),
            ("GET", "/applications(appId='{app}')", "application", self._read),
            ("POST", f"{by_id}/addPassword", "add_password", self._add_password),
            ("POST", f"{by_id}/removePassword", "remove_password", self._remove_password),
            ("PATCH", f"{by_id}/federatedIdentityCredentials(name='{{name}}')", "upsert_federated", self._federate),
            ("GET", by_id, "application", self._read),
            ("PATCH", "/servicePrincipals(appId='{app}')", "upsert_service_principal", self._upsert_principal),
        ]
        return [
            Route(f"/v1.0{path}", self._checked(self._faults.around(name, do)), methods=[method])
            for method, path, name, do in endpoints
        ]

    def _checked(self, endpoint: Endpoint) -> Endpoint:
        async def checked(request: Request) -> Response:
            if not self._entra.holds(request.headers.get("authorization"), self.url):
                return _error(401, "InvalidAuthenticationToken")
            if request.method != "GET" and not self.may_write:
                return _error(403, "Authorization_RequestDenied")
            return await endpoint(request)

        return checked

    async def _upsert(self, request: Request) -> Response:
        name, body = request.path_params["name"], await request.json()
        audience = body.get("signInAudience", WHEN_LEFT_OUT)
        personal = "Personal" in audience
        if audience not in AUDIENCES or set(body) - PATCHABLE or body.get("uniqueName", name) != name:
            return _error(400, "Request_BadRequest")
        if personal and (body.get("api") or {}).get("requestedAccessTokenVersion") != 2:
            return _error(400, "Request_BadRequest")
        found = self._find(name=name)
        if found:
            found.update(body)
            return Response(status_code=204)
        if request.headers.get("prefer") != "create-if-missing":
            return _error(404, "Request_ResourceNotFound")
        if not body.get("displayName"):
            return _error(400, "Request_BadRequest")
        made = self._made(name, {**body, "signInAudience": audience})
        return JSONResponse(made, 201)

    def _made(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        ids = {"id": str(uuid.uuid4()), "appId": str(uuid.uuid4()), "uniqueName": name}
        made = {"web": {"redirectUris": []}, "passwordCredentials": [], **body, **ids}
        self.applications[ids["id"]] = made
        self.lag.wrote(ids["id"])
        return made

    async def _read(self, request: Request) -> Response:
        found = self._find(**request.path_params)
        if found is None or not self.lag.shows(found["id"]):
            return _error(404, "Request_ResourceNotFound")
        return JSONResponse(found)

    async def _add_password(self, request: Request) -> Response:
        found, body = self._find(**request.path_params), await request.json()
        if found is None or not self.lag.shows(found["id"]):
            return _error(404, "Request_ResourceNotFound")
        wanted = body.get("passwordCredential") or {}
        if "secretText" in wanted:
            return _error(400, "Request_BadRequest")
        key, secret = str(uuid.uuid4()), f"secret-{uuid.uuid4().hex}"
        shown = {"keyId": key, "hint": secret[:3], "endDateTime": wanted.get("endDateTime", ENDS)}
        shown["displayName"] = wanted.get("displayName")
        found["passwordCredentials"].append(shown)
        self._secrets(found["appId"])[key] = secret
        self._renew(found["appId"])
        return JSONResponse({**shown, "secretText": secret})

    async def _remove_password(self, request: Request) -> Response:
        found, body = self._find(**request.path_params), await request.json()
        if found is None:
            return _error(404, "Request_ResourceNotFound")
        kept = [each for each in found["passwordCredentials"] if each["keyId"] != body.get("keyId")]
        if len(kept) == len(found["passwordCredentials"]):
            return _error(400, "Request_BadRequest")
        found["passwordCredentials"] = kept
        del self._secrets(found["appId"])[body["keyId"]]
        self._renew(found["appId"])
        return Response(status_code=204)

    async def _federate(self, request: Request) -> Response:
        found, body = self._find(id=request.path_params["id"]), await request.json()
        name = request.path_params["name"]
        if found is None or not self.lag.shows(found["id"]):
            return _error(404, "Request_ResourceNotFound")
        known = self.federated.setdefault(found["id"], {})
        whose = (body.get("issuer"), body.get("subject"))
        taken = {(each["issuer"], each["subject"]) for other, each in known.items() if other != name}
        if not all(whose) or len(body.get("audiences") or ()) != 1 or len(name) > 120 or whose in taken:
            return _error(400, "Request_BadRequest")
        new = name not in known
        if new and request.headers.get("prefer") != "create-if-missing":
            return _error(404, "Request_ResourceNotFound")
        known[name] = {"name": name, **body}
        self._renew(found["appId"])
        return JSONResponse(known[name], 201) if new else Response(status_code=204)

    async def _upsert_principal(self, request: Request) -> Response:
        app = request.path_params["app"]
        found = self._find(app=app)
        if found is None or not self.lag.shows(found["id"]):
            details = [{"code": "NoBackingApplicationObject", "message": "no application object"}]
            return _error(400, "Request_BadRequest", details)
        if app in self.service_principals:
            return Response(status_code=204)
        if request.headers.get("prefer") != "create-if-missing":
            return _error(404, "Request_ResourceNotFound")
        self.service_principals.add(app)
        self._renew(app)
        return JSONResponse({"id": str(uuid.uuid4()), "appId": app}, 201)

    def _find(self, **wanted: str) -> dict[str, Any] | None:
        keys = {"name": "uniqueName", "app": "appId", "id": "id"}
        ((by, value),) = wanted.items()
        return next((each for each in self.applications.values() if each[keys[by]] == value), None)

    def _secrets(self, app: str) -> dict[str, str]:
        """By key id; they are shown once, and kept apart from what is shown later."""
        return self._kept.setdefault(app, {})

    def _renew(self, app: str) -> None:
        """Tell Entra, which gives tokens only to what has a service principal."""
        if app not in self.service_principals:
            return
        found = self._find(app=app)
        named = self.federated.get(found["id"], {}).values() if found else ()
        federated = [(each["issuer"], each["subject"]) for each in named]
        self._entra.add(EntraApplication(app, list(self._secrets(app).values()), federated=federated))


def _error(status: int, code: str, details: list[dict[str, str]] | None = None) -> Response:
    told: dict[str, Any] = {"code": code, "message": "on the simulator's part", "innerError": {"request-id": "r"}}
    return JSONResponse({"error": {**told, **({"details": details} if details else {})}}, status)

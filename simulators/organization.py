"""An organisation's Dataverse: users, roles, queues, workstreams, agents, conversations, and what is provisioned."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from simulators.dataverse_rules import (
    BAD_REQUEST,
    DUPLICATE,
    NO_SUCH_ROW,
    NO_SUCH_SEGMENT,
    NOT_A_MEMBER,
    ROOT,
    ROW_CHANGED,
    USER_DISABLED,
    OdataError,
    answering,
    checked,
    require,
)
from simulators.dataverse_tables import COLUMNS, KEYS, Tables
from simulators.entra import EntraSimulator
from simulators.faults import Endpoint, Faults
from simulators.lag import Lag

ROLE = "Omnichannel agent"
PUSH, PICK, MESSAGING = 192350000, 192350001, 192350000
BOT_COLUMNS = {column for column in COLUMNS["systemusers"] if column.startswith("msdyn_")}
RELATIONS = {
    ("systemusers", "systemuserroles_association"): "roles",
    ("queues", "queuemembership_association"): "systemusers",
    ("msdyn_liveworkstreams", "msdyn_bot_user"): "systemusers",
}
_EXPANDED = re.compile(r"(\w+)\(\$select=([\w,]+)\)")
_BOUND = re.compile(r"/(\w+)\(([0-9a-f-]{36})\)")


class OrganizationSimulator:
    """One organisation, in which Omnichannel is provisioned unless it is told otherwise."""

    def __init__(self, name: str, faults: Faults, entra: EntraSimulator, principals: set[str]) -> None:
        self.name = name
        self.url = ""
        """Its address, which is also its resource; whoever serves it sets this."""
        self.tables = Tables()
        self.members: dict[tuple[str, str], set[str]] = {}
        """By relation and row the rows that are associated with it."""
        self.settings = {"msdyn_IsCCaaSProvisioned": "True"}
        self.entities = {"msdyn_ocliveworkitem"}
        self.callers = {entra.client_id: True}
        """By application id whether its user, which may do everything, is enabled."""
        self.takes_bot_columns_at_once = True
        """Whether the bot's columns may be in the creating POST."""
        self.lag = Lag()
        """Of users that are new, and of roles for whoever does not ask for strong consistency."""
        self.principals = principals
        """The applications with a service principal in the tenant."""
        self._faults, self._entra = faults, entra
        self._furnish()

    def _furnish(self) -> None:
        self.root = self.tables.add("businessunits", {"name": "contoso", "_parentbusinessunitid_value": None})
        below = self.tables.add("businessunits", {"name": "emea", "_parentbusinessunitid_value": self.root})
        for unit in (below, self.root):
            self.role = self.tables.add("roles", {"name": ROLE, "_businessunitid_value": unit})
        self.tables.add("solutions", {"uniquename": "msdynce_Service", "version": "9.0.24103.10003"})
        self.tables.add("solutions", {"uniquename": "msdyn_OmnichannelBase", "version": "9.0.24103.10003"})
        kind = {"msdyn_isomnichannelqueue": True, "msdyn_queuetype": MESSAGING}
        # These two ids are the same at every start: people write them into their configuration.
        agents = {"name": "Agents", "msdyn_isdefaultqueue": False, **kind}
        self.queue = self.tables.add("queues", agents, str(uuid.uuid5(uuid.NAMESPACE_DNS, f"queue.{self.name}")))
        self.tables.add("queues", {"name": "Default messaging queue", "msdyn_isdefaultqueue": True, **kind})
        stream = {"msdyn_name": "Chat", "msdyn_workdistributionmode": PUSH}
        named = str(uuid.uuid5(uuid.NAMESPACE_DNS, f"workstream.{self.name}"))
        self.workstream = self.tables.add("msdyn_liveworkstreams", stream, named)

    def without_omnichannel(self) -> None:
        """Customer Service with what is preinstalled, and nothing provisioned."""
        self.settings["msdyn_IsCCaaSProvisioned"] = "False"

    def without_customer_service(self) -> None:
        """A Dataverse with nothing of it."""
        self.settings.clear()
        self.entities.clear()
        self.tables.rows["solutions"].clear()
        self.tables.rows["roles"].clear()

    def add_user(self, application_id: str, **columns: Any) -> str:
        """A user of an application, as somebody else may have made it. Returns its id."""
        unit = {"_businessunitid_value": self.root}
        return self.tables.add(
            "systemusers", {"applicationid": application_id, "isdisabled": False, "deletedstate": 0, **unit, **columns}
        )

    def users(self, application_id: str) -> list[dict[str, Any]]:
        """The rows with this application id."""
        rows = self.tables.rows["systemusers"].values()
        return [row for row in rows if row["applicationid"] == application_id]

    def of(self, relation: str, row: str) -> set[str]:
        """What is associated with a row."""
        return self.members.setdefault((relation, row), set())

    def routes(self) -> list[Route]:
        """Each under `/api/data/v9.2`."""
        endpoints: list[tuple[str, str, str, Endpoint]] = [
            ("GET", "/WhoAmI()", "who", self._who),
            ("GET", "/RetrieveSetting(SettingName='{name}')", "setting", self._setting),
            ("GET", "/EntityDefinitions(LogicalName='{name}')", "entity", self._entity),
        ]
        for table in COLUMNS:
            endpoints.append(("GET", f"/{table}", f"find_{table}", self._find))
            endpoints.append(("GET", f"/{table}({{row}})", f"read_{table}", self._read))
            endpoints.append(("PATCH", f"/{table}({{row}})", f"change_{table}", self._change))
        endpoints.append(("POST", "/systemusers", "create_systemusers", self._create_user))
        for table, relation in RELATIONS:
            path = f"/{table}({{row}})/{relation}/$ref"
            endpoints.append(("POST", path, f"associate_{relation}", self._associate))
            endpoints.append(("DELETE", path, f"disassociate_{relation}", self._disassociate))
        return [
            Route(ROOT + path, checked(self._faults.around(name, answering(do)), self._admit), methods=[method])
            for method, path, name, do in endpoints
        ]

    def _admit(self, request: Request) -> None:
        client = self._entra.client_of(request.headers.get("authorization"), self.url)
        if client is None:
            raise OdataError(401, "", "unauthorized")
        if client not in self.callers:
            raise OdataError(403, NOT_A_MEMBER, "The user is not a member of the organization.")
        if not self.callers[client]:
            raise OdataError(403, USER_DISABLED, "The specified user is disabled.")

    async def _who(self, request: Request) -> Response:
        del request
        return JSONResponse({"UserId": str(uuid.uuid4()), "BusinessUnitId": self.root})

    async def _setting(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self.settings:
            raise OdataError(404, NO_SUCH_ROW, "there is no such setting")
        return JSONResponse({"SettingDetail": {"Name": name, "Value": self.settings[name], "DataType": 2}})

    async def _entity(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self.entities:
            raise OdataError(404, NO_SUCH_SEGMENT, "there is no such table")
        return JSONResponse({"LogicalName": name})

    async def _find(self, request: Request) -> Response:
        table, asked = _table(request), request.query_params
        found = self.tables.found(table, asked.get("$filter", ""))
        shown = [row for row in found if self.lag.shows(row[KEYS[table]])]
        return JSONResponse({"value": [self._shown(table, row, request) for row in shown]})

    async def _read(self, request: Request) -> Response:
        table = _table(request)
        return JSONResponse(self._shown(table, self.tables.one(table, request.path_params["row"]), request))

    def _shown(self, table: str, row: Mapping[str, Any], request: Request) -> dict[str, Any]:
        whole = self.tables.shown(table, row, request.query_params.get("$select", ""))
        expand = request.query_params.get("$expand")
        if expand is None:
            return whole
        asked = _EXPANDED.fullmatch(expand)
        relation = asked.group(1) if asked else ""
        require(asked is not None and (table, relation) in RELATIONS, f"no navigation property {relation}")
        other = RELATIONS[table, relation]
        strong = request.headers.get("consistency") == "Strong"
        known = self.of(relation, row[KEYS[table]]) if strong or self.lag.shows(f"{relation}{row[KEYS[table]]}") else ()
        columns = asked.group(2) if asked else ""
        rows = [self.tables.shown(other, self.tables.one(other, each), columns) for each in sorted(known)]
        return {**whole, relation: rows}

    async def _create_user(self, request: Request) -> Response:
        body = await request.json()
        values = self._values("systemusers", body)
        require("_businessunitid_value" in values, "Business unit is missing", "0x80040530")
        if not self.takes_bot_columns_at_once:
            refused = BOT_COLUMNS & set(values)
            require(not refused, f"An undeclared property {refused} was found", BAD_REQUEST)
        application = values.get("applicationid", "")
        require(application in self.principals, "The application was not found in the directory", "0x80040216")
        # A deleted user that was not deleted for good holds the key, too.
        if self.users(application):
            raise OdataError(412, DUPLICATE, "A record with matching key values already exists.")
        named = self.tables.add("systemusers", {"isdisabled": False, "deletedstate": 0, **values})
        self.tables.change("systemusers", named, {"fullname": f"{values.get('firstname')} {values.get('lastname')}"})
        self.lag.wrote(named)
        return Response(status_code=204, headers={"OData-EntityId": f"{self.url}{ROOT}/systemusers({named})"})

    async def _change(self, request: Request) -> Response:
        table, row = _table(request), request.path_params["row"]
        values = self._values(table, await request.json())
        wanted = request.headers.get("if-match")
        # Without If-Match a PATCH would create what is missing, which nothing here may.
        require(wanted is not None, "If-Match is missing", BAD_REQUEST)
        self.tables.one(table, row)
        if wanted not in {"*", self.tables.etag(row)}:
            raise OdataError(412, ROW_CHANGED, "The version of the existing record doesn't match")
        self.tables.change(table, row, values)
        return Response(status_code=204)

    def _values(self, table: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The columns that a body sets; a lookup is set by `<name>@odata.bind`."""
        values: dict[str, Any] = {}
        for name, value in body.items():
            column = f"_{name.removesuffix('@odata.bind')}_value" if name.endswith("@odata.bind") else name
            require(column in COLUMNS[table], f"Could not find a property named '{name}'", BAD_REQUEST)
            bound = _BOUND.fullmatch(str(value)) if column != name else None
            if column != name:
                require(bound is not None and bound.group(1) in self.tables.rows, "no such row", BAD_REQUEST)
            values[column] = self.tables.one(*bound.groups()) and bound.group(2) if bound else value
        return values

    async def _associate(self, request: Request) -> Response:
        table, row, relation = _table(request), request.path_params["row"], _relation(request)
        other = self._other(str((await request.json()).get("@odata.id")), RELATIONS[table, relation])
        self.tables.one(table, row)
        if table == "queues":
            disabled = self.tables.one("systemusers", other).get("isdisabled")
            require(not disabled, "The user is disabled.", "0x80040225")
        if other in self.of(relation, row):
            raise OdataError(412, DUPLICATE, "A record with matching key values already exists.")
        self.of(relation, row).add(other)
        self.lag.wrote(f"{relation}{row}")
        return Response(status_code=204)

    async def _disassociate(self, request: Request) -> Response:
        table, row, relation = _table(request), request.path_params["row"], _relation(request)
        self.tables.one(table, row)
        if relation == "msdyn_bot_user":
            self.tables.change(table, row, {"_msdyn_bot_user_value": None})
            return Response(status_code=204)
        other = self._other(request.query_params.get("$id", ""), RELATIONS[table, relation])
        if other not in self.of(relation, row):
            raise OdataError(404, NO_SUCH_ROW, "they are not associated")
        self.of(relation, row).remove(other)
        return Response(status_code=204)

    def _other(self, address: str, table: str) -> str:
        """The row that a whole address names, which is one of this organisation's."""
        require(address.startswith(f"{self.url}{ROOT}/{table}("), "the reference is none of this organisation's")
        named = address.rpartition("(")[2].removesuffix(")")
        self.tables.one(table, named)
        return named


def _table(request: Request) -> str:
    below = request.url.path.partition(ROOT)[2]
    return below.strip("/").partition("(")[0]


def _relation(request: Request) -> str:
    return request.url.path.rsplit("/", 2)[1]

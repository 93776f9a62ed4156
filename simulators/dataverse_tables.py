"""The tables of a simulated organisation: their columns, as Dataverse spells them, and rows with versions."""

import uuid
from collections.abc import Mapping
from typing import Any

from simulators.dataverse_rules import NO_SUCH_ROW, OdataError, condition, require

COLUMNS: dict[str, set[str]] = {
    "systemusers": {
        "applicationid",
        "fullname",
        "firstname",
        "lastname",
        "internalemailaddress",
        "isdisabled",
        "deletedstate",
        "accessmode",
        "_businessunitid_value",
        "msdyn_agentType",
        "msdyn_botapplicationid",
        "msdyn_bothandle",
        "msdyn_botprovider",
        "msdyn_owningenvironmentid",
        "msdyn_capacity",
    },
    "roles": {"name", "_businessunitid_value"},
    "businessunits": {"name", "_parentbusinessunitid_value"},
    "solutions": {"uniquename", "version"},
    "queues": {"name", "msdyn_isomnichannelqueue", "msdyn_queuetype", "msdyn_isdefaultqueue"},
    "bots": {"name", "schemaname", "publishedon", "statecode", "statuscode"},
    "msdyn_liveworkstreams": {"msdyn_name", "msdyn_workdistributionmode", "_msdyn_bot_user_value"},
    "msdyn_ocliveworkitems": {"statecode", "statuscode", "_msdyn_activeagentid_value"},
}
KEYS = {
    "systemusers": "systemuserid",
    "roles": "roleid",
    "businessunits": "businessunitid",
    "solutions": "solutionid",
    "queues": "queueid",
    "bots": "botid",
    "msdyn_liveworkstreams": "msdyn_liveworkstreamid",
    "msdyn_ocliveworkitems": "activityid",
}


class Tables:
    """Rows by table and id."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, dict[str, Any]]] = {table: {} for table in COLUMNS}
        self._versions: dict[str, int] = {}

    def add(self, table: str, values: Mapping[str, Any], row: str | None = None) -> str:
        """A new row. Returns its id."""
        named = row or str(uuid.uuid4())
        self.rows[table][named] = {KEYS[table]: named, **values}
        self._versions[named] = 1
        return named

    def one(self, table: str, row: str) -> dict[str, Any]:
        """A row.

        Raises:
            OdataError: there is none.
        """
        found = self.rows[table].get(row)
        if found is None:
            raise OdataError(404, NO_SUCH_ROW, f"{table} With Id = {row} Does Not Exist")
        return found

    def change(self, table: str, row: str, values: Mapping[str, Any]) -> None:
        """Some columns of a row that is there."""
        self.one(table, row).update(values)
        self._versions[row] += 1

    def etag(self, row: str) -> str:
        """A row's version."""
        return f'W/"{self._versions[row]}"'

    def found(self, table: str, where: str) -> list[dict[str, Any]]:
        """The rows for which a `$filter` holds."""
        holds = condition(where, COLUMNS[table] | {KEYS[table]})
        return [row for row in self.rows[table].values() if holds(row)]

    def shown(self, table: str, row: Mapping[str, Any], select: str) -> dict[str, Any]:
        """The columns of `$select`, with the etag.

        Raises:
            OdataError: a column that there is not.
        """
        wanted = select.split(",") if select else [*COLUMNS[table], KEYS[table]]
        for column in wanted:
            require(column in COLUMNS[table] | {KEYS[table]}, f"Could not find a property named '{column}'")
        return {
            "@odata.etag": self.etag(row[KEYS[table]]),
            KEYS[table]: row[KEYS[table]],
            **{column: row.get(column) for column in wanted},
        }

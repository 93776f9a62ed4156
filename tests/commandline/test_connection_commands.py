"""`baton environments`, `register-app`, `connect`, `disconnect` and `connection`, over a whole installation."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from simulators.microsoft import MicrosoftSimulator
from simulators.served import Served
from tests.commandline.test_hubs import baton
from tests.support.installation import Installation, installation


@asynccontextmanager
async def with_tenant(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Installation, MicrosoftSimulator]]:
    """Everything up, and a simulated tenant whose environment "Contoso" has Omnichannel."""
    microsoft = MicrosoftSimulator()
    for name, secret in microsoft.secrets.items():
        monkeypatch.setenv(name, secret)
    async with Served(microsoft.app()) as microsoft.url, installation(folder, microsoft.configuration()) as running:
        yield running, microsoft


def is_ours_alone(file: Path) -> bool:
    """Whether nobody else may read it."""
    return file.stat().st_mode & 0o077 == 0


async def test_an_administrator_connects_an_agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """List, register, connect, look, disconnect: as docs/connecting.md walks through it."""
    async with with_tenant(tmp_path, monkeypatch) as (running, microsoft):
        status, said = await baton(running, "environments", "--json")
        assert status == 0
        found = {row["name"]: row for row in json.loads(said)}
        assert {name for name, row in found.items() if row["can_be_chosen"]} == {"Contoso"}
        assert found["Fabrikam"]["customer_service"] == "no"
        assert found["Moving"]["customer_service"] == "unknown"
        status, said = await baton(running, "connect", "contoso", "--environment", "Contoso")
        assert status == 1
        assert said.endswith(
            'agent "contoso" has no app registration: baton register-app contoso, or give one with --app ID\n'
        )
        status, said = await baton(running, "register-app", "contoso", "--name", "Contoso assistant", "--json")
        assert status == 0
        registered = json.loads(said)
        assert is_ours_alone(Path(registered["secret_file"]))
        assert await baton(running, "register-app", "contoso", "--json") == (
            0,
            said.replace("Contoso assistant", "contoso"),
        )
        status, said = await baton(running, "connect", "contoso", "--environment", "Contoso")
        assert (status, "contoso is connected" in said) == (0, True)
        assert f"Go to Omnichannel: {microsoft.contoso.url}/main.aspx" in said
        status, said = await baton(running, "connection", "contoso", "--json")
        assert json.loads(said)["phase"] == "connected"
        user = microsoft.contoso.users(registered["application"])[0]
        user["isdisabled"] = True
        status, said = await baton(running, "connection", "contoso", "--check")
        assert (status, "drifted: enabled: it is disabled" in said) == (1, True)
        assert (await baton(running, "disconnect", "contoso", "--now"))[0] == 0
        assert user["isdisabled"]
        assert (await baton(running, "connect", "contoso", "--environment", "Fabrikam"))[1].endswith(
            "provision Omnichannel in the Copilot Service admin center\n"
        )


async def test_without_a_tenant_it_is_told_what_to_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, and status 1."""
    del monkeypatch
    async with installation(tmp_path) as running:
        for command in (("environments",), ("register-app", "contoso")):
            status, said = await baton(running, *command)
            assert (status, said.count("\n"), "baton.toml has no [microsoft]" in said) == (1, 1, True)
        status, said = await baton(running, "connect", "contoso", "--environment", "Contoso")
        assert (status, "baton.toml has no [microsoft]" in said) == (1, True)

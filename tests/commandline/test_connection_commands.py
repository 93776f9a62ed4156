"""`baton environments`, `register-app`, `connect`, `disconnect` and `connection`, as an administrator types them."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.testing import WorkflowEnvironment

from commandline import registering
from commandline.connecting import _watched
from commandline.leading_nowhere import leading_nowhere, warn
from commandline.registering import AUDIENCE
from protocol.task_queues import TASK_QUEUE
from settings.load import load_settings
from simulators.faults import Fault
from tests.support.commands import Commands, commands_at, run_command
from tests.support.connecting import Tenancy, tenancy
from tests.support.installation import free_ports
from tests.support.waiting import eventually

UNKNOWN = "5c1e7b02-0000-4000-8000-000000000000"


@pytest.fixture
async def tenant(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Tenancy]:
    """A tenant whose environment "Contoso" has Omnichannel, and a worker where the commands look for one."""
    async with tenancy(temporal, tmp_path, task_queue=TASK_QUEUE) as found:
        yield found


@pytest.fixture
def baton(tenant: Tenancy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    """The commands."""
    return commands_at(tenant, tmp_path, monkeypatch)


def is_ours_alone(file: Path) -> bool:
    """Whether nobody else may read it."""
    return file.stat().st_mode & 0o077 == 0


async def test_an_administrator_connects_an_agent(tenant: Tenancy, baton: Commands) -> None:
    """List, register, connect, look, disconnect: as docs/connecting.md walks through it."""
    agent, contoso = tenant.agent, tenant.microsoft.contoso
    status, said = await baton("connect", agent, "--environment", "Contoso")
    assert status == 1
    assert said.endswith(f"has no app registration: baton register-app {agent}, or give one with --app ID\n")
    status, said = await baton("register-app", agent, "--name", "Contoso assistant", "--json")
    assert status == 0
    registered = json.loads(said)
    assert is_ours_alone(Path(registered["secret_file"]))
    status, said = await baton("connect", agent, "--environment", "Contoso")
    assert (status, f"{agent} is connected" in said) == (0, True)
    assert f"Go to Omnichannel: {contoso.url}/main.aspx" in said
    status, said = await baton("connection", agent, "--json")
    assert json.loads(said)["phase"] == "connected"
    user = contoso.users(registered["application"])[0]
    status, said = await baton("connection", agent, "--check")
    assert (status, "✓ the connection is looked at: as it was left" in said) == (0, True)
    user["isdisabled"] = True
    status, said = await baton("connection", agent, "--check")
    assert status == 1
    assert "drifted: enabled: it is disabled" in said
    assert "✓ the connection is looked at: drifted: enabled" in said
    assert (await baton("disconnect", agent, "--now"))[0] == 0
    assert user["isdisabled"]
    assert (await baton("connect", agent, "--environment", "Fabrikam"))[1].endswith(
        "provision Omnichannel in the Copilot Service admin center\n"
    )
    assert (await baton("connect", agent))[0] == 0
    assert not user["isdisabled"]


async def test_environments_are_listed_with_their_whole_ids(baton: Commands) -> None:
    """Whoever chooses one copies its id from the table; those without Customer Service say why."""
    status, said = await baton("environments", "--json")
    assert status == 0
    found = {row["name"]: row for row in json.loads(said)}
    assert {name for name, row in found.items() if row["can_be_chosen"]} == {"Contoso"}
    assert found["Fabrikam"]["customer_service"] == "no"
    assert found["Moving"]["customer_service"] == "unknown"
    status, said = await baton("environments")
    assert [row["name"] for row in found.values() if row["id"] not in said] == []


@pytest.mark.parametrize("types", AUDIENCE)
async def test_every_account_type_is_registered(tenant: Tenancy, baton: Commands, types: str) -> None:
    """Always sent; asked for again, there is the same registration, with the same secret."""
    typed = ("register-app", tenant.agent, "--account-types", types, "--redirect-uri", "https://contoso.com/in")
    first, again = await baton(*typed), await baton(*typed)
    assert first == again
    assert first[0] == 0
    made = tenant.microsoft.graph._find(name=f"baton-{tenant.agent}")
    assert made
    assert (made["signInAudience"], made["web"]["redirectUris"]) == (AUDIENCE[types], ["https://contoso.com/in"])  # type: ignore[index]  # its values
    assert len(made["passwordCredentials"]) == 1


async def test_a_registration_that_nobody_knows_is_told_at_once(
    tenant: Tenancy, baton: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may only be new, so it is asked for again; who mistyped it reads so, and need not wait for the end."""
    monkeypatch.setattr(registering, "TRIED_FOR", 0.2)
    monkeypatch.setattr(registering, "AGAIN_AFTER", 0.1)
    status, said = await baton("register-app", tenant.agent, "--existing", UNKNOWN)
    assert status == 1
    first, *_, last = said.splitlines()
    assert first.startswith(f"… Microsoft Graph knows no application {UNKNOWN}: is the id right")
    assert last == f"baton: Microsoft Graph knows no application {UNKNOWN}: is the id right, and of this tenant?"


async def test_a_connect_that_goes_on_is_called_off(tenant: Tenancy, baton: Commands) -> None:
    """Whoever has ended the command that waits for it, or has another terminal, need not wait until it is given up."""
    tenant.microsoft.faults.plan("associate_queuemembership_association", *[Fault(status=503)] * 200)
    await tenant.begin()
    await eventually(lambda: "associate_queuemembership_association" in tenant.microsoft.faults.calls)
    status, said = await baton("connect", tenant.agent, "--call-off")
    assert (status, said.splitlines()[-1]) == (0, f"{tenant.agent} is not connected")
    assert "↶ the application user is enabled" in said
    assert "Last: connect failed: it was called off" in (await baton("connection", tenant.agent))[1]
    status, said = await baton("connect", tenant.agent, "--call-off")
    assert (status, "there is nothing to call off" in said) == (1, True)


async def test_a_step_that_is_tried_again_says_why(tenant: Tenancy, baton: Commands) -> None:
    """While it goes on, and once: who waits need not look into Temporal."""
    tenant.microsoft.faults.plan("associate_queuemembership_association", Fault(status=503), Fault(status=503))
    status, said = await baton("connect", tenant.agent, "--environment", "Contoso", "--app", tenant.application)
    assert status == 0
    (why,) = [line for line in said.splitlines() if line.startswith("  … the agent in its queue: tried again, for ")]
    assert "answered 503" in why


async def test_who_watches_reads_what_is_being_done(
    tenant: Tenancy, baton: Commands, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each operation by its name, its steps, and then where the connection stands."""
    await tenant.connect()
    watching = asyncio.create_task(_watched(load_settings(baton.config), tenant.agent, json=False))
    said = ""

    async def reads(words: str) -> None:
        def told() -> bool:
            nonlocal said
            said += capsys.readouterr().out
            return words in said

        await eventually(told)

    await reads(f"{tenant.agent} is connected")
    await tenant.check()
    await reads("✓ the connection is looked at: as it was left")
    await tenant.disconnect()
    await reads(f"{tenant.agent} is disconnected")
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
    begun = [line.partition(",")[0] for line in said.splitlines() if ", begun " in line]
    assert begun == ["connect", "check", "disconnect"]
    assert said.index("✓ the application user is disabled") < said.index(f"{tenant.agent} is disconnected")


async def test_without_a_tenant_it_is_told_what_to_write(tmp_path: Path) -> None:
    """One line, and status 1."""
    config = tmp_path / "baton.toml"
    config.write_text(f'data_dir = "{tmp_path}"\n', encoding="utf-8")
    for command in (("environments",), ("register-app", "contoso")):
        status, said = await asyncio.to_thread(run_command, *command, "--config", str(config))
        assert (status, said.count("\n"), "baton.toml has no [microsoft]" in said) == (1, 1, True)


async def test_routes_that_lead_nowhere_are_told(tenant: Tenancy, baton: Commands) -> None:
    """Where `up` starts, and where the hub is checked: by agent, with how it is connected."""
    settings = load_settings(baton.config)
    connected = tenant.hands.settings.model_copy(update={"encryption": settings.encryption})
    hub = connected.routes[0].hub
    (told,) = await leading_nowhere(connected)
    assert told == (
        f'routes to "{hub}" are passed over: agent "{tenant.agent}" is not connected (baton connect {tenant.agent})'
    )
    assert await leading_nowhere(connected, hub) == [told]
    assert await leading_nowhere(connected, "another") == []
    await tenant.connect()
    assert await leading_nowhere(connected) == []
    await tenant.disconnect()
    (told,) = await leading_nowhere(connected)
    assert "is disconnected" in told


async def test_a_temporal_that_does_not_answer_ends_nothing(
    tenant: Tenancy, baton: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`up` goes on, and says that it could not find out."""
    encryption = load_settings(baton.config).encryption
    connected = tenant.hands.settings.model_copy(update={"encryption": encryption})
    (port,) = free_ports(1)
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{port}")
    told: list[str] = []
    await warn(connected, told.append)
    (line,) = told
    assert line.startswith("warning: whether routes lead nowhere is not known: ")

"""`baton hubs`, `hubs check` and `simulate`: a hub on this machine, and a conversation with it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from simulators.hub import HubSimulator
from simulators.registry import SIMULATORS
from simulators.running import Representative
from simulators.served import Served
from tests.commandline.test_up import STARTER
from tests.support.installation import Installation, installation
from tests.support.persistent import PersistentCustomer
from tests.support.waiting import eventually


@asynccontextmanager
async def with_hub(hub: HubSimulator, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Installation]:
    """Everything up, and a simulated hub that it hands over to, with its representative."""
    for name, secret in hub.secrets.items():
        monkeypatch.setenv(name, secret)
    async with Served(hub.app()) as hub.url, installation(folder, hub.configuration()) as running:
        hub.callback = f"{running.gateway}/webhooks/{hub.kind}/simulated"
        yield running


async def baton(running: Installation, *arguments: str) -> tuple[int, str]:
    """What a command prints, and its exit status."""
    process = await asyncio.create_subprocess_exec(
        *STARTER,
        *arguments,
        "--config",
        str(running.settings.data_dir.parent / "baton.toml"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "COLUMNS": "120"},
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def told(customer: PersistentCustomer, words: str) -> bool:
    """Whether the customer has read this, from whomever."""
    return any(words in str(activity.get("text")) for activity in await customer.log())


async def test_a_simulated_hub_takes_a_conversation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As its configuration is printed, so it works: listed, checked, and talked to over the whole installation."""
    hub = SIMULATORS["zendesk"]()
    async with with_hub(hub, tmp_path, monkeypatch) as running:
        customer = await PersistentCustomer(running).begin()
        await customer.say("speak to agent")
        await eventually(lambda: bool(hub.opened()))
        status, listed = await baton(running, "hubs")
        assert (status, "zendesk" in listed) == (0, True)
        assert await baton(running, "hubs", "check", "simulated") == (
            0,
            f"simulated (zendesk): it takes our credentials for this app\nIts callbacks come to {hub.callback}\n",
        )
        representative = Representative(hub)
        await representative.look()
        await customer.say("is it you?")

        async def answered() -> bool:
            await representative.look()
            return "You said: is it you?" in await customer.texts("agent")

        await eventually(answered, 40)
        await customer.close()
        assert (await baton(running, "drain", "simulated"))[0] == 0
        another = await PersistentCustomer(running).begin()
        await another.say("speak to agent")
        await eventually(lambda: told(another, "I can't reach our team right now"))
        assert len(hub.opened()) == 1
        assert (await baton(running, "undrain", "simulated"))[0] == 0
        await another.say("speak to agent")
        await eventually(lambda: len(hub.opened()) == 2)
        await another.close()
    monkeypatch.setenv("ZENDESK_SECRET", "another")
    status, why = await baton(running, "hubs", "check", "simulated")
    assert status == 1
    assert "does not answer" in why


async def test_a_wrong_secret_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which key of which table is wrong, in one line; so is a connection that there is not."""
    hub = SIMULATORS["zendesk"]()
    async with with_hub(hub, tmp_path, monkeypatch) as running:
        monkeypatch.setenv("ZENDESK_SECRET", "another")
        status, why = await baton(running, "hubs", "check", "simulated")
        assert status == 1
        assert "check baton.toml [hubs.simulated] app_id, key_id and key_secret" in why
        status, why = await baton(running, "hubs", "check", "nobody")
        assert (status, why) == (1, 'baton: [hubs] has no connection "nobody": simulated\n')

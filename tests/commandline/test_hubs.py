"""`baton hubs`, `hubs check` and `simulate`: a hub on this machine, and a conversation with it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from simulators.faults import Fault
from simulators.hub import HubSimulator
from simulators.registry import SIMULATORS
from simulators.running import Representative
from simulators.served import Served
from tests.commandline.test_up import STARTER
from tests.support.installation import Installation, installation
from tests.support.persistent import PersistentCustomer
from tests.support.waiting import eventually

NOT_HTTPS = "but it is not https, and the hub's service will not call it: set [gateway] public_url to a public one"


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
        status, walked = await baton(running, "hubs", "check", "simulated")
        assert (status, walked.splitlines()) == (
            0,
            [
                "simulated (zendesk): it takes our credentials for this app",
                "simulated (zendesk): its switchboard leads to zd:agentWorkspace, and tells us what agents say",
                "simulated (zendesk): its Support API takes our credentials; 1 online for messaging",
                f"simulated (zendesk): its callbacks come to {hub.callback}",
                "simulated (zendesk): that address answers from here",
                f"simulated (zendesk): {NOT_HTTPS}",
            ],
        )
        representative = Representative(hub)
        await representative.look()
        await customer.say("is it you?")

        async def answered() -> bool:
            await representative.look()
            return "You said: is it you?" in await customer.texts("agent")

        await eventually(answered)
        await customer.close()
        assert (await baton(running, "drain", "simulated"))[0] == 0
        another = await PersistentCustomer(running).begin()
        await another.say("speak to agent")
        await eventually(lambda: told(another, "I can't reach our team right now"))
        assert len(hub.opened()) == 1
        assert json.loads((await baton(running, "hubs", "--json"))[1])[0]["drained"] is True
        assert (await baton(running, "undrain", "simulated"))[0] == 0
        assert await baton(running, "retry", another.id) == (
            0,
            f"{another.id}: its handoff is tried again, from the first route\n",
        )
        await eventually(lambda: len(hub.opened()) == 2)
        status, why = await baton(running, "retry", another.id)
        assert (status, "nothing of it waits" in why) == (1, True)
        await another.close()
    monkeypatch.setenv("ZENDESK_SECRET", "another")
    status, why = await baton(running, "hubs", "check", "simulated")
    assert status == 1
    assert "does not answer" in why


async def test_what_waits_is_tried_again_on_demand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub wanted to be left alone for minutes; the operator knows better, and it gets every word once."""
    hub = SIMULATORS["zendesk"]()
    async with with_hub(hub, tmp_path, monkeypatch) as running:
        customer = await PersistentCustomer(running).begin()
        await customer.say("speak to agent")
        await eventually(lambda: bool(hub.opened()))
        (key,) = hub.opened()
        await hub.join(key, "Ada")
        await hub.say(key, "hello")
        await eventually(lambda: told(customer, "hello"))
        hub.faults.plan(hub.relays, Fault(status=503, retry_after=200, after_doing=True))
        await customer.say("is it you?")

        async def fails() -> bool:
            (row,) = json.loads((await baton(running, "hubs", "--json"))[1])
            return bool(row["failing"] == 1 and row["live"] == 1)

        await eventually(fails)
        assert await baton(running, "retry", customer.id) == (0, f"{customer.id}: 1 delivery is tried again now\n")
        await customer.say("good")
        await eventually(lambda: hub.said(key)[-1:] == ["good"])
        assert hub.said(key) == ["is it you?", "good"]
        await customer.close()


async def test_a_real_handoff_is_walked_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`check --handoff` opens one, says that it is a check, and ends it; each step is told."""
    hub = SIMULATORS["custom"]()
    async with with_hub(hub, tmp_path, monkeypatch) as running:
        status, walked = await baton(running, "hubs", "check", "simulated", "--handoff")
        assert status == 0
        assert [line.removeprefix("simulated (custom): ") for line in walked.splitlines()][-3:] == [
            'it took a handoff in queue "general": h-1',
            "it took a message",
            "it took the end of it",
        ]
        (key,) = hub.opened()
        assert not hub.is_open(key)
        assert "a check by Baton's operator" in hub.said(key)[0]


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

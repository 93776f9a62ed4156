"""Record golden histories of connections: `python -m tests.histories.record_connections NAME [STORY…]`.

As with those of conversations: a recorded history is never changed.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path

from protocol.connection import ConnectionPhase, Registration
from simulators.faults import Fault
from tests.histories.record import FOLDER
from tests.support.connecting import Tenancy, tenancy
from tests.support.temporal import temporal_server
from tests.support.waiting import eventually


async def connection_made_and_ended(tenant: Tenancy) -> None:
    """A registration on the way, connected, disconnected with a conversation to move, connected again, refused."""
    await tenant.connect(application="", register_new=Registration(name="Contoso assistant"))
    await tenant.conversing()
    begun = await tenant.begin_to_disconnect(now=True)
    await eventually(lambda: len(tenant.desk.handoffs) == 1)
    await tenant.let_pass(timedelta(seconds=16))
    await tenant.over(begun)
    await tenant.connect(application="")
    await tenant.connect(application="", environment="Contoso")


async def connection_undone(tenant: Tenancy) -> None:
    """An environment that cannot be chosen; a refusal on the way; a disconnect that is half done; then all is well."""
    await tenant.connect(environment="Fabrikam")
    tenant.microsoft.faults.plan("associate_queuemembership_association", Fault(status=400))
    await tenant.connect()
    await tenant.connect()
    tenant.microsoft.faults.plan("change_systemusers", Fault(status=403))
    await tenant.disconnect()
    await tenant.disconnect()


async def connection_watched(tenant: Tenancy) -> None:
    """A look by hand, one by the clock that finds drift, and one that mends it."""
    await tenant.connect()
    await tenant.check()
    tenant.roles.clear()
    tenant.configure(mend=True)
    await tenant.let_pass(timedelta(hours=6, minutes=1))

    async def mended() -> bool:
        state = await tenant.connections.state(tenant.agent)
        return state.operation.number == 4 and state.operation.over and state.phase is ConnectionPhase.CONNECTED

    await eventually(mended)


async def connection_called_off(tenant: Tenancy) -> None:
    """While it goes on for the first time, and while an agent that is connected is connected again."""
    tenant.microsoft.faults.plan("associate_queuemembership_association", *[Fault(status=503)] * 50)
    begun = await tenant.begin()
    await eventually(lambda: "associate_queuemembership_association" in tenant.microsoft.faults.calls)
    await tenant.connections.call_off(tenant.agent)
    await tenant.over(begun)
    tenant.microsoft.faults.clear()
    await tenant.connect()
    tenant.microsoft.faults.plan("find_systemusers", *[Fault(status=503)] * 50)
    begun = await tenant.begin()
    await tenant.connections.call_off(tenant.agent)
    await tenant.over(begun)


STORIES: dict[str, Callable[[Tenancy], Awaitable[None]]] = {
    story.__name__: story
    for story in (connection_made_and_ended, connection_undone, connection_watched, connection_called_off)
}


async def record(name: str, titles: Sequence[str]) -> None:
    """Run stories, if none is named every one, and write their histories down."""
    async with temporal_server() as environment:
        for title in titles or STORIES:
            with tempfile.TemporaryDirectory() as scratch:
                async with tenancy(environment, Path(scratch)) as tenant:
                    await STORIES[title](tenant)
                    handle = environment.client.get_workflow_handle(f"connection/{tenant.agent}")
                    history = await handle.fetch_history()
                    (FOLDER / f"{name}-{title}.json").write_text(history.to_json(), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(record(sys.argv[1], sys.argv[2:]))

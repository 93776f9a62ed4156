"""Queue and workstream: in and out as often as it is asked for, and nobody else's bot is touched."""

import asyncio

import pytest

from microsoft.agent_rows import AgentRows
from microsoft.application_user import ApplicationUsers, Bot
from microsoft.conversation_rows import ConversationRows, ConversationStatus
from microsoft.dataverse import Dataverse
from microsoft.errors import RefusedError, UnavailableError, WorkstreamTakenError
from microsoft.queues import Queues
from microsoft.workstreams import Workstreams
from simulators.microsoft import MicrosoftSimulator
from simulators.organization import PICK, PUSH

NOBODY = "5c1e7b02-0000-4000-8000-000000000000"


async def test_into_the_queue_and_out_of_it(
    dataverse: Dataverse, users: ApplicationUsers, bot: Bot, microsoft: MicrosoftSimulator
) -> None:
    """Twice each; a disabled user is not taken."""
    queues, user = Queues(dataverse), await users.ensure(bot)
    queue = microsoft.contoso.queue
    assert [(each.name, each.is_default) for each in await queues.all()] == [
        ("Agents", False),
        ("Default messaging queue", True),
    ]
    await queues.remove(queue, user.id)
    for _ in range(2):
        await queues.add(queue, user.id)
        assert await queues.has(queue, user.id)
    for _ in range(2):
        await queues.remove(queue, user.id)
        assert not await queues.has(queue, user.id)
    await users.set_enabled(user.id, enabled=False)
    with pytest.raises(RefusedError):
        await queues.add(queue, user.id)
    with pytest.raises(RefusedError, match="there is no queue"):
        await queues.has(NOBODY, user.id)


async def test_a_workstream_has_one_bot(
    dataverse: Dataverse, users: ApplicationUsers, bot: Bot, microsoft: MicrosoftSimulator
) -> None:
    """Linked and unlinked as often as it is asked for; another's stays, whoever asks."""
    streams, user = Workstreams(dataverse), await users.ensure(bot)
    stream = microsoft.contoso.workstream
    for _ in range(2):
        await streams.link(stream, user.id)
        assert (await streams.one(stream)).bot_user == user.id
    other = microsoft.contoso.add_user(NOBODY, msdyn_bothandle="another")
    with pytest.raises(WorkstreamTakenError, match='"Chat" has another bot'):
        await streams.link(stream, other)
    await streams.unlink(stream, other)
    assert (await streams.one(stream)).bot_user == user.id
    for _ in range(2):
        await streams.unlink(stream, user.id)
        assert (await streams.one(stream)).bot_user is None
    await streams.unlink(NOBODY, user.id)
    with pytest.raises(RefusedError, match="there is no workstream"):
        await streams.link(NOBODY, user.id)


async def test_a_bot_needs_push(
    dataverse: Dataverse, users: ApplicationUsers, bot: Bot, microsoft: MicrosoftSimulator
) -> None:
    """A workstream from which representatives pick is refused."""
    picked = {"msdyn_name": "Picked", "msdyn_workdistributionmode": PICK}
    stream = microsoft.contoso.tables.add("msdyn_liveworkstreams", picked)
    with pytest.raises(RefusedError, match='"Picked" does not push'):
        await Workstreams(dataverse).link(stream, (await users.ensure(bot)).id)
    found = {each.name: each.gives_out for each in await Workstreams(dataverse).all()}
    assert found == {"Chat": True, "Picked": False}


async def test_two_link_at_the_same_moment(dataverse: Dataverse, microsoft: MicrosoftSimulator) -> None:
    """One of them is linked; the other one is told to look again, and then whose it is."""
    streams = Workstreams(dataverse)
    stream = microsoft.contoso.tables.add(
        "msdyn_liveworkstreams", {"msdyn_name": "New", "msdyn_workdistributionmode": PUSH}
    )
    first, second = (microsoft.contoso.add_user(NOBODY) for _ in range(2))
    ended = await asyncio.gather(streams.link(stream, first), streams.link(stream, second), return_exceptions=True)
    (failed,) = [each for each in ended if each is not None]
    assert isinstance(failed, WorkstreamTakenError | UnavailableError)
    loser = second if (await streams.one(stream)).bot_user == first else first
    with pytest.raises(WorkstreamTakenError):
        await streams.link(stream, loser)


async def test_whether_an_agent_is_published(dataverse: Dataverse, microsoft: MicrosoftSimulator) -> None:
    """By when it was."""
    tables, agents = microsoft.contoso.tables, AgentRows(dataverse)
    draft = tables.add("bots", {"name": "Draft", "schemaname": "cr1_draft", "publishedon": None})
    tables.add("bots", {"name": "Contoso", "schemaname": "cr1_o'contoso", "publishedon": "2026-11-24T12:00:00Z"})
    known = await agents.one(draft)
    assert known
    assert not known.is_published
    named = await agents.named("cr1_o'contoso")
    assert named
    assert (named.name, named.is_published) == ("Contoso", True)
    assert await agents.one(NOBODY) is None
    assert await agents.named("nothing") is None


async def test_what_became_of_a_conversation(dataverse: Dataverse, microsoft: MicrosoftSimulator) -> None:
    """Its status, and who has it; a status of Microsoft's next year is none."""
    tables, rows = microsoft.contoso.tables, ConversationRows(dataverse)
    user = microsoft.contoso.add_user(NOBODY)
    active = {"statecode": 0, "statuscode": 2, "_msdyn_activeagentid_value": user}
    mine = tables.add("msdyn_ocliveworkitems", active)
    closed = tables.add("msdyn_ocliveworkitems", {**active, "statecode": 1, "statuscode": 4})
    strange = tables.add("msdyn_ocliveworkitems", {"statecode": 1, "statuscode": 99})
    one = await rows.one(mine)
    assert one
    assert (one.status, one.active_user) == (ConversationStatus.ACTIVE, user)
    over = await rows.one(closed)
    assert over
    assert over.status
    assert over.status.is_over
    unknown = await rows.one(strange)
    assert unknown
    assert unknown.status is None
    assert await rows.one(NOBODY) is None
    assert [each.id for each in await rows.open_with(user)] == [mine]

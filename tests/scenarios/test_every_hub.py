"""The story, told to every hub there is: a long history, a handoff, both ways, every way to end it; then over faults.

At the end of each: each message once and in order on both sides, the states agree, and nothing is open at the hub.
"""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from protocol.activity import MESSAGE, TYPING, Activity, Attachment
from protocol.conversation import Operate, Operation, Phase
from simulators.faults import Fault
from simulators.hub import HubSimulator
from simulators.registry import SIMULATORS
from tests.scenarios.impatient import WAITS, impatient
from tests.scenarios.stage import Stage, stage
from tests.support.waiting import eventually

HANGS = WAITS + 0.3
FAULTS = {
    "503": Fault(status=503),
    "429": Fault(status=429),
    "429-retry-after": Fault(status=429, retry_after=1),
    "500-but-done": Fault(status=500, after_doing=True),
    "no-answer": Fault(hang_seconds=HANGS),
    "no-answer-but-done": Fault(hang_seconds=HANGS, after_doing=True),
    "cut": Fault(cut=True),
    "cut-but-done": Fault(cut=True, after_doing=True),
}
TOLERATED, TOO_MUCH = timedelta(minutes=4), timedelta(minutes=10)


@pytest.fixture(scope="module", params=list(SIMULATORS.values()), ids=list(SIMULATORS))
async def theatre(
    request: pytest.FixtureRequest, temporal: WorkflowEnvironment, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    """One hub with its worker and gateway, for every conversation with it."""
    simulator: type[HubSimulator] = request.param
    async with stage(temporal, impatient(simulator), tmp_path_factory.mktemp(simulator.kind)) as begun:
        yield begun


@pytest.fixture
async def story(theatre: Stage) -> AsyncIterator[Stage]:
    """A conversation of its own; what was planned to go wrong and did not is forgotten after it."""
    yield await theatre.another()
    theatre.hub.faults.clear()
    theatre.hub.callback_faults.clear()
    theatre.hub.clock_is_off = timedelta()


async def test_a_whole_conversation(story: Stage) -> None:
    """60 messages and 25 variables go along; 30 each way; files; a transfer; back to the bot; and once more."""
    hub = story.hub
    await story.say("fill everything")
    for number in range(30):
        await story.say(f"before {number}")
    key = await story.escalate()
    _has_everything(hub, key)
    await hub.join(key, "Ada")
    mine, theirs = await _talk(story, key, 30)
    await _types(story, key)
    await _files(story, key)
    if story.can.transfers:
        await hub.transfer(key, "billing")
        await story.reaches(Phase.QUEUED)
        await hub.join(key, "Bob")
    await hub.say(key, "one more thing")
    await story.customer_has([*theirs, "one more thing"])
    await story.reaches(Phase.LIVE)
    await _back_to_the_bot(story, key)
    second = await story.escalate()
    assert second != key
    _in_order("\n".join(hub.history(second)), [*mine, "one more thing"])
    await hub.join(second, "Cleo")
    await hub.say(second, "welcome back")
    await story.customer_has([*theirs, "one more thing", "welcome back"])
    await _ends(story, second)
    assert not hub.is_open(key)
    assert (hub.opened().count(key), hub.opened().count(second)) == (1, 1)
    # Some hubs take a file as its address, in a message.
    assert [text for text in hub.said(key) if text and "photo.png" not in text] == mine


async def test_a_customer_who_leaves_leaves_nothing_open(story: Stage) -> None:
    """In the queue, and from a representative."""
    await story.escalate()
    live = await story.another()
    key = await live.escalate()
    await live.hub.join(key, "Ada")
    await live.hub.say(key, "hello?")
    for each in (story, live):
        await each.leave()
        await each.reaches(Phase.ENDED)
    await eventually(lambda: not live.hub.is_open(f"{story.id}:1"))
    await eventually(lambda: not live.hub.is_open(key))


async def test_a_customer_who_falls_silent_is_let_go(story: Stage) -> None:
    """The representative has written, and nobody answers: abandoned, and nothing stays open."""
    quiet = await story.another(customer_replies=1)
    key = await quiet.escalate()
    await quiet.hub.join(key, "Ada")
    await quiet.hub.say(key, "are you there?")
    await quiet.reaches(Phase.ENDED)
    await eventually(lambda: not quiet.hub.is_open(key))
    assert await quiet.read("agent") == ["are you there?"]


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_fault_changes_nothing_but_the_time(story: Stage, fault: Fault) -> None:
    """Twice while it is opened, and at every other message: one handoff, and each message once."""
    hub = story.hub
    hub.faults.plan(hub.opens, fault, fault)
    key = await story.escalate()
    hub.faults.clear()
    hub.faults.plan(hub.relays, fault)
    await hub.join(key, "Ada")
    mine, theirs = await _talk(story, key, 3)
    await story.customer_has(theirs)
    await _ends(story, key)
    # Some hubs take a file as its address, in a message.
    assert [text for text in hub.said(key) if text and "photo.png" not in text] == mine
    assert hub.opened().count(key) == 1


async def test_callbacks_that_come_twice(story: Stage) -> None:
    """Every hub tells its callbacks again when it is not sure."""
    hub = story.hub
    hub.callback_faults.repeat = 100
    key = await story.escalate()
    await hub.join(key, "Ada")
    _, theirs = await _talk(story, key, 3)
    await hub.say(key, "only once", times=3)
    await story.customer_has([*theirs, "only once"])
    await _ends(story, key)


async def test_callbacks_that_overtake_each_other(story: Stage) -> None:
    """Where the hub numbers them, they are read in its order."""
    hub = story.hub
    if not hub.numbers_callbacks:
        pytest.skip("nobody could tell the order")
    key = await story.escalate()
    await hub.join(key, "Ada")
    await hub.say(key, "first of all")
    await story.customer_has(["first of all"])
    hub.callback_faults.overtake = 1
    await hub.say(key, "one")
    await hub.say(key, "two")
    await story.customer_has(["first of all", "one", "two"])
    await _ends(story, key)


async def test_a_join_that_is_never_told(story: Stage) -> None:
    """The representative's next message says as much."""
    hub = story.hub
    key = await story.escalate()
    hub.callback_faults.lose = 1
    await hub.join(key, "Ada")
    hub.callback_faults.clear()
    await hub.say(key, "hello")
    await story.customer_has(["hello"])
    await story.reaches(Phase.LIVE)
    await _ends(story, key)


async def test_an_end_that_is_never_told(story: Stage) -> None:
    """Whoever writes into the void is not left alone: a deadline, or the hub's refusal, ends the wait."""
    hub = story.hub
    alone = await story.another(representative_replies=1)
    key = await alone.escalate()
    await hub.join(key, "Ada")
    await hub.say(key, "bye")
    await alone.reaches(Phase.LIVE)
    hub.callback_faults.lose = 10
    await hub.end(key)
    if (await alone.conversations.status(alone.id)).phase is Phase.LIVE:
        await alone.say("one more question")
    await alone.reaches(Phase.AGENT, Phase.ENDED)
    await eventually(lambda: not hub.is_open(key))


async def test_tokens_that_expire_on_the_way(story: Stage) -> None:
    """Nobody notices."""
    hub = story.hub
    key = await story.escalate()
    await hub.join(key, "Ada")
    await hub.say(key, "before")
    await story.customer_has(["before"])
    if not hub.expire_tokens():
        pytest.skip("it gives out no tokens")
    await story.say("after")
    await story.hub_has(key, ["after"])
    hub.expire_tokens()
    await _ends(story, key)


async def test_a_clock_that_is_wrong(story: Stage) -> None:
    """A little is tolerated; a callback that is signed long before or after now is refused."""
    hub = story.hub
    if not hub.signs_the_time:
        pytest.skip("its callbacks are not signed together with a time")
    key = await story.escalate()
    await hub.join(key, "Ada")
    for number, off in enumerate((TOLERATED, -TOLERATED)):
        hub.clock_is_off = off
        await hub.say(key, f"tolerated {number}")
    for off in (TOO_MUCH, -TOO_MUCH):
        hub.clock_is_off = off
        await hub.say(key, "forged, perhaps")
        assert hub.callbacks[-1] == 401
    hub.clock_is_off = timedelta()
    await story.customer_has(["tolerated 0", "tolerated 1"])
    await _ends(story, key)


async def _talk(story: Stage, key: str, times: int) -> tuple[list[str], list[str]]:
    """So many messages each way, with typing between; returns what the customer and the representative said."""
    hub = story.hub
    mine, theirs = [], []
    for number in range(times):
        mine.append(f"question {number}")
        theirs.append(f"answer {number}")
        await story.post(Activity(type=TYPING))
        await story.say(mine[-1])
        await hub.type(key)
        await hub.say(key, theirs[-1])
    await story.hub_has(key, mine)
    await story.customer_has(theirs)
    return mine, theirs


async def _types(story: Stage, key: str) -> None:
    """The customer types on: what would come late is not told, so clients say it again and again."""

    async def shown() -> bool:
        await story.post(Activity(type=TYPING))
        return story.hub.typed(key) > 0

    if story.can.typing:
        await eventually(shown)


async def _files(story: Stage, key: str) -> None:
    """An image each way, where the hub takes them: as a file, or as its address where it cannot be had."""
    if not story.can.attachments:
        return
    hub = story.hub
    photo = Attachment(content_type="image/png", content_url="https://example.com/photo.png", name="photo.png")
    await story.post(Activity(type=MESSAGE, attachments=(photo,)))
    await eventually(lambda: any("photo.png" in each for each in (*hub.files(key), *hub.said(key))))
    await hub.say_image(key, "https://example.com/invoice.png")

    async def there() -> bool:
        return await story.files() == ["invoice.png"]

    await eventually(there)


async def _back_to_the_bot(story: Stage, key: str) -> None:
    """The representative gives it back, where the hub can; else the operator takes it."""
    if story.can.returns:
        await story.hub.give_back(key, "be nice")
    else:
        await story.conversations.operate(story.id, Operate(key=f"{key}:back", operation=Operation.RETURN))
    await story.reaches(Phase.AGENT)
    await eventually(lambda: not story.hub.is_open(key))


async def _ends(story: Stage, key: str) -> None:
    """The representative ends it: both sides say so."""
    await story.hub.end(key)
    await story.reaches(Phase.ENDED)
    assert not story.hub.is_open(key)


def _has_everything(hub: HubSimulator, key: str) -> None:
    """What both said before, in order, and the variables: the private note among them."""
    history = "\n".join(hub.history(key))
    _in_order(history, [f"You said: before {number}" for number in range(30)])
    told = str(hub.variables(key))
    assert "CO-10443" in told
    assert "The customer asked for a person." in told + history


def _in_order(text: str, words: list[str]) -> None:
    places = [text.find(each) for each in words]
    assert -1 not in places
    assert places == sorted(places)

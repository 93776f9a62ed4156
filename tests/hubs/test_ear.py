"""What a listening adapter is given: the open handoffs with what belongs to each."""

from collections.abc import Sequence

from activities.hub_listening import _Ear
from hubs.handoffs import WatchedHandoff
from protocol.hub_events import AtHub, HubEvent


async def test_one_conversation_that_does_not_answer_keeps_no_other_from_being_heard() -> None:
    """It is there as soon as it answers; cursors of what is no longer open are forgotten."""
    open_now = ["one", "two"]
    answering, asked = {"one"}, []

    async def watched(connection: str) -> Sequence[WatchedHandoff]:
        assert connection == "sf"
        return [WatchedHandoff(conversation=name, id=f"at-hub-{name}") for name in open_now]

    async def kept(conversation: str) -> AtHub | None:
        asked.append(conversation)
        return AtHub(key=f"{conversation}:1", session="s") if conversation in answering else None

    async def tell(event: HubEvent) -> None:
        raise AssertionError(event)

    ear = _Ear("sf", watched, kept, tell, {"at-hub-one": "7", "at-hub-old": "9"})
    assert [(each.key, each.session) for each in await ear.watched()] == [("one:1", "s")]
    assert ear.cursors == {"at-hub-one": "7"}
    answering.add("two")
    assert [each.key for each in await ear.watched()] == ["one:1", "two:1"]
    await ear.watched()
    assert asked == ["one", "two", "two"]
    open_now.remove("one")
    assert [each.key for each in await ear.watched()] == ["two:1"]

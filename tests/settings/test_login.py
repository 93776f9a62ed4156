"""Login links: once, for a quarter of an hour, and not over a restart."""

from settings.login import LoginTokens, mint_login

KEY = b"the key of a test, long enough!!"


def test_a_link_works_once() -> None:
    """And its cookie opens the door from then on."""
    door, restarted = LoginTokens(KEY, "desk"), LoginTokens(KEY, "desk")
    assert door.redeem(mint_login(KEY, "desk", seconds=-1)) is None
    link = mint_login(KEY, "desk")
    cookie = door.redeem(link)
    assert cookie
    assert door.valid(cookie)
    assert restarted.valid(cookie)
    assert door.redeem(link) is None


def test_a_process_that_was_started_since_does_not_take_the_link() -> None:
    """The one before it may have taken it, and its memory is gone."""
    link = mint_login(KEY, "desk")
    assert LoginTokens(KEY, "desk").redeem(link) is None


def test_a_link_to_another_door_opens_nothing() -> None:
    """The desk's link is not the console's, and a forged one is nobody's."""
    door = LoginTokens(KEY, "console")
    assert door.redeem(mint_login(KEY, "desk")) is None
    assert door.redeem(mint_login(KEY[::-1], "console")) is None
    assert not door.valid("")

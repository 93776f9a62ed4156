"""The customer's page, by keyboard and by mouse, over outages and reloads, wide and narrow."""

import re

import pytest
from playwright.async_api import Browser, expect

from gateway.conversing import new_claims
from gateway.tokens import Tokens
from settings.secrets import resolve
from tests.pages.visitor import PHONE, SIZES, Visitor, visit
from tests.support.installation import Installation
from tests.support.persistent import PersistentRepresentative


async def test_from_the_greeting_to_a_human_and_back(
    visitor: Visitor, representative: PersistentRepresentative
) -> None:
    """Queue, place, name, typing, a note, and the bot again; a reload shows all of it once more."""
    page = visitor.page
    await page.get_by_role("button", name="Where is my order?").click()
    await visitor.reads("What is your order number")
    await visitor.says("speak to agent")
    await visitor.reads("In the queue · place 1")
    handoff = await representative.waiting(await visitor.conversation())
    await representative.accept(handoff)
    await visitor.reads("Talking with Ada")
    assert await page.get_by_role("heading", level=1).inner_text() == "Ada"
    await representative.types(handoff)
    await visitor.reads("Ada is typing…")
    await representative.say(handoff, "Good morning, this is Ada.")
    await visitor.reads("Good morning, this is Ada.")
    await expect(page.locator("#typing")).to_be_hidden()
    await visitor.says("Good morning!")
    await representative.give_back(handoff, "your refund is on its way")
    await visitor.reads("your refund is on its way")
    await visitor.reads("Virtual assistant")
    before = await visitor.bubbles()
    await page.reload()
    await visitor.reads("Is there anything else")
    assert await visitor.bubbles() == before
    assert await page.locator("#state").inner_text() == "Virtual assistant"


async def test_an_unsent_message_is_tried_again_and_is_there_once(visitor: Visitor) -> None:
    """It is marked as not sent and kept; Retry sends it, and the conversation has it once."""
    await visitor.page.route("**/activities", lambda route: route.abort())
    await visitor.says("hello there")
    await visitor.reads("Not sent.")
    await visitor.page.unroute("**/activities")
    await visitor.page.get_by_role("button", name="Retry").click()
    await expect(visitor.page.locator(".message.bot .bubble")).to_have_count(2)
    await visitor.page.reload()
    await expect(visitor.page.locator(".message.bot .bubble")).to_have_count(2)
    assert (await visitor.bubbles())[1] == "hello there"
    assert len(await visitor.bubbles()) == 3


async def test_what_was_written_offline_is_sent_when_the_connection_is_back(visitor: Visitor) -> None:
    """By itself, in order, once."""
    await visitor.context.set_offline(offline=True)
    for words in ("what are your hours", "and on sundays"):
        await visitor.says(words)
    await visitor.reads("You are offline")
    await expect(visitor.page.get_by_role("button", name="Retry")).to_have_count(2)
    await visitor.context.set_offline(offline=False)
    await expect(visitor.page.get_by_role("button", name="Retry")).to_have_count(0)
    await expect(visitor.page.locator("#banner")).to_be_hidden()
    await visitor.page.reload()
    mine = visitor.page.locator(".message.mine .bubble")
    await expect(mine).to_have_text(["what are your hours", "and on sundays"])


async def unsent(visitor: Visitor, words: str) -> None:
    """Written and sent while nobody answered."""
    await visitor.page.route("**/activities", lambda route: route.abort())
    await visitor.says(words)
    await visitor.reads("Not sent.")
    await visitor.page.unroute("**/activities")


async def test_words_outlive_a_reload(visitor: Visitor) -> None:
    """A phone loads a page anew that was out of sight: what was on its way is sent, what was begun is in the box."""
    await unsent(visitor, "hello there")
    await visitor.page.get_by_label("Your message").fill("and one more thi")
    await visitor.page.reload()
    await expect(visitor.page.locator(".message.bot .bubble")).to_have_count(2)
    assert (await visitor.bubbles())[1] == "hello there"
    assert len(await visitor.bubbles()) == 3
    await expect(visitor.page.get_by_label("Your message")).to_have_value("and one more thi")
    await visitor.page.reload()
    await expect(visitor.page.locator(".message.bot .bubble")).to_have_count(2)
    assert len(await visitor.bubbles()) == 3


async def test_words_for_a_conversation_that_is_gone_are_in_the_box(visitor: Visitor) -> None:
    """They are not said in another one by themselves."""
    await unsent(visitor, "hello there")
    await visitor.page.evaluate("localStorage.clear()")
    await visitor.page.reload()
    await expect(visitor.page.get_by_label("Your message")).to_have_value("hello there")
    await visitor.reads("Contoso's virtual assistant")
    assert len(await visitor.bubbles()) == 1


async def test_nothing_is_missed_while_the_gateway_is_down(
    visitor: Visitor, running: Installation, representative: PersistentRepresentative
) -> None:
    """The page says that it connects again, does, and shows what was said meanwhile, once."""
    await visitor.says("speak to agent")
    await visitor.reads("In the queue")
    handoff = await representative.waiting(await visitor.conversation())
    await representative.accept(handoff)
    await visitor.reads("Talking with Ada")
    running.kill("gateway")
    await visitor.reads("Connecting again…")
    for number in range(3):
        await representative.say(handoff, f"while you were away {number}")
    await visitor.reads("while you were away 2")
    assert [said for said in await visitor.bubbles() if "while you were away" in said] == representative.said
    await expect(visitor.page.locator("#banner")).to_be_hidden()
    await representative.finish(handoff)
    await visitor.reads("This conversation has ended.")
    await visitor.page.get_by_role("button", name="Start a new conversation").click()
    await expect(visitor.page.locator(".message.bot")).to_have_count(1)
    await visitor.says("hello")
    await expect(visitor.page.locator(".message.bot .bubble")).to_have_count(2)


async def test_a_stream_that_is_lost_without_a_word_is_missed(
    visitor: Visitor, running: Installation, representative: PersistentRepresentative
) -> None:
    """A phone that changed its network believes to be connected: what never says anything is not believed."""
    await visitor.page.clock.install()
    await visitor.page.reload()
    await visitor.says("speak to agent")
    handoff = await representative.waiting(await visitor.conversation())
    await representative.accept(handoff)
    await visitor.reads("Talking with Ada")
    running.freeze("gateway")
    await visitor.page.clock.fast_forward(46_000)
    await visitor.reads("Connecting again…")
    running.kill("gateway")
    await representative.say(handoff, "are you still there")
    await visitor.reads("are you still there")
    await expect(visitor.page.locator("#banner")).to_be_hidden()
    assert [said for said in await visitor.bubbles() if "still there" in said] == representative.said


async def test_a_laptop_that_was_closed_for_an_hour_goes_on(visitor: Visitor, running: Installation) -> None:
    """The page's token has expired long ago; the conversation has not."""
    await visitor.says("hello")
    await expect(visitor.page.locator(".message.bot .bubble")).to_have_count(2)
    before, conversation = await visitor.bubbles(), await visitor.conversation()
    key = resolve(running.settings.gateway.signing_key or "").encode()
    claims = new_claims("contoso").model_copy(update={"conversation": conversation})
    expired = Tokens(key, seconds=-3_600).issue(claims)
    await visitor.page.evaluate(
        "token => localStorage.setItem(Object.keys(localStorage)[0], JSON.stringify({token}))", expired
    )
    await visitor.page.reload()
    await expect(visitor.page.locator(".message.bot .bubble")).to_have_count(2)
    assert await visitor.bubbles() == before
    assert await visitor.conversation() == conversation


async def test_a_screen_reader_finds_its_way(visitor: Visitor) -> None:
    """Everything that can be used has a role and a name, and new messages are announced."""
    page = visitor.page
    await expect(page.get_by_role("log", name="Conversation")).to_have_attribute("aria-live", "polite")
    await expect(page.get_by_role("textbox", name="Your message")).to_be_focused()
    await expect(page.get_by_role("status")).to_have_text("Virtual assistant")
    named = page.get_by_role("button", name=re.compile(r"\w"))
    await expect(named).to_have_count(await page.get_by_role("button").count())


async def test_the_keyboard_alone_is_enough(visitor: Visitor) -> None:
    """Tab leads to a suggested reply, Enter takes it, and typing goes on in the composer."""
    page = visitor.page
    for _ in range(12):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.innerText") == "Check a gift card":
            break
    await page.keyboard.press("Enter")
    await visitor.reads("last four digits")


@pytest.mark.parametrize("size", SIZES)
async def test_it_fits(browser: Browser, running: Installation, size: str) -> None:
    """Nothing stands out to the side, long words included, and the composer is in sight."""
    visitor = await visit(browser, running.gateway, SIZES[size])
    await visitor.says("https://example.com/" + "a" * 300)
    await expect(visitor.page.locator(".message.bot .bubble")).to_have_count(2)
    await visitor.fits()
    box = await visitor.page.get_by_label("Your message").bounding_box()
    assert box
    assert box["y"] + box["height"] <= SIZES[size]["height"]
    await visitor.leave()


async def test_a_file_goes_through_and_is_shown(browser: Browser, running: Installation) -> None:
    """A picture that the customer sends stands in the log, from the server, after a reload too."""
    visitor = await visit(browser, running.gateway, PHONE)
    pixel = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645"
        "400000000049454e44ae426082"
    )
    await visitor.page.set_input_files("#file", {"name": "receipt.png", "mimeType": "image/png", "buffer": pixel})
    await expect(visitor.page.locator(".message.mine img")).to_have_count(1)
    await visitor.page.reload()
    picture = visitor.page.locator(".message.mine img")
    await expect(picture).to_have_count(1)
    assert await picture.evaluate("async i => { await i.decode(); return i.naturalWidth }") == 1
    await visitor.leave()

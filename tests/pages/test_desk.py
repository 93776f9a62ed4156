"""The representatives' page."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from commandline.addresses import addresses
from tests.pages.visitor import DESKTOP, SIZES, Visitor, new_page, visit
from tests.support.installation import Installation


async def sit_down(browser: Browser, running: Installation, name: str, size: ViewportSize) -> Page:
    """A representative who came in by the link and said their name."""
    page = await new_page(browser, size)
    await page.goto(addresses(running.settings)["desk"])
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("button", name="Start").click()
    return page


@pytest.fixture(params=sorted(SIZES))
async def desk(request: pytest.FixtureRequest, browser: Browser, running: Installation) -> AsyncIterator[Page]:
    """Grace, at a desktop and at a phone."""
    page = await sit_down(browser, running, "Grace", SIZES[request.param])
    yield page
    await page.context.close()


async def test_the_door_is_closed_without_a_link(browser: Browser, running: Installation) -> None:
    """Nobody reads conversations who was not let in."""
    page = await new_page(browser, DESKTOP)
    answer = await page.goto(running.desk)
    assert answer
    assert answer.status == 401
    await page.close()


async def test_a_representative_takes_answers_and_returns(desk: Page, visitor: Visitor) -> None:
    """History, note and variables beside the conversation; typing and words both ways; a note for the bot."""
    await visitor.says("my whole point-of-sale system is down")
    await visitor.reads("In the queue")
    await desk.get_by_role("button").filter(has_text="Point-of-sale trouble").filter(has_text="waiting").click()
    await desk.get_by_role("button", name="Accept").click()
    await visitor.reads("Talking with Grace")
    log = desk.get_by_role("log")
    await expect(log.get_by_text("my whole point-of-sale system is down")).to_be_visible()
    await desk.get_by_label("Your message").fill("Hello from the desk")
    await desk.keyboard.press("Enter")
    await visitor.reads("Hello from the desk")
    await expect(log.get_by_text("Delivered").first).to_be_visible()
    await visitor.page.get_by_label("Your message").press_sequentially("I am")
    await expect(desk.get_by_text("is typing…")).to_be_visible()
    await visitor.says("It says error 42")
    await expect(log.get_by_text("It says error 42")).to_be_visible()
    await expect(desk.get_by_text("is typing…")).to_be_hidden()
    await desk.get_by_role("button", name="Return to bot").click()
    await desk.get_by_label("Note for the bot").fill("a technician comes at two")
    await desk.get_by_role("button", name="Return", exact=True).click()
    await visitor.reads("Virtual assistant")
    wide, seen = await desk.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= seen


async def accepts(desk: Page, visitor: Visitor) -> Locator:
    """Takes this visitor's conversation over, and has the box to write in."""
    await visitor.says("speak to agent")
    await desk.get_by_role("button").filter(has_text="waiting").filter(has_text="speak to agent").click()
    await desk.get_by_role("button", name="Accept").click()
    await visitor.reads("Talking with Grace")
    box = desk.get_by_label("Your message")
    await box.wait_for()
    return box


async def test_what_is_written_while_the_desk_is_away_is_said_once(
    desk: Page, running: Installation, visitor: Visitor
) -> None:
    """The page is loaded anew when the desk is back, and still tells it; no message overtakes another."""
    box = await accepts(desk, visitor)
    # The page sends into a connection that is not lost yet, but never read again.
    running.freeze("desk")
    for words in ("Before anything else", "And then this"):
        await box.fill(words)
        await box.press("Enter")
    running.kill("desk")
    for words in ("Before anything else", "And then this"):
        await visitor.reads(words)
    log = await visitor.page.get_by_role("log").inner_text()
    assert [log.count(words) for words in ("Before anything else", "And then this")] == [1, 1]
    assert log.index("Before anything else") < log.index("And then this")


async def test_what_was_begun_is_still_there_when_the_desk_was_away(
    desk: Page, running: Installation, visitor: Visitor
) -> None:
    """The page is loaded anew with the same conversation open, and the words that were not sent yet in the box."""
    box = await accepts(desk, visitor)
    await box.fill("Half a sentence")
    await desk.evaluate("window.loaded = 'before'")
    running.kill("desk")
    await desk.wait_for_function("window.loaded !== 'before'")
    await expect(box).to_have_value("Half a sentence")
    await box.press("Enter")
    await visitor.reads("Half a sentence")
    await expect(box).to_have_value("")
    back = desk.get_by_role("button", name="‹ Back")
    if await back.first.is_visible():
        await back.first.click()
        await desk.wait_for_url(running.desk + "/")
        await expect(desk.get_by_role("navigation", name="Conversations")).to_be_visible()


async def test_no_click_is_lost_to_a_message_that_comes_just_then(desk: Page, visitor: Visitor) -> None:
    """What is said is drawn beside the buttons, which stay the same ones."""
    await accepts(desk, visitor)
    buttons = [desk.get_by_role("button", name=name, exact=True) for name in ("Close", "Transfer", "Return to bot")]
    before = [await button.element_handle() for button in buttons]
    await visitor.says("one more thing")
    await expect(desk.get_by_role("log").get_by_text("one more thing")).to_be_visible()
    assert [await each.evaluate("button => button.isConnected") for each in before if each] == [True] * 3
    await buttons[0].click()
    await visitor.reads("This conversation has ended.")
    await expect(buttons[0]).to_have_count(0)


async def test_what_was_begun_stays_with_its_conversation(
    browser: Browser, running: Installation, visitor: Visitor
) -> None:
    """Whoever turns to another customer with half a sentence in the box does not say it to them."""
    desk = await sit_down(browser, running, "Grace", DESKTOP)
    other = await visit(browser, running.gateway, DESKTOP)
    box = await accepts(desk, visitor)
    first = await box.get_attribute("data-handoff")
    await box.fill("Your password is")
    await accepts(desk, other)
    await expect(box).to_have_value("")
    await box.fill("Good morning")
    await desk.locator(f".row[data-handoff='{first}']").click()
    await expect(box).to_have_value("Your password is")
    await box.press("Enter")
    await visitor.reads("Your password is")
    await other.leave()
    await desk.context.close()


async def test_of_two_representatives_one_gets_it(browser: Browser, running: Installation, visitor: Visitor) -> None:
    """The other sees at once that it is taken, and by whom, and what they had begun to write stays theirs."""
    first = await sit_down(browser, running, "Grace", SIZES["desktop"])
    second = await sit_down(browser, running, "Alan", SIZES["desktop"])
    await visitor.says("speak to agent")
    for page in (first, second):
        await page.get_by_role("button").filter(has_text="waiting").filter(has_text="speak to agent").click()
    await first.get_by_role("button", name="Accept").click()
    await visitor.reads("Talking with Grace")
    await expect(second.get_by_role("button", name="Accept")).to_have_count(0)
    await expect(second.get_by_role("button").filter(has_text="Grace").first).to_be_visible()
    await first.get_by_role("button", name="Close", exact=True).click()
    await visitor.reads("This conversation has ended.")
    for page in (first, second):
        await page.context.close()

"""The operators' page."""

import pytest
from playwright.async_api import Browser, expect

from commandline.addresses import addresses
from tests.pages.visitor import DESKTOP, SIZES, Visitor, new_page
from tests.support.installation import Installation
from workflows.breakers import HubBreakers
from workflows.plugin import connect


async def test_the_door_is_closed_without_a_link(browser: Browser, running: Installation) -> None:
    """Nobody reads conversations who was not let in."""
    page = await new_page(browser, DESKTOP)
    answer = await page.goto(f"{running.gateway}/console/")
    assert answer
    assert answer.status == 401
    await page.close()


@pytest.mark.parametrize("size", sorted(SIZES))
async def test_an_operator_sees_how_the_hubs_are_doing(browser: Browser, running: Installation, size: str) -> None:
    """Whether each answers and gets new handoffs, and what its kind can do; a drained one says so."""
    page = await new_page(browser, SIZES[size])
    await page.goto(addresses(running.settings)["console"])
    await page.get_by_role("link", name="Hubs").click()
    hubs = page.get_by_role("region", name="Hubs", exact=True)
    await expect(hubs.get_by_role("row").nth(1)).to_contain_text("desk")
    breakers = HubBreakers(await connect(running.settings), running.settings.breaker)
    await breakers.drain("desk", drained=True)
    await expect(hubs.get_by_text("drained")).to_be_visible()
    await breakers.drain("desk", drained=False)
    await expect(hubs.get_by_text("drained")).not_to_be_visible()
    table = page.get_by_role("region", name="What each hub can do")
    await expect(table.get_by_role("row", name="takes a ticket or a callback")).to_be_visible()
    wide, seen = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= seen
    await page.context.close()


@pytest.mark.parametrize("size", sorted(SIZES))
async def test_an_operator_finds_a_conversation_and_reads_it(
    browser: Browser, running: Installation, visitor: Visitor, size: str
) -> None:
    """From the phases to one conversation: its facts, transcript and timeline, and its run in Temporal's page."""
    await visitor.says("speak to agent")
    await visitor.reads("In the queue")
    conversation = await visitor.conversation()
    page = await new_page(browser, SIZES[size])
    await page.goto(addresses(running.settings)["console"])
    await page.get_by_role("button").filter(has_text="Queued").click()
    await expect(page.locator(".tile.chosen")).to_contain_text("Queued")
    await page.get_by_role("link", name=conversation[:12]).click()
    await expect(page.get_by_role("region", name="Transcript").get_by_text("speak to agent")).to_be_visible()
    await expect(page.get_by_role("region", name="Timeline").get_by_text("hub accepted")).to_be_visible()
    link = page.get_by_role("link", name="its run in Temporal's web page")
    assert await link.get_attribute("href") == (
        f"http://127.0.0.1:{running.settings.temporal.ui_port}/namespaces/default/workflows/{conversation}"
    )
    await page.get_by_role("button", name="Tell every turn, node by node").click()
    await expect(page.get_by_role("region", name="Trace").get_by_text("TransferConversationV2")).to_be_visible()
    wide, seen = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= seen
    await visitor.page.get_by_role("button", name="Stop waiting").click()
    await visitor.reads("Virtual assistant")
    await expect(page.get_by_text("agent", exact=True).first).to_be_visible()
    await page.context.close()

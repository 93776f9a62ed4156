"""Channels, customer engagement hub: an administrator connects an agent, and ends it, without a command line."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from commandline.addresses import addresses
from simulators.faults import Fault
from simulators.microsoft import MicrosoftSimulator
from simulators.served import Served
from tests.pages.visitor import DESKTOP, SIZES, new_page
from tests.support.installation import Installation, installation

NAMES = "[...document.querySelectorAll('dt')]"
OVERLAPPING = f"{NAMES}.filter(each => each.scrollWidth > each.clientWidth).length"


@pytest.fixture(scope="module")
async def microsoft() -> AsyncIterator[MicrosoftSimulator]:
    """A tenant in which the environment "Contoso" has Omnichannel."""
    found = MicrosoftSimulator()
    async with Served(found.app()) as found.url:
        yield found


@pytest.fixture(scope="module")
async def house(microsoft: MicrosoftSimulator, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Everything up, and that tenant configured."""
    with pytest.MonkeyPatch.context() as patched:
        for name, secret in microsoft.secrets.items():
            patched.setenv(name, secret)
        async with installation(tmp_path_factory.mktemp("channels"), microsoft.configuration()) as running:
            yield running


async def opened(browser: Browser, house: Installation, size: str) -> Page:
    """The console, in a browser of its own."""
    page = await new_page(browser, SIZES[size])
    await page.goto(addresses(house.settings)["console"])
    return page


async def test_nobody_is_let_in_without_a_link(browser: Browser, house: Installation) -> None:
    """Neither to the tiles nor to what they open."""
    page = await new_page(browser, DESKTOP)
    for path in ("/console/channels", "/console/channels/dynamics365"):
        answer = await page.goto(house.gateway + path)
        assert answer
        assert answer.status == 401
    await page.close()


@pytest.mark.parametrize("size", sorted(SIZES))
async def test_an_agent_is_connected_and_disconnected(
    browser: Browser, house: Installation, microsoft: MicrosoftSimulator, size: str
) -> None:
    """From the tiles over the list of environments to "Go to Omnichannel", and back."""
    page = await opened(browser, house, size)
    await page.get_by_role("link", name="Channels").click()
    await expect(page.get_by_role("listitem")).to_have_count(7)
    await page.get_by_role("listitem").filter(has_text="Dynamics 365").click()
    choice = page.get_by_role("radio", name="Contoso")
    await expect(choice).to_be_checked()
    await expect(page.get_by_role("radio", name="Fabrikam")).to_be_disabled()
    await page.get_by_role("button", name="Connect", exact=True).click()
    region = page.get_by_role("region", name="Connection", exact=True)
    await expect(region.get_by_text("connected", exact=True)).to_be_visible()
    assert await page.get_by_role("link", name="Go to Omnichannel").get_attribute("href") == (
        f"{microsoft.contoso.url}/main.aspx"
    )
    await expect(page.get_by_role("region", name="Steps").get_by_text("the application user, with its")).to_be_visible()
    wide, seen = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert wide <= seen
    await page.get_by_role("button", name="Disconnect", exact=True).click()
    await expect(region.get_by_text("disconnected", exact=True)).to_be_visible()
    assert all(user["isdisabled"] for user in microsoft.contoso.tables.rows["systemusers"].values())
    await page.context.close()


@pytest.mark.parametrize("size", sorted(SIZES))
async def test_a_connect_that_goes_on_is_called_off(
    browser: Browser, house: Installation, microsoft: MicrosoftSimulator, size: str
) -> None:
    """The page says why it takes so long; what was done is undone, and the form is there again."""
    microsoft.faults.plan("associate_systemuserroles_association", *[Fault(status=503)] * 200)
    page = await opened(browser, house, size)
    await page.goto(f"{house.gateway}/console/channels/dynamics365")
    await page.get_by_role("button", name="Connect", exact=True).click()
    steps = page.get_by_role("region", name="Steps")
    await expect(steps.get_by_text("answered 503")).to_be_visible()
    await page.get_by_role("button", name="Call it off").click()
    await expect(steps.get_by_text("it was called off").first).to_be_visible()
    await expect(page.get_by_role("button", name="Connect", exact=True)).to_be_visible()
    assert all(user["isdisabled"] for user in microsoft.contoso.tables.rows["systemusers"].values())
    microsoft.faults.clear()
    await page.context.close()


async def test_the_other_hubs_show_settings_without_secrets(browser: Browser, house: Installation) -> None:
    """And whether they can be reached; one that is not configured says how it is."""
    page = await opened(browser, house, "desktop")
    await page.goto(f"{house.gateway}/console/channels/custom")
    card = page.get_by_role("region", name="Connection desk")
    await expect(card.get_by_text("set, by reference").first).to_be_visible()
    assert house.desk_token not in await page.content()
    assert "keys/desk.token" not in await page.content()
    for size in SIZES.values():
        await page.set_viewport_size(size)
        assert await page.evaluate(OVERLAPPING) == 0
    await card.get_by_role("button", name="Check").click()
    await expect(card.get_by_role("status").get_by_text("✓").first).to_be_visible()
    await page.goto(f"{house.gateway}/console/channels/genesys")
    await expect(page.get_by_text('add [hubs.NAME] with kind = "genesys"')).to_be_visible()
    answer = await page.goto(f"{house.gateway}/console/channels/teams")
    assert answer
    assert answer.status == 404
    await page.context.close()

"""Take the pictures of docs/connecting.md anew: `python -m docs.images.take_connecting`.

Everything in them is the running system, with a simulated tenant of Microsoft's.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from commandline.addresses import addresses
from simulators.microsoft import MicrosoftSimulator
from simulators.served import Served
from tests.support.installation import Installation, installation

HERE = Path(__file__).parent
WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
WITHIN = 60_000


async def picture(page: Page, folder: Path, name: str) -> None:
    """The whole page, with nothing under the pointer or the cursor."""
    await page.evaluate("document.activeElement.blur()")
    await page.screenshot(path=folder / f"connecting-{name}.png", full_page=True)


async def scene(browser: Browser, running: Installation, size: ViewportSize, folder: Path) -> None:
    """The tiles, the two questions, and what comes of them."""
    page = await browser.new_page(viewport=size)
    await page.goto(addresses(running.settings)["console"])
    await page.goto(f"{running.gateway}/console/channels")
    await page.get_by_role("listitem").first.wait_for()
    await picture(page, folder, "hubs")
    await page.get_by_role("listitem").filter(has_text="Dynamics 365").click()
    await page.get_by_role("radio", name="Contoso").wait_for(timeout=WITHIN)
    await picture(page, folder, "questions")
    await page.get_by_role("button", name="Connect", exact=True).click()
    await page.get_by_role("link", name="Go to Omnichannel").wait_for(timeout=WITHIN)
    await picture(page, folder, "connected")
    await page.get_by_role("button", name="Disconnect", exact=True).click()
    await page.get_by_text("disconnected", exact=True).first.wait_for(timeout=WITHIN)


async def main(folder: Path, size: ViewportSize) -> None:
    """Everything up, a tenant, the pictures."""
    microsoft = MicrosoftSimulator()
    os.environ.update(microsoft.secrets)
    with tempfile.TemporaryDirectory() as scratch:
        async with (
            Served(microsoft.app()) as microsoft.url,
            installation(Path(scratch), microsoft.configuration()) as running,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            await scene(browser, running, size, folder)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if sys.argv[1:] else HERE, NARROW if sys.argv[2:] == ["narrow"] else WIDE))

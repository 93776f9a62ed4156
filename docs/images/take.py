"""Take the picture of the README anew: `python -m docs.images.take`. Everything in it is the running system."""

import asyncio
import base64
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from commandline.addresses import addresses
from tests.support.installation import Installation, installation

PICTURE = Path(__file__).with_name("chat-and-desk.png")
CHAT, DESK = {"width": 420, "height": 760}, {"width": 1180, "height": 760}
BOTH = """<body style="margin:0;display:flex;gap:24px;padding:24px;background:#dfe5ee">
  <img style="border-radius:14px;box-shadow:0 6px 24px #0003" src="data:image/png;base64,{}">
  <img style="border-radius:14px;box-shadow:0 6px 24px #0003" src="data:image/png;base64,{}">
</body>"""


async def says(page: Page, text: str, answer: str) -> None:
    """Type, send, and wait for what comes of it."""
    await page.get_by_label("Your message").fill(text)
    await page.keyboard.press("Enter")
    await page.get_by_text(answer).first.wait_for()


async def scene(browser: Browser, running: Installation) -> tuple[bytes, bytes]:
    """A shop whose tills are down, and the representative who helps."""
    chat, desk = [await browser.new_page(viewport=size) for size in (CHAT, DESK)]  # type: ignore[arg-type]
    await chat.goto(f"{running.gateway}/chat")
    await chat.get_by_text("virtual assistant").first.wait_for()
    await says(chat, "my whole point-of-sale system is down", "In the queue")
    await desk.goto(addresses(running.settings)["desk"])
    await desk.get_by_label("Your name").fill("Ada Meier")
    await desk.get_by_role("button", name="Start").click()
    await desk.get_by_role("button").filter(has_text="waiting").click()
    await desk.get_by_role("button", name="Accept").click()
    await chat.get_by_text("Talking with Ada Meier").wait_for()
    await says(desk, "Good morning, this is Ada. Which store are you in?", "Delivered")
    await says(chat, "Store 114, all six tills", "Store 114")
    await desk.get_by_role("log").get_by_text("Store 114").wait_for()
    await says(desk, "Thank you. I restart your store server now: two minutes.", "two minutes")
    await chat.get_by_text("two minutes").wait_for()
    await desk.get_by_text("Delivered").nth(1).wait_for()
    await chat.evaluate("document.activeElement.blur()")
    return await chat.screenshot(), await desk.screenshot()


async def main() -> None:
    """Everything up, the scene, the picture."""
    with tempfile.TemporaryDirectory() as folder:
        async with installation(Path(folder)) as running, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            shots = [base64.b64encode(shot).decode() for shot in await scene(browser, running)]
            page = await browser.new_page(viewport={"width": 1672, "height": 808})
            await page.set_content(BOTH.format(*shots))
            await page.screenshot(path=PICTURE)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())

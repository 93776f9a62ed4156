"""A customer at the chat page, in a browser of their own."""

import json
from dataclasses import dataclass, field

import jwt
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize

from tests.support.waiting import PATIENCE

DESKTOP, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
SIZES = {"desktop": DESKTOP, "phone": PHONE}


@dataclass
class Visitor:
    """Who looks at the page, and what went wrong in it."""

    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    async def says(self, text: str) -> None:
        """Types and sends by the keyboard alone."""
        await self.page.get_by_label("Your message").fill(text)
        await self.page.keyboard.press("Enter")

    async def reads(self, text: str) -> None:
        """Waits until this stands in the conversation, or in the line that says with whom."""
        await self.page.get_by_text(text).first.wait_for()

    async def bubbles(self) -> list[str]:
        """What stands in the log, in order."""
        return await self.page.locator("#messages .bubble").all_inner_texts()

    async def token(self) -> str:
        """The page's own token."""
        kept: str = await self.page.evaluate("Object.values(localStorage)[0]")
        return str(json.loads(kept)["token"])

    async def conversation(self) -> str:
        """The conversation's id."""
        return str(jwt.decode(await self.token(), options={"verify_signature": False})["conv"])

    async def fits(self) -> None:
        """Nothing stands out to the side."""
        wide, seen = await self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide <= seen, f"the page is {wide} wide where {seen} are seen"

    async def leave(self) -> None:
        """Close the browser, which must not have complained."""
        assert self.faults == []
        await self.context.close()


async def new_page(browser: Browser, size: ViewportSize) -> Page:
    """A page in a browser profile of its own, which waits as long as everything in tests does."""
    context = await browser.new_context(viewport=size)
    context.set_default_timeout(PATIENCE * 1_000)
    return await context.new_page()


async def visit(browser: Browser, url: str, size: ViewportSize) -> Visitor:
    """Open the chat page in a new browser, and wait for the greeting."""
    page = await new_page(browser, size)
    visitor = Visitor(page.context, page)
    page.on("pageerror", lambda error: visitor.faults.append(str(error)))
    await page.goto(f"{url}/chat")
    await visitor.reads("Contoso's virtual assistant")
    return visitor

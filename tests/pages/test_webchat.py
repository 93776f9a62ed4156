"""The npm package botframework-webchat, unmodified, in a page of another origin."""

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.responses import FileResponse
from starlette.routing import Route

from simulators.served import Served
from tests.pages.visitor import SIZES, new_page
from tests.support.installation import Installation
from tests.support.patient import patient_client
from tests.support.persistent import PersistentRepresentative
from tests.support.waiting import eventually

PACKAGE = "botframework-webchat@4.18.1"
BUNDLE = "package/dist/webchat.js"
CACHE = Path(tempfile.gettempdir()) / "baton-webchat"


@pytest.fixture(scope="session")
def bundle() -> Path:
    """The package's own script, fetched once a machine; skips where it cannot be had."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed")
    if not (CACHE / BUNDLE).exists():
        CACHE.mkdir(exist_ok=True)
        command = [npm, "pack", PACKAGE, "--pack-destination", str(CACHE)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        if done.returncode:
            pytest.skip(f"npm cannot fetch {PACKAGE}: {done.stderr.strip().splitlines()[-1:]}")
        with tarfile.open(next(CACHE.glob("*.tgz"))) as packed:
            packed.extract(BUNDLE, CACHE, filter="data")
    return CACHE / BUNDLE


@pytest.fixture(scope="session")
async def company(bundle: Path) -> AsyncIterator[str]:
    """The address of the company's own page, which has Web Chat in it."""
    page, script = FileResponse(Path(__file__).with_name("webchat.html")), FileResponse(bundle)
    async with Served(Starlette(routes=[Route("/", lambda _: page), Route("/webchat.js", lambda _: script)])) as url:
        yield url


@pytest.fixture(params=sorted(SIZES))
async def webchat(
    request: pytest.FixtureRequest, browser: Browser, running: Installation, company: str
) -> AsyncIterator[tuple[Page, str]]:
    """The page with Web Chat in it, and its conversation's id."""
    async with patient_client(headers={"Authorization": f"Bearer {running.secret}"}) as http:
        token = (await http.post(f"{running.gateway}/v3/directline/tokens/generate")).json()
    page = await new_page(browser, SIZES[request.param])
    await page.goto(f"{company}/?{urlencode({'gateway': running.gateway, 'token': token['token']})}")
    yield page, token["conversationId"]
    await page.close()


async def says(page: Page, text: str) -> None:
    """Type into Web Chat's own box, and send."""
    box = page.get_by_placeholder("Type your message")
    await box.fill(text)
    await box.press("Enter")


async def test_it_holds_a_conversation_a_handoff_and_a_reconnect(
    webchat: tuple[Page, str], running: Installation, representative: PersistentRepresentative
) -> None:
    """Greeting, a suggested reply, a representative, a gateway that dies; every message there once, in order."""
    page, conversation = webchat
    log = page.get_by_role("feed")

    async def reads(text: str, times: int = 1) -> None:
        await expect(log.locator(".webchat__text-content", has_text=text)).to_have_count(times)

    await reads("virtual assistant")
    await page.get_by_role("toolbar").get_by_role("button", name="Where is my order?").click()
    await reads("What is your order number")
    await says(page, "speak to agent")
    handoff = await representative.waiting(conversation)
    await representative.accept(handoff)
    await representative.say(handoff, "Good morning, this is Ada.")
    await reads("Good morning, this is Ada.")
    running.kill("gateway")
    await eventually(lambda: running.whole)
    await representative.say(handoff, "Are you still there?")
    await reads("Are you still there?")
    await says(page, "Yes, I am.")
    await reads("Yes, I am.")
    await reads("Good morning, this is Ada.")

    async def relayed() -> bool:
        shown = await representative.show(handoff)
        return [each["text"] for each in shown["messages"] if each["role"] == "user"] == ["Yes, I am."]

    await eventually(relayed)
    await representative.give_back(handoff, "your parcel comes on Monday")
    await reads("your parcel comes on Monday")

"""A whole installation, and Chromium in front of it."""

import shutil
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.pages.visitor import DESKTOP, Visitor, visit
from tests.support.installation import Installation, installation
from tests.support.persistent import PersistentRepresentative
from tests.support.waiting import PATIENCE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
expect.set_options(timeout=PATIENCE * 1_000)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


@pytest.fixture(scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    """Everything up."""
    async with installation(tmp_path_factory.mktemp("pages")) as up:
        yield up


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a screen."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine: apt-get install chromium")
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        await started.close()


@pytest.fixture
async def visitor(browser: Browser, running: Installation) -> AsyncIterator[Visitor]:
    """A customer who has just opened the chat."""
    arrived = await visit(browser, running.gateway, DESKTOP)
    yield arrived
    await arrived.leave()


@pytest.fixture
async def representative(running: Installation) -> AsyncIterator[PersistentRepresentative]:
    """Ada, at the desk's API."""
    ada = PersistentRepresentative(running, "Ada")
    yield ada
    await ada.close()

"""The conversation's log as a reader wants it: whole, wherever its parts are kept."""

import asyncio
from typing import Protocol

from protocol.activity import Activity
from protocol.conversation import ActivitySet, Page
from workflows.client import Conversations


class Pages(Protocol):
    """Where the older stretches of conversations are kept."""

    def read(self, name: str) -> tuple[Activity, ...]:
        """The activities of the page called `name`."""


class ConversationLog:
    """Reads what was said after a watermark, old pages included."""

    def __init__(self, conversations: Conversations, pages: Pages) -> None:
        self._conversations = conversations
        self._pages = pages

    async def after(self, conversation: str, watermark: int) -> ActivitySet:
        """Everything after `watermark`, in order, with no page left to read.

        Raises:
            ConversationUnknownError: there is no such conversation.
            ConversationUnavailableError: no worker answered in time.
        """
        found = await self._conversations.activities(conversation, watermark)
        if not found.pages:
            return found
        older = await asyncio.to_thread(self._older, found.pages, watermark)
        return ActivitySet(activities=older + found.activities, watermark=found.watermark)

    def _older(self, pages: tuple[Page, ...], watermark: int) -> tuple[Activity, ...]:
        return tuple(
            activity
            for page in pages
            if page.last > watermark
            for activity in self._pages.read(page.name)[max(0, watermark - page.first) :]
        )

"""The transcript store: the older pages of every conversation, encrypted, each written once.

A page's name is made from the conversation and the page's number, so a repeated write changes nothing.
"""

import hashlib
import os
from pathlib import Path

from pydantic import TypeAdapter
from temporalio import activity

from handoff.initiate import newest, told_to_client
from protocol.activity import Activity
from protocol.conversation import Page
from protocol.models import Owned
from settings.cipher import Cipher

_ACTIVITIES = TypeAdapter(tuple[Activity, ...])


class PageToKeep(Owned):
    """One stretch of a conversation that shall leave the workflow's state."""

    conversation: str
    first: int
    activities: tuple[Activity, ...]


class PagesToRead(Owned):
    """The pages of a conversation that its client shall be told."""

    pages: tuple[Page, ...]


class TranscriptStore:
    """Pages as encrypted files below one folder, which every worker and gateway of an installation can reach."""

    def __init__(self, root: Path, cipher: Cipher) -> None:
        self._root = root
        self._cipher = cipher

    def write(self, page: PageToKeep) -> str:
        """Keep `page`, durably, and return its name."""
        name = f"{hashlib.sha256(page.conversation.encode()).hexdigest()[:32]}-{page.first:07d}"
        path = self._root / name[:2] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.draft")
        with draft.open("wb") as file:
            file.write(self._cipher.seal(_ACTIVITIES.dump_json(page.activities, by_alias=True, exclude_none=True)))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return name

    def read(self, name: str) -> tuple[Activity, ...]:
        """The activities of the page called `name`.

        Raises:
            FileNotFoundError: this store does not have it.
        """
        return _ACTIVITIES.validate_json(self._cipher.open((self._root / name[:2] / name).read_bytes()))

    def read_all(self, pages: tuple[Page, ...]) -> tuple[Activity, ...]:
        """The activities of all `pages`, in order."""
        return tuple(activity for page in pages for activity in self.read(page.name))


class TranscriptPages:
    """The Temporal activities that write a page, and read pages again."""

    def __init__(self, store: TranscriptStore) -> None:
        self._store = store

    @activity.defn
    def keep_page(self, page: PageToKeep) -> str:
        """Keep one page, and return its name."""
        return self._store.write(page)

    @activity.defn
    def read_pages(self, wanted: PagesToRead) -> tuple[Activity, ...]:
        """What was said in these pages, as far as a handoff's client is told it, and as much of it."""
        return newest(told_to_client(self._store.read_all(wanted.pages)))

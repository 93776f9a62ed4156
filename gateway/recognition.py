"""Recognition on the way in, so that it stands in the update's input and costs the conversation nothing."""

import asyncio
from collections import OrderedDict
from typing import Any, Protocol

import structlog

from activities.agent_versions import VersionMissingError
from protocol.conversation import Phase, Recognition
from protocol.remote import REMOTE

REMEMBERED = 50_000
"""Conversations whose version is remembered; the workflow recognises by itself for one that is forgotten."""

_logger = structlog.get_logger(__name__)


class Recognizes(Protocol):
    """What finds the topics that an utterance may mean."""

    def recognise(self, text: str, version: str) -> Recognition:
        """The topics for `text`, decided under `version`."""


class Definition(Protocol):
    """One published version of an agent."""

    def recognizer(self) -> Recognizes:
        """The recogniser of this version."""


class Better(Protocol):
    """What may know better than the phrases do."""

    async def better(self, agent: str, definition: Any, said: str, found: Recognition) -> Recognition:
        """The recognition that stands."""


class Versions(Protocol):
    """Where published versions are kept."""

    def load(self, name: str, version: str) -> Definition:
        """One version of an agent."""

    def current(self, name: str) -> str:
        """The version that new conversations begin with."""


class Recogniser:
    """Recognises with the version that each conversation is on."""

    def __init__(self, versions: Versions, model: Better) -> None:
        self._versions = versions
        self._model = model
        self._known: dict[tuple[str, str], tuple[Definition, Recognizes]] = {}
        self._follows: OrderedDict[str, tuple[str, Phase]] = OrderedDict()

    def follow(self, conversation: str, version: str, phase: Phase = Phase.AGENT) -> None:
        """Remember where a conversation stands."""
        self._follows[conversation] = (version, phase)
        self._follows.move_to_end(conversation)
        if len(self._follows) > REMEMBERED:
            self._follows.popitem(last=False)

    async def recognise(self, agent: str, conversation: str, text: str | None) -> Recognition | None:
        """What `text` may mean; None where that is not known here, or where nobody needs it.

        A representative's listening customer is not understood by the bot, so nothing is computed then.
        """
        version, phase = self._follows.get(conversation, ("", Phase.AGENT))
        if not text or version in {"", REMOTE} or phase is not Phase.AGENT:
            return None
        known = await self._loaded(agent, version)
        if known is None:
            return None
        definition, recognizer = known
        return await self._model.better(agent, definition, text, recognizer.recognise(text, version))

    async def _loaded(self, agent: str, version: str) -> tuple[Definition, Recognizes] | None:
        known = self._known.get((agent, version))
        if known is None:
            try:
                known = await asyncio.to_thread(self._load, agent, version)
            except VersionMissingError as error:
                # This gateway may not have the version yet; whoever runs the conversation does.
                _logger.warning("version not here", agent=agent, version=version, error=type(error).__name__)
                return None
            self._known[agent, version] = known
        return known

    def _load(self, agent: str, version: str) -> tuple[Definition, Recognizes]:
        definition = self._versions.load(agent, version)
        return definition, definition.recognizer()

"""Recognition on the way in, so that it stands in the update's input and costs the conversation nothing."""

import asyncio
from collections import OrderedDict
from typing import Protocol

import structlog

from activities.agent_versions import VersionMissingError
from protocol.conversation import Phase, Recognition

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


class Versions(Protocol):
    """Where published versions are kept."""

    def load(self, name: str, version: str) -> Definition:
        """One version of an agent."""

    def current(self, name: str) -> str:
        """The version that new conversations begin with."""


class Recogniser:
    """Recognises with the version that each conversation is on."""

    def __init__(self, versions: Versions) -> None:
        self._versions = versions
        self._definitions: dict[tuple[str, str], Recognizes] = {}
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
        if not text or not version or phase is not Phase.AGENT:
            return None
        recognizer = await self._recognizer(agent, version)
        return None if recognizer is None else recognizer.recognise(text, version)

    async def _recognizer(self, agent: str, version: str) -> Recognizes | None:
        known = self._definitions.get((agent, version))
        if known is None:
            try:
                known = await asyncio.to_thread(lambda: self._versions.load(agent, version).recognizer())
            except VersionMissingError as error:
                # This gateway may not have the version yet; whoever runs the conversation does.
                _logger.warning("version not here", agent=agent, version=version, error=type(error).__name__)
                return None
            self._definitions[agent, version] = known
        return known

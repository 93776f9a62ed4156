"""Recognition for a conversation whose gateway did not bring it: what an utterance means to one version of an agent."""

import asyncio

from temporalio import activity

from activities.agent_versions import AgentVersions
from activities.model_recognition import ModelRecognition
from protocol.conversation import Recognition


class Recognising:
    """The Temporal activity that recognises; run locally, it stands in the history like any other."""

    def __init__(self, versions: AgentVersions, model: ModelRecognition) -> None:
        self._versions = versions
        self._model = model

    @activity.defn
    async def recognise(self, agent: str, version: str, text: str) -> Recognition:
        """What `text` means to `agent` under `version`."""
        definition = self._versions.load(agent, version)
        # The first one of a version learns from its phrases, where it was published before that was kept.
        recognizer = await asyncio.to_thread(definition.recognizer)
        return await self._model.better(agent, definition, text, recognizer.recognise(text, version))

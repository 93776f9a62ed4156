"""Recognition for a conversation whose gateway did not bring it: what an utterance means to one version of an agent."""

from temporalio import activity

from activities.agent_versions import AgentVersions
from protocol.conversation import Recognition


class Recognising:
    """The Temporal activity that recognises; run locally, it stands in the history like any other."""

    def __init__(self, versions: AgentVersions) -> None:
        self._versions = versions

    @activity.defn
    def recognise(self, agent: str, version: str, text: str) -> Recognition:
        """What `text` means to `agent` under `version`."""
        return self._versions.load(agent, version).recognizer().recognise(text, version)

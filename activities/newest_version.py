"""Which version of an agent is the current one, for a conversation that moves to it."""

from temporalio import activity

from activities.agent_versions import AgentVersions


class NewestVersion:
    """The Temporal activity that asks the store of published agents."""

    def __init__(self, versions: AgentVersions) -> None:
        self._versions = versions

    @activity.defn
    def newest_version(self, agent: str) -> str:
        """The version under which `agent` is published now."""
        return self._versions.current(agent)

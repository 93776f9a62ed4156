"""The published agents that this worker has, for the workflows that run on it.

A version is content-addressed, so reading one is as deterministic as reading code: the same name gives the same agent
for ever. A worker that lacks a version fails the workflow task, not the conversation, and says which version it wants;
Temporal tries again, there or on another worker, and the conversation goes on when the version has arrived.
"""

import structlog

from activities.agent_versions import AgentVersions, VersionMissingError
from dialog.definition import AgentDefinition

log = structlog.get_logger()

_library: AgentVersions | None = None


def install(versions: AgentVersions | None) -> AgentVersions | None:
    """Let this process's workflows run the agents of `versions`. Returns those that they ran before."""
    global _library
    before, _library = _library, versions
    return before


def definition(agent: str, version: str) -> AgentDefinition:
    """The agent `agent` as it was published under `version`.

    Raises:
        VersionMissingError: this worker does not have it.
    """
    if _library is None:
        raise VersionMissingError("this worker was given no published agents: workflows.library.install")
    try:
        return _library.load(agent, version)
    except VersionMissingError as error:
        log.warning("conversation waits for a version that this worker lacks", agent=agent, version=version)
        raise error from None

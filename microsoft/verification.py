"""Whether a connection is as it was left: what Copilot Studio's "Refresh" looks at, each with what is wrong.

Nothing here changes anything, so that it can be asked at any time.
"""

from collections.abc import AsyncIterator

from microsoft.application_user import ROLE, ApplicationUsers
from microsoft.bot_service import BotResource, BotService, Channel
from microsoft.dataverse import Dataverse, guid
from microsoft.errors import RefusedError
from microsoft.queues import Queues
from microsoft.tokens import TokenProvider
from microsoft.workstreams import Workstreams
from protocol.models import Owned

AGENT_SCOPE = "https://api.botframework.com/.default"
"""What an agent's own application asks a token for, to speak to Omnichannel."""


class Expected(Owned):
    """The connection as it was left. What is None was not part of it."""

    application_id: str
    handle: str
    queue_id: str | None = None
    workstream_id: str | None = None
    bot: BotResource | None = None


class Finding(Owned):
    """One thing that was looked at. `wrong` says what is not as it was left, and is empty where all is well."""

    what: str
    wrong: str = ""

    @property
    def holds(self) -> bool:
        """Whether it is as it was left."""
        return not self.wrong


class Verification(Owned):
    """All that was looked at."""

    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether everything is as it was left."""
        return all(finding.holds for finding in self.findings)

    @property
    def wrong(self) -> tuple[str, ...]:
        """What is not."""
        return tuple(f"{finding.what}: {finding.wrong}" for finding in self.findings if finding.wrong)


async def verify(
    expected: Expected,
    dataverse: Dataverse,
    bot_service: BotService | None = None,
    agent_tokens: tuple[TokenProvider, str] | None = None,
) -> Verification:
    """Read user, role, queue, workstream and channels; `agent_tokens` are the agent's own, and a scope to ask for.

    Raises:
        MicrosoftError: something could not be read, so nothing is known.
    """
    findings = [finding async for finding in _in_dataverse(expected, dataverse)]
    if expected.bot and bot_service:
        for channel in Channel:
            findings.append(await _channel(bot_service, expected.bot, channel))  # noqa: PERF401 - each waits
    if agent_tokens:
        findings.append(await _token(*agent_tokens))
    return Verification(findings=tuple(findings))


async def _in_dataverse(expected: Expected, dataverse: Dataverse) -> AsyncIterator[Finding]:
    user = await ApplicationUsers(dataverse).find(expected.application_id)
    if user is None:
        yield Finding(what="application user", wrong="it is gone")
        return
    yield Finding(what="application user", wrong="" if user.enabled else "it is disabled")
    told = user.bot_application_id.casefold() == guid(expected.application_id) and user.is_bot
    yield Finding(what="bot columns", wrong="" if told else "the user is not marked as this application's bot")
    whose = user.bot_handle == expected.handle
    yield Finding(what="bot handle", wrong="" if whose else f'the user is marked as that of "{user.bot_handle}"')
    yield Finding(what="role", wrong="" if ROLE in user.roles else f'the user lacks the role "{ROLE}"')
    if expected.queue_id:
        there = await Queues(dataverse).has(expected.queue_id, user.id)
        yield Finding(what="queue", wrong="" if there else "the user is not in the queue")
    if expected.workstream_id:
        linked = (await Workstreams(dataverse).one(expected.workstream_id)).bot_user == user.id
        yield Finding(what="workstream", wrong="" if linked else "the workstream's bot is not this user")


async def _channel(bot_service: BotService, bot: BotResource, channel: Channel) -> Finding:
    state = await bot_service.channel(bot, channel)
    wrong = "it is off" if state is None or not state.enabled else ""
    if state and not wrong and not state.works:
        wrong = f"it is {state.provisioning or 'not made yet'}"
    return Finding(what=f"channel {channel.value}", wrong=wrong)


async def _token(tokens: TokenProvider, scope: str) -> Finding:
    try:
        await tokens.token(scope)
    except RefusedError as error:
        return Finding(what="token of the agent's application", wrong=str(error))
    return Finding(what="token of the agent's application")

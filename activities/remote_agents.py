"""Talking with agents that run elsewhere: Temporal activities, on a task queue of their own."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.alive import alive
from activities.ending import until_worker_stops
from activities.patience import CutOffError, Patience
from dialog.remote import trimmed
from microsoft.direct_line import (
    DirectLineExpiredError,
    DirectLineGoneError,
    DirectLineRefusedError,
    DirectLineUnavailableError,
)
from microsoft.remote_agent import RemoteAgent
from protocol.remote import RemoteHeard, RemoteListening, RemoteOpening, RemoteSession, RemoteTelling, RemoteTold
from settings.model import Settings

GONE = "RemoteGone"
"""The conversation is over where the agent runs; another can be begun."""
REFUSED = "RemoteRefused"
UNAVAILABLE = "RemoteUnavailable"
NEVER_AGAIN = (GONE, REFUSED)
ONE_CALL = timedelta(seconds=40)
"""Of one try: to begin with an agent takes its gateway several requests."""
LISTENS_FOR = timedelta(minutes=5)
"""Of an agent that says nothing; then the workflow has it listened to again, if it still wants to hear."""


class RemoteAgents:
    """The agents of `[agents.NAME.remote]`."""

    def __init__(self, settings: Settings, resolve: Callable[[str], str]) -> None:
        self._agents = {
            name: RemoteAgent(agent.remote, resolve) for name, agent in settings.agents.items() if agent.remote
        }

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._agents)

    @activity.defn
    async def open_remote(self, opening: RemoteOpening) -> RemoteSession:
        """Begin a conversation with an agent."""
        async with _asking(opening.within):
            return await self._agent(opening.agent).open(opening)

    @activity.defn
    async def tell_remote(self, telling: RemoteTelling) -> RemoteTold:
        """Tell an agent one activity; telling it again changes nothing."""
        async with _asking(telling.within):
            return await self._agent(telling.agent).tell(telling, again=activity.info().attempt > 1)

    @activity.defn
    async def listen_to_remote(self, listening: RemoteListening) -> RemoteHeard:
        """What an agent says next. Where the worker stops, another one listens on."""
        with _failures_typed(Patience()):
            async with alive():
                hearing = self._agent(listening.agent).hear(listening, LISTENS_FOR.total_seconds())
                heard = await until_worker_stops(hearing)
        return heard.model_copy(update={"activities": tuple(trimmed(each) for each in heard.activities)})

    @activity.defn
    async def renew_remote(self, listening: RemoteListening) -> RemoteSession:
        """Keep a conversation's token from expiring while nobody talks with the agent."""
        async with _asking(listening.within):
            return await self._agent(listening.agent).usable(listening.session)

    def all(self) -> list[Callable[..., Any]]:
        """What the worker of remote agents runs."""
        return [self.open_remote, self.tell_remote, self.listen_to_remote, self.renew_remote]

    async def close(self) -> None:
        """Let go of the connections."""
        for agent in self._agents.values():
            await agent.close()

    def _agent(self, name: str) -> RemoteAgent:
        try:
            return self._agents[name]
        except KeyError:
            raise DirectLineRefusedError(f"this worker knows no [agents.{name}.remote]") from None


@asynccontextmanager
async def _asking(within: float) -> AsyncIterator[None]:
    """Around one call: limited, and alive, so that the death of its worker is noticed soon."""
    patience = Patience(within, ONE_CALL)
    with _failures_typed(patience):
        async with patience.limits(), alive():
            yield


@contextmanager
def _failures_typed(patience: Patience) -> Iterator[None]:
    """Turn an error into the failure that Temporal retries, or never again; where `patience` is over, never."""
    try:
        yield
    except DirectLineGoneError as error:
        raise ApplicationError(str(error), type=GONE, non_retryable=True) from None
    except (DirectLineExpiredError, DirectLineRefusedError) as error:
        raise ApplicationError(str(error), type=REFUSED, non_retryable=True) from None
    except DirectLineUnavailableError as error:
        later = timedelta(seconds=error.retry_after) if error.retry_after is not None else None
        over = patience.is_over(later)
        raise ApplicationError(str(error), type=UNAVAILABLE, next_retry_delay=later, non_retryable=over) from None
    except CutOffError as error:
        raise ApplicationError(str(error), type=UNAVAILABLE, non_retryable=patience.is_over()) from None

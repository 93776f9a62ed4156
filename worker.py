"""Run the worker: conversations, and the Temporal activities that touch the world.

`python worker.py --config FILE --data-dir DIR` runs one alone; any number may run against one Temporal.
"""

import argparse
import asyncio
import contextlib
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NoReturn

import structlog
from temporalio.client import Client
from temporalio.worker import Worker

from activities.channel_delivery import ChannelDelivery
from activities.connected_hubs import ConnectedHubs
from activities.hands import Hands
from activities.hub_delivery import HubDelivery
from activities.hub_listening import HubListening
from activities.hub_pulse import Pulse
from activities.newest_version import NewestVersion
from activities.routing import Routing
from activities.ticket_delivery import TicketDelivery
from activities.transcript_pages import TranscriptPages
from hubs.channel import channel_of
from protocol.hub_events import AtHub, HubEvent
from protocol.task_queues import TASK_QUEUE, hub_task_queue, remote_task_queue, world_task_queue
from settings.load import load_settings
from settings.logs import configure_logs
from settings.model import Settings
from workflows import library
from workflows.agent_connection import AgentConnection
from workflows.agent_connections import AgentConnections
from workflows.application_claim import ApplicationClaim
from workflows.breakers import HubBreakers
from workflows.client import (
    ConversationRefusedError,
    Conversations,
    ConversationUnavailableError,
    ConversationUnknownError,
)
from workflows.connection_hands import connecting
from workflows.conversation import Conversation
from workflows.hub_breaker import HubBreaker
from workflows.hub_listener import HubListener
from workflows.leaving import leave
from workflows.lost_track import watched_runtime
from workflows.plugin import connect

log = structlog.get_logger()

CACHED_CONVERSATIONS = 10_000
"""About 100 KB each; one that falls out of the cache is replayed, in some 5 ms, when its customer speaks again."""
CONCURRENT_ACTIVITIES = 50
LISTENED_TO = 2_000
"""Conversations with agents elsewhere that one worker listens to: a socket each, and no work while nobody speaks."""
TAKEN_OVER_WITHIN = timedelta(seconds=2)
"""How long a turn waits for the worker that has the conversation cached, before any other may take it: a worker that
was killed delays its customers by no more than this. Temporal's own default is 10 s."""
SHOWN_EVERY = timedelta(seconds=4)
"""A sign of life is told to Temporal after so long at the latest. Left alone it would wait for four fifths of the
time-out, and a worker that is merely slow for a moment would be taken for dead."""
LETS_GO_WITHIN = timedelta(seconds=10)
"""For what is under way when the worker stops; what listens lets go at once. Never zero, which is the SDK's default:
where the machine stands still for some seconds, its shutdown then waits for itself for ever."""
ENDS_WITHIN = timedelta(seconds=30)
"""After a signal, whatever the SDK's shutdown still waits for."""


def workers(client: Client, hands: Hands, task_queue: str = TASK_QUEUE) -> list[Worker]:
    """One worker for conversations and connections, and one for each hub, on a task queue of its own."""
    library.install(hands.versions)
    conversations = Conversations(client, task_queue)
    breakers = HubBreakers(client, hands.settings.breaker, task_queue)
    hubs = (hub_worker(client, hands, name, conversations, breakers) for name in hands.hubs)
    conversing = _conversations(client, hands, task_queue, conversations, breakers)
    remote = [_remote(client, hands, task_queue)] if hands.remote else []
    return [conversing, _world(client, hands, task_queue), *remote, *hubs]


def _conversations(
    client: Client, hands: Hands, task_queue: str, conversations: Conversations, breakers: HubBreakers
) -> Worker:
    newest = NewestVersion(hands.versions)
    connections, settings = AgentConnections(client, task_queue), hands.settings
    connected = ConnectedHubs(settings, connections.is_connected)
    routing, pages = Routing(settings, hands.hubs, breakers, connected), TranscriptPages(hands.store)
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[Conversation, HubListener, HubBreaker, AgentConnection, ApplicationClaim],
        activities=[
            newest.newest_version,
            hands.recognising.recognise,
            *routing.all(),
            pages.keep_page,
            pages.read_pages,
            *connecting(settings, hands.versions, hands.tenant, conversations, connections),
        ],
        activity_executor=ThreadPoolExecutor(max_workers=CONCURRENT_ACTIVITIES, thread_name_prefix="activity"),
        max_concurrent_activities=CONCURRENT_ACTIVITIES,
        max_cached_workflows=CACHED_CONVERSATIONS,
        sticky_queue_schedule_to_start_timeout=TAKEN_OVER_WITHIN,
        graceful_shutdown_timeout=LETS_GO_WITHIN,
    )


def _world(client: Client, hands: Hands, task_queue: str) -> Worker:
    return Worker(
        client,
        task_queue=world_task_queue(task_queue),
        activities=[hands.world.ask_world],
        max_concurrent_activities=CONCURRENT_ACTIVITIES,
        graceful_shutdown_timeout=LETS_GO_WITHIN,
    )


def _remote(client: Client, hands: Hands, task_queue: str) -> Worker:
    return Worker(
        client,
        task_queue=remote_task_queue(task_queue),
        activities=hands.remote.all(),
        max_concurrent_activities=LISTENED_TO,
        graceful_shutdown_timeout=LETS_GO_WITHIN,
        max_heartbeat_throttle_interval=SHOWN_EVERY,
    )


def hub_worker(client: Client, hands: Hands, name: str, conversations: Conversations, breakers: HubBreakers) -> Worker:
    """What makes the calls to one hub: other hubs, and the conversations, never wait for it."""
    pulse, url = Pulse(name, breakers), hands.settings.gateway.url
    delivery = HubDelivery(name, hands.hubs[name], pulse, hands.store, url, conversations.echoes)
    tickets = TicketDelivery(hands.hubs[name], pulse, hands.store, conversations.echoes)
    kept, told = partial(_kept, conversations), partial(_told, conversations)
    listening = HubListening(name, hands.hubs[name], conversations.at_hub, kept, told)
    channel = channel_of(hands.hubs[name])
    replies = ChannelDelivery(channel).all() if channel else []
    return Worker(
        client,
        task_queue=hub_task_queue(name),
        activities=[*delivery.all(), *tickets.all(), listening.listen, *replies],
        graceful_shutdown_timeout=LETS_GO_WITHIN,
        max_heartbeat_throttle_interval=SHOWN_EVERY,
    )


async def _kept(conversations: Conversations, conversation: str) -> AtHub | None:
    """What an adapter keeps with a handoff, where the conversation answers."""
    try:
        return await conversations.kept(conversation)
    except (ConversationUnavailableError, ConversationUnknownError) as error:
        log.warning("a conversation does not answer its listener", conversation=conversation, error=str(error))
        return None


async def _told(conversations: Conversations, event: HubEvent) -> None:
    """Tell a conversation; one that is over, or has another handoff by now, wants to know nothing more."""
    with contextlib.suppress(ConversationRefusedError, ConversationUnknownError):
        await conversations.hub_event(event.conversation, event)


async def listen(client: Client, hands: Hands, task_queue: str = TASK_QUEUE) -> None:
    """Have those hubs listened to that do not call back for everything."""
    for name, hub in hands.hubs.items():
        if hub.listens:
            await Conversations(client, task_queue).listen(name)


async def run(settings: Settings, stop: asyncio.Event) -> None:
    """Work until `stop` is set, then finish what is under way."""
    client = await connect(settings, "worker", watched_runtime())
    hands = Hands.of(settings)
    async with AsyncExitStack() as working:
        working.push_async_callback(hands.close)
        for worker in workers(client, hands):
            await working.enter_async_context(worker)
        await listen(client, hands)
        await ConnectedHubs(settings, AgentConnections(client).is_connected).warn()
        log.info("worker is ready", agents=hands.versions.names(), hubs=sorted(hands.hubs))
        await stop.wait()


async def _until_signalled(settings: Settings) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def end() -> None:
        stop.set()
        loop.call_later(ENDS_WITHIN.total_seconds(), leave, 1)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    await run(settings, stop)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Read the configuration, work until a signal says stop, and end the process."""
    parser = argparse.ArgumentParser(description="Baton's worker")
    parser.add_argument("--config", type=Path, help="baton.toml; default: BATON_CONFIG, or none")
    parser.add_argument("--data-dir", type=Path, help="where all state is; default: from the configuration")
    options = parser.parse_args(arguments)
    settings = load_settings(options.config, options.data_dir)
    configure_logs("worker")
    asyncio.run(_until_signalled(settings))
    leave()


if __name__ == "__main__":
    main()

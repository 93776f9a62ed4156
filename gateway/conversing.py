"""The verbs behind Direct Line's routes: who may, begin, say."""

import secrets
from uuid import uuid4

from gateway.answers import RequestError, of_conversation
from gateway.context import Gateway
from gateway.incoming import Incoming
from gateway.starting import running, sign_in_of
from gateway.tokens import Caller, Claims
from handoff.initiate import STATUS
from protocol.activity import MESSAGE, ChannelAccount
from protocol.conversation import ConversationStart, Said
from workflows.client import ConversationUnavailableError


def new_claims(agent: str, user: str | None = None, name: str | None = None, origins: tuple[str, ...] = ()) -> Claims:
    """Claims to a conversation that has not begun, for the user named, or a new one."""
    return Claims(
        conversation=uuid4().hex,
        agent=agent,
        user=user or f"dl_{secrets.token_hex(12)}",
        name=name,
        origins=origins,
    )


async def admit(gateway: Gateway, caller: Caller, conversation: str) -> Claims:
    """What `caller` may claim in `conversation`. An agent's secret opens all the agent's conversations.

    Raises:
        RequestError: 403, the token is for another conversation; 404, the secret's agent has no such conversation.
        ConversationUnknownError: there is no such conversation.
    """
    if caller.claims is not None:
        if caller.claims.conversation != conversation:
            raise RequestError(403, "BadConversation", "the token is for another conversation")
        return caller.claims
    status = await gateway.conversations.status(conversation)
    if status.agent != caller.agent:
        raise RequestError(404, "ConversationNotFound", "there is no such conversation")
    return Claims(conversation=conversation, agent=caller.agent)


async def begin(gateway: Gateway, claims: Claims, locale: str) -> bool:
    """Start the conversation of `claims`, unless it has started. Whether it was started now.

    Raises:
        RequestError: 503, the agent has no published version.
        ConversationUnavailableError: no worker answered in time.
    """
    version, remote = running(gateway, claims.agent)
    start = ConversationStart(
        agent=claims.agent,
        version=version,
        remote=remote,
        customer=ChannelAccount(id=claims.user or "customer", name=claims.name, role="user"),
        locale=locale,
        sign_in=sign_in_of(gateway, claims.agent),
        deadlines=gateway.settings.deadlines,
        generic_handoff=_is_generic(gateway, claims.agent),
        service_url=gateway.settings.gateway.url if _is_generic(gateway, claims.agent) else "",
    )
    started = await gateway.conversations.start(claims.conversation, start)
    if started:
        gateway.recogniser.follow(claims.conversation, version)
    return started


async def say(gateway: Gateway, claims: Claims, incoming: Incoming) -> str:
    """Give the conversation what its customer sent, and the open sockets what came of it. Returns the activity's id.

    Raises:
        RequestError: 502, no worker answered in time; the same may be sent again.
        ConversationError: the conversation refuses.
    """
    activity = incoming.activity
    if incoming.inert and not (activity.name == STATUS and _is_generic(gateway, claims.agent)):
        return incoming.key
    text = activity.text if activity.type == MESSAGE else None
    recognition = await gateway.recogniser.recognise(claims.agent, claims.conversation, text)
    said = Said(key=incoming.key, activity=activity, recognition=recognition, via=gateway.queue)
    try:
        turn = await gateway.conversations.post(claims.conversation, said)
    except ConversationUnavailableError as error:
        # Direct Line's own status for an agent that did not answer: clients know that it may have been received.
        late = of_conversation(error)
        raise RequestError(502, "BotTimedOut", late.message, retry_after=late.retry_after) from None
    if turn.version:
        gateway.recogniser.follow(claims.conversation, turn.version, turn.phase)
    gateway.streams.publish(claims.conversation, turn)
    gateway.metrics.count("baton_activities_total")
    return turn.id


def _is_generic(gateway: Gateway, agent: str) -> bool:
    """Whether the agent's clients are hubs' adapters themselves, which alone may tell how a handoff stands."""
    settings = gateway.settings.agents.get(agent)
    return bool(settings and settings.generic_handoff)

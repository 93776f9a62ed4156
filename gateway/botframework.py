"""A Bot Framework channel (learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication).

Omnichannel talks to the agent here: it posts what the customer says, and gets the answers through its connector.
"""

from datetime import UTC, datetime

import jwt
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.answers import RequestError
from gateway.body import json_object, read
from gateway.botframework_incoming import Arrived, arrived, conversation_of
from gateway.context import Gateway
from gateway.incoming import incoming
from gateway.starting import running, sign_in_of
from gateway.tokens import Caller, Claims
from hubs.channel import Channel, channel_of
from hubs.errors import HubUnavailableError, WebhookError
from protocol.activity import CONVERSATION_UPDATE, EVENT, MESSAGE
from protocol.conversation import ConversationStart, RefusalType, Said
from workflows.client import ConversationRefusedError, ConversationUnknownError

RETRY_AFTER = 2


class BotFramework:
    """`/api/messages`, for all connections whose hub has a channel of its own: the token says for which it is."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        found = ((name, channel_of(hub)) for name, hub in gateway.hubs.items())
        self._channels = {channel.app_id: (name, channel) for name, channel in found if channel}

    def routes(self) -> list[Route]:
        """The one route."""
        return [Route("/api/messages", self.receive, methods=["POST"])]

    async def receive(self, request: Request) -> Response:
        """200 when the conversation has it (or had it before, or is over), so that it need not be sent again."""
        authorization = request.headers.get("authorization", "")
        body = await read(request)
        connection, channel = self._addressed(authorization)
        sent = json_object(body)
        try:
            await channel.admit(authorization, sent, datetime.now(UTC))
        except WebhookError as error:
            raise RequestError(error.status, "Refused", error.title, detail=error.detail) from None
        except HubUnavailableError:
            raise _later() from None
        await self._take(channel.agent, arrived(connection, sent, body))
        self._gateway.metrics.count("baton_channel_activities_total", f'connection="{connection}"')
        return Response(status_code=200)

    def _addressed(self, authorization: str) -> tuple[str, Channel]:
        """The connection for which the token says that it is; nothing of it is believed yet."""
        scheme, _, token = authorization.partition(" ")
        try:
            audience = jwt.decode(token, options={"verify_signature": False}).get("aud")
        except jwt.PyJWTError:
            audience = None
        found = self._channels.get(audience) if isinstance(audience, str) and scheme.lower() == "bearer" else None
        if found is None:
            raise RequestError(403, "Refused", "the token is for none of this service's applications")
        return found

    async def _take(self, agent: str, activity: Arrived) -> None:
        conversation = conversation_of(activity.reference)
        if activity.is_context or activity.type == CONVERSATION_UPDATE:
            await self._begin(agent, conversation, activity)
        said = self._said(agent, conversation, activity)
        if said is None:
            return
        try:
            await self._post(agent, conversation, said)
        except ConversationUnknownError:
            if activity.type not in {MESSAGE, EVENT}:
                return
            # What should have come before it was lost on its way, or comes later.
            await self._begin(agent, conversation, activity)
            await self._post(agent, conversation, said)

    async def _begin(self, agent: str, conversation: str, activity: Arrived) -> None:
        """Start the conversation, unless it has started."""
        version, remote = running(self._gateway, agent)
        start = ConversationStart(
            agent=agent,
            version=version,
            remote=remote,
            channel="omnichannel",
            reference=activity.reference,
            customer=activity.reference.customer,
            locale=activity.locale,
            sign_in=sign_in_of(self._gateway, agent),
            deadlines=self._gateway.settings.deadlines,
            variables=activity.variables,
        )
        if await self._gateway.conversations.start(conversation, start):
            self._gateway.recogniser.follow(conversation, version)

    def _said(self, agent: str, conversation: str, activity: Arrived) -> Said | None:
        """What the conversation is told; None where that is nothing."""
        customer = activity.reference.customer
        claims = Claims(conversation=conversation, agent=agent, user=customer.id, name=customer.name)
        fields = activity.fields
        if activity.type == MESSAGE and not any(fields.get(name) for name in ("text", "attachments", "value")):
            return None
        taken = incoming(fields, Caller(agent=agent, claims=claims))
        if activity.is_context:
            told = {"variables": activity.variables, "reference": activity.reference}
            return Said(key=activity.key, activity=taken.activity, **told) if activity.variables else None
        return None if taken.inert else Said(key=activity.key, activity=taken.activity)

    async def _post(self, agent: str, conversation: str, said: Said) -> None:
        gateway, heard = self._gateway, said.activity
        text = heard.text if heard.type == MESSAGE else None
        recognition = await gateway.recogniser.recognise(agent, conversation, text)
        whole = said.model_copy(update={"recognition": recognition, "via": gateway.queue})
        try:
            turn = await gateway.conversations.post(conversation, whole)
        except ConversationRefusedError as error:
            if error.reason is not RefusalType.ENDED:
                raise
            # It is with a representative there, or closed: nobody here answers any more.
            return
        if turn.version:
            gateway.recogniser.follow(conversation, turn.version, turn.phase)
        gateway.streams.publish(conversation, turn)


def _later() -> RequestError:
    message = "the token cannot be checked now; send the same again"
    return RequestError(503, "ServiceUnavailable", message, retry_after=RETRY_AFTER)

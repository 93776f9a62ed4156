"""Hubs' callbacks: checked over the raw body by the hub's adapter, then told to the conversation, in order."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.answers import RequestError
from gateway.body import read
from gateway.context import Gateway
from hubs.base import Hub
from hubs.errors import HubUnavailableError, WebhookError
from protocol.conversation import RefusalType
from protocol.hub_events import HubEvent
from workflows.client import ConversationRefusedError, ConversationUnavailableError, ConversationUnknownError

RETRY_AFTER = 2
_TOO_LATE = frozenset([404, 410])
SERVICE_UNAVAILABLE = 503
_GONE = frozenset({RefusalType.ENDED, RefusalType.NOT_ALLOWED})


class Webhooks:
    """`/webhooks/<kind>/<connection>?conversation=<id>`, the address that a hub is given with each handoff.

    Some hubs add a path of their own to an address that is configured with them once.
    """

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def routes(self) -> list[Route]:
        """The address itself, and whatever a hub adds to it."""
        address = "/webhooks/{kind}/{connection}"
        return [Route(path, self.receive, methods=["POST"]) for path in (address, f"{address}/{{rest:path}}")]

    async def receive(self, request: Request) -> Response:
        """202 when the conversation has it (or had it before), so that the hub need not send it again.

        A hub that insists is answered 200, also for what comes too late.
        """
        hub = self._hub(request)
        body = await read(request)
        try:
            await hub.ready(request.headers)
            events = hub.receive(request.headers, body, datetime.now(UTC))
        except HubUnavailableError:
            raise _later() from None
        except WebhookError as error:
            raise RequestError(error.status, "Refused", error.title, detail=error.detail) from None
        refused: list[RequestError] = []
        for event in events:
            try:
                await self._take(event, request.query_params.get("conversation"))
            except RequestError as error:
                if error.status >= SERVICE_UNAVAILABLE:
                    # The hub shall tell us everything again: what was taken already is harmless, and what comes after
                    # must not overtake this.
                    raise
                # Another event of the same callback may be another conversation's.
                refused.append(error)
        if refused and len(refused) == len(events) and not (hub.insists and refused[0].status in _TOO_LATE):
            raise refused[0]
        return Response(status_code=200 if hub.insists else 202)

    async def _take(self, event: HubEvent, named: str | None) -> None:
        conversation = event.conversation or named
        await self._tell(await self._conversation_of(event) if conversation is None else conversation, event)

    def _hub(self, request: Request) -> Hub:
        hub = self._gateway.hubs.get(request.path_params["connection"])
        if hub is None or hub.kind != request.path_params["kind"]:
            raise RequestError(404, "ConnectionNotFound", "there is no such hub connection")
        return hub

    async def _conversation_of(self, event: HubEvent) -> str:
        try:
            return await self._gateway.conversations.of_handoff(event.connection, event.handoff, event.known_as)
        except ConversationUnknownError:
            # The hub may be faster than the answer to the call that opened the handoff: it shall tell us again.
            raise _later() from None

    async def _tell(self, conversation: str, event: HubEvent) -> None:
        gateway = self._gateway
        try:
            turn = await gateway.conversations.hub_event(conversation, event.model_copy(update={"via": gateway.queue}))
        except ConversationUnknownError:
            raise RequestError(404, "ConversationNotFound", "there is no such handoff") from None
        except ConversationRefusedError as error:
            raise _refused(error) from None
        except ConversationUnavailableError:
            raise _later() from None
        if turn.version:
            gateway.recogniser.follow(conversation, turn.version, turn.phase)
        gateway.streams.publish(conversation, turn)
        gateway.metrics.count("baton_hub_events_total", f'connection="{event.connection}"')


def _refused(error: ConversationRefusedError) -> RequestError:
    if error.reason in _GONE:
        return RequestError(410, "HandoffEnded", "the handoff has ended")
    if error.reason is RefusalType.UNKNOWN_HANDOFF:
        return RequestError(404, "HandoffNotFound", "there is no such handoff")
    if error.reason is RefusalType.INVALID:
        return RequestError(400, "BadArgument", str(error))
    return _later()


def _later() -> RequestError:
    return RequestError(503, "ServiceUnavailable", "nobody answers now; send the same again", retry_after=RETRY_AFTER)

"""The agent inside Omnichannel: a bot of the Bot Framework to which Omnichannel gives its customers first.

Omnichannel posts to the gateway's `/api/messages`; replies go out through the connector's REST API. A handoff is a
message that asks for a representative: Omnichannel itself then connects the two, and nothing is relayed.
Sources: Microsoft's pages "Integrate an Azure bot" (Customer Service) and "Authentication with the Bot Connector API".
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import structlog

from hubs.base import Again
from hubs.channel import Channel
from hubs.dynamics365_inside_messages import end, escalation, to_customer
from hubs.entra_access import EntraAccess
from hubs.errors import HandoffGoneError, HubError, HubRefusedError, HubUnavailableError, WebhookError
from hubs.handoffs import Handoff, HubConversation, TakenHandoff, WatchedHandoff
from hubs.line import Line, Meaning
from hubs.live_work_items import Has, LiveWorkItems, Standing
from hubs.signed_tokens import SignedTokens
from microsoft.credentials import ClientSecret
from microsoft.tokens import EntraTokens
from protocol.activity import END_OF_CONVERSATION, Activity
from protocol.conversation import ConversationReference
from protocol.hub_events import HubEvent, HubEventKind
from settings.dynamics365 import Dynamics365InsideSettings, Dynamics365Settings

log = structlog.get_logger()

IN_PLACE = "in-place:"
"""What the id of a handoff begins with whose conversation was in Omnichannel before it."""
_GONE = ("BotNotInConversationRoster", "ConversationNotFound")


class InsideTransport(Channel):
    """The channel of one bot registration, and the handoffs that are made on it."""

    def __init__(
        self,
        name: str,
        settings: Dynamics365Settings,
        inside: Dynamics365InsideSettings,
        client_secret: str,
        items: LiveWorkItems | None,
    ) -> None:
        self.app_id = settings.client_id
        self.agent = inside.agent
        self._name = name
        self._settings = inside
        self._items = items
        timeout = settings.timeout_seconds
        self._tokens = SignedTokens(
            inside.metadata_url, issuers=(inside.issuer,), audiences=(self.app_id,), timeout=timeout
        )
        self._entra = EntraTokens(
            settings.login_url,
            inside.tenant or settings.tenant,
            self.app_id,
            ClientSecret(client_secret),
            timeout=timeout,
        )
        self._access = EntraAccess(name, self._entra, inside.scope)
        credentials = "client_id, client_secret and inside.tenant"
        self._line = Line(name, "", auth=self._access, credentials=credentials, timeout=timeout, meaning=_meaning(name))

    @property
    def listens(self) -> bool:
        """Whether it can be seen what becomes of a handoff."""
        return self._items is not None

    async def admit(self, authorization: str, sent: Mapping[str, Any], now: datetime) -> None:
        """The token's issuer, audience, times, `serviceurl` and the key's endorsements, as Microsoft lists them."""
        await self._tokens.ready(authorization)
        try:
            vouched = self._tokens.check(authorization, now)
        except WebhookError as error:
            raise WebhookError(403, error.title, error.detail) from None
        service = sent.get("serviceUrl")
        claims = {name.lower(): value for name, value in vouched.claims.items()}
        if not isinstance(service, str) or claims.get("serviceurl") != service:
            raise WebhookError(403, "the token is for another serviceUrl")
        if sent.get("channelId") not in vouched.endorsements:
            raise WebhookError(403, "the token's key is not endorsed for this channelId")
        if not self._trusts(service):
            raise WebhookError(403, f"serviceUrl is none of baton.toml [hubs.{self._name}.inside] service_hosts")

    async def deliver(self, reference: ConversationReference, activity: Activity) -> None:
        """POST …/v3/conversations/{id}/activities."""
        if activity.type == END_OF_CONVERSATION:
            await self._post(reference, end(reference, self._settings.end_shape))
        else:
            await self._post(reference, to_customer(reference, activity))

    async def open(self, handoff: Handoff, *, again: Again | None = None) -> HubConversation:
        """The Escalate message. Where Dataverse is configured it is sent again only where the agent has it still."""
        reference = handoff.reference
        if reference is None:
            raise HubRefusedError(f'hub "{self._name}": the conversation did not come by its own channel')
        standing = await self._standing(reference) if again else Standing(has=Has.AGENT)
        if standing.has is Has.OVER:
            raise HandoffGoneError(f'hub "{self._name}": Omnichannel has closed the conversation')
        if standing.has is Has.AGENT:
            await self._escalate(reference, handoff, again)
        watched = self._items is not None and bool(reference.record)
        return HubConversation(id=IN_PLACE + (reference.record or handoff.key), over=not watched)

    async def tell_rest(self, handoff: Handoff, taken: TakenHandoff, *, again: Again | None = None) -> None:
        """Omnichannel has the whole conversation: nothing is left to tell."""
        del handoff, taken, again

    async def send(self, handoff: TakenHandoff, activity: Activity, *, again: Again | None = None) -> None:
        """Omnichannel has what its customer says already: nothing is relayed."""
        del handoff, activity, again

    async def look(self, handoff: WatchedHandoff) -> Sequence[HubEvent]:
        """What Omnichannel's own record says: who joined, or that it is over."""
        record = handoff.id.removeprefix(IN_PLACE)
        if self._items is None or record == handoff.id:
            return ()
        try:
            standing = await self._items.standing(record)
        except HubRefusedError as error:
            # One record that may not be read must not hide all the others.
            log.warning("Omnichannel's record of a conversation cannot be read", error=str(error))
            return ()
        seen = {"connection": self._name, "handoff": handoff.id, "conversation": handoff.conversation}
        if standing.has is Has.OVER:
            return (HubEvent(key=f"{handoff.id}:ended", kind=HubEventKind.ENDED, **seen),)
        who = standing.representative
        if who is None:
            return ()
        joined = HubEvent(key=f"{handoff.id}:joined:{who.id}", kind=HubEventKind.JOINED, representative=who, **seen)
        return (joined,)

    async def check(self) -> AsyncIterator[str]:
        """The connector's token, the Bot Framework's keys, and Omnichannel's records."""
        await self._access.token()
        yield "Entra gives our bot a token for the connector"
        await self._tokens.warm()
        yield "the Bot Framework publishes the keys of its tokens"
        if self._items:
            await self._items.check()
            yield "Dataverse tells what becomes of a conversation that was handed over"

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._tokens.close()
        await self._entra.close()
        await self._line.close()
        if self._items:
            await self._items.close()

    async def _escalate(self, reference: ConversationReference, handoff: Handoff, again: Again | None) -> None:
        try:
            await self._post(reference, escalation(reference, handoff))
        except HandoffGoneError:
            # After an unclear outcome that says: the first one was taken, and the agent is no longer in it.
            if again is None:
                raise

    async def _standing(self, reference: ConversationReference) -> Standing:
        """Who has it, after an unclear outcome; where that cannot be seen, a second Escalate is the safer mistake."""
        if self._items is None or not reference.record:
            return Standing(has=Has.AGENT)
        return await self._items.standing(reference.record)

    async def _post(self, reference: ConversationReference, message: Mapping[str, Any]) -> None:
        if not self._trusts(reference.service_url):
            raise HubRefusedError(f'hub "{self._name}": the serviceUrl is none of inside.service_hosts')
        await self._have_token()
        conversation = quote(reference.conversation, safe="")
        await self._line.call(
            "POST", f"{reference.service_url.rstrip('/')}/v3/conversations/{conversation}/activities", message
        )

    async def _have_token(self) -> None:
        """Credentials that Entra refuses may be put right while the customer waits: that is tried again, too."""
        try:
            await self._access.token()
        except HubRefusedError as error:
            raise HubUnavailableError(str(error)) from None

    def _trusts(self, service_url: str) -> bool:
        """A host by its name means https; who wants anything else writes it down with its scheme and port."""
        parts = urlsplit(service_url)
        origin, host = f"{parts.scheme}://{parts.netloc}", parts.hostname or ""
        return any(
            origin == known if "://" in known else parts.scheme == "https" and _is(host, known)
            for known in self._settings.service_hosts
        )


def _is(host: str, known: str) -> bool:
    return host.endswith(known[1:]) if known.startswith("*.") else host == known


def _meaning(name: str) -> Meaning:
    """What the connector's refusals mean: the conversation is closed, or our credentials are wrong.

    The latter may be put right while the customer waits, so it is tried again.
    """

    def told(answer: httpx.Response, said: str) -> HubError | None:
        if answer.status_code not in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            return None
        if any(code.encode() in answer.content for code in _GONE):
            return HandoffGoneError(f"{said}: the conversation is closed")
        return HubUnavailableError(f"{said}: check baton.toml [hubs.{name}] client_id, client_secret and inside.tenant")

    return told

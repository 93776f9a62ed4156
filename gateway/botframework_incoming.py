"""An activity that a Bot Framework channel posts, read as leniently as channels write.

In Microsoft's own samples Omnichannel's first event has a number as `from.role`, and empty strings where nothing is
known: what is not of the right type counts as not sent.
"""

import hashlib
import re
from typing import Any, cast
from uuid import UUID

from gateway.answers import bad
from gateway.incoming import MAX_KEY
from protocol.activity import CONVERSATION_UPDATE, EVENT, ChannelAccount
from protocol.conversation import ConversationReference
from protocol.models import Owned

CONTEXT_EVENTS = frozenset({"omnichannelsetcontext", "startconversation"})
"""By which Omnichannel tells what it knows of the customer, the second in older versions."""
RECORD = "msdyn_liveworkitemid"
MAX_VALUES, MAX_NAME, MAX_VALUE = 100, 100, 4_000
"""Context entries, and the characters of a name and of a value, as Omnichannel bounds them."""
_LOCALE = re.compile(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$")


class Arrived(Owned):
    """One activity, as far as it is understood without knowing the conversation."""

    type: str
    key: str
    """Tells repeats apart."""
    name: str
    """Of an event, in lower case."""
    reference: ConversationReference
    locale: str
    variables: dict[str, Any]
    """Of a context event what it tells of the customer."""
    fields: dict[str, Any]
    """Everything that was sent but its ids and what is empty."""

    @property
    def is_context(self) -> bool:
        """Whether it tells what the channel knows of the customer."""
        return self.type == EVENT and self.name in CONTEXT_EVENTS


def arrived(connection: str, sent: dict[str, Any], body: bytes) -> Arrived:
    """What `sent` comes to, posted to the channel of `connection`; `body` is what it was parsed from.

    Raises:
        RequestError: 400, it has no type, no conversation or no serviceUrl.
    """
    kind, service = _text(sent.get("type")), _text(sent.get("serviceUrl"))
    conversation = _text(_object(sent.get("conversation")).get("id"))
    if not kind or not service or not conversation:
        raise bad("an activity has a type, a conversation.id and a serviceUrl")
    name = _text(sent.get("name")).lower()
    told = kind == EVENT and name in CONTEXT_EVENTS
    variables = _variables(sent.get("value")) if told else {}
    reference = ConversationReference(
        connection=connection,
        service_url=service,
        conversation=conversation,
        bot=_account(sent.get("recipient"), "bot"),
        customer=_account(_customer(kind, sent), "user"),
        record=_record(variables),
    )
    locale = _text(sent.get("locale"))
    return Arrived(
        type=kind,
        key=_key(sent, body),
        name=name,
        reference=reference,
        locale=locale if _LOCALE.match(locale) else "en-US",
        variables=variables,
        fields=_fields(sent),
    )


def conversation_of(reference: ConversationReference) -> str:
    """Our id of the channel's conversation: always the same, and telling nothing."""
    named = f"{reference.connection}\0{reference.conversation}".encode()
    return f"bf-{hashlib.sha256(named).hexdigest()[:32]}"


def _fields(sent: dict[str, Any]) -> dict[str, Any]:
    """What says something. A client's own id of it counts nothing here: the channel's does."""
    fields = {name: value for name, value in sent.items() if value not in (None, "") and name != "id"}
    if isinstance(fields.get("channelData"), dict):
        channel_data = {name: value for name, value in fields["channelData"].items() if name != "clientActivityID"}
        fields["channelData"] = channel_data
    return fields


def _key(sent: dict[str, Any], body: bytes) -> str:
    """The activity's id; one without is told from others by what it says."""
    own = _text(sent.get("id"))
    return (
        own if own and len(own) <= MAX_KEY and own.isprintable() else hashlib.sha256(own.encode() or body).hexdigest()
    )


def _customer(kind: str, sent: dict[str, Any]) -> Any:
    """Who is talked to: the sender, or who was added beside the bot."""
    if kind != CONVERSATION_UPDATE:
        return sent.get("from")
    bot = _object(sent.get("recipient")).get("id")
    added = sent.get("membersAdded")
    members = added if isinstance(added, list) else []
    return next((member for member in members if _object(member).get("id") not in (None, "", bot)), sent.get("from"))


def _account(value: Any, role: str) -> ChannelAccount:
    known = _object(value)
    return ChannelAccount(
        id=_text(known.get("id"))[:MAX_KEY] or role, name=_text(known.get("name"))[:MAX_KEY] or None, role=role
    )


def _variables(value: Any) -> dict[str, Any]:
    """Plain values by name; an entry may also say whether it is displayable, which is for the representative's page."""
    values = {name: _plain(entry) for name, entry in _object(value).items() if 0 < len(name) <= MAX_NAME}
    told = {name: entry for name, entry in values.items() if entry not in (None, "") and len(str(entry)) <= MAX_VALUE}
    return dict(list(told.items())[:MAX_VALUES])


def _plain(entry: Any) -> Any:
    return entry["value"] if isinstance(entry, dict) and "value" in entry else entry


def _record(variables: dict[str, Any]) -> str:
    """The live work item's id, where it is one: it becomes part of an address."""
    told = variables.get(RECORD)
    try:
        return str(UUID(told)) if isinstance(told, str) else ""
    except ValueError:
        return ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _object(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}

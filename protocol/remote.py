"""An agent that runs elsewhere, behind Direct Line: what a conversation with it needs to know of it."""

from datetime import datetime
from typing import Any

from protocol.activity import Activity
from protocol.models import Owned

REMOTE = "remote"
"""The version of an agent that is not published here: there is nothing that a conversation could be pinned to."""


class RemoteRules(Owned):
    """What of the agent's words means a handoff, and how it hears what came of one."""

    handoff_events: tuple[str, ...] = ("handoff.initiate",)
    status_event: str = "handoff.status"


class RemoteSession(Owned):
    """The conversation as Direct Line knows it, and what opens it."""

    conversation: str
    token: str
    renew_at: datetime
    """Half of the token's life."""
    expires_at: datetime
    url: str
    """Direct Line's address for the agent's region."""
    user: str
    """The id under which the customer speaks there."""
    lasting: bool = False
    """A new token can be had even after this one has expired."""


class RemoteState(Owned):
    """How far the conversation with the agent has come."""

    session: RemoteSession | None = None
    watermark: str = ""
    """Up to where the agent was heard, in Direct Line's own count."""
    heard: tuple[str, ...] = ()
    """The ids of the newest activities that it was heard to say."""
    name: str = ""
    variables: dict[str, Any] = {}
    """What its last handoff told."""
    deaf: bool = False
    """A human has, or had, the conversation: what the agent says until it is told of that is no answer to anybody."""


class RemoteOpening(Owned):
    """A conversation with the agent that shall begin."""

    agent: str
    conversation: str
    locale: str = "en-US"
    within: float = 0
    """Seconds that all tries together may take; 0: as Temporal says."""


class RemoteTelling(Owned):
    """One activity that the agent shall be told."""

    agent: str
    session: RemoteSession
    key: str
    """The same at every try: by it the activity is found again where an answer was lost."""
    activity: Activity | None = None
    after: str = ""
    """The watermark behind which it must be, if it is there."""
    catch_up: bool = False
    """Whatever the agent has said until now is passed over."""
    within: float = 0
    """Seconds that all tries together may take; 0: as Temporal says."""


class RemoteTold(Owned):
    """What came of telling it."""

    session: RemoteSession
    id: str = ""
    watermark: str | None = None
    """Where it was caught up with."""


class RemoteListening(Owned):
    """The agent shall be listened to."""

    agent: str
    session: RemoteSession
    after: str = ""
    within: float = 0
    """Seconds that all tries together may take, where they may not go on for ever."""


class RemoteHeard(Owned):
    """What it has said; nothing where it was silent for as long as was listened."""

    session: RemoteSession
    activities: tuple[Activity, ...] = ()
    watermark: str = ""

"""What crosses between an agent's connection to Dynamics 365, a workflow, and the processes around it.

Nothing here is a secret: activities get credentials from the settings, and write those that they make into files.
Every field has a default where an older writer may not have known it, so that an old history loads.
"""

from datetime import datetime
from enum import StrEnum

from protocol.models import Owned
from protocol.status import Milestone


class ConnectionPhase(StrEnum):
    """Where an agent's connection stands."""

    NONE = "not connected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    DISCONNECTING = "disconnecting"
    DISCONNECTED = "disconnected"
    INCOMPLETE = "incomplete"
    """Something was left half done: to connect, or to disconnect, again finishes it."""


class Step(StrEnum):
    """One step of connecting, or of disconnecting."""

    AGENT = "agent"
    ENVIRONMENT = "environment"
    APPLICATION = "application"
    CLAIM = "claim"
    LOOK = "look"
    PRINCIPAL = "principal"
    USER = "user"
    ENABLED = "enabled"
    ROLE = "role"
    QUEUE = "queue"
    WORKSTREAM = "workstream"
    TEAMS = "teams"
    OMNICHANNEL = "omnichannel"
    VERIFY = "verify"
    HANDOFFS = "handoffs"


class StepState(StrEnum):
    """How far a step is."""

    WAITING = "waiting"
    DOING = "doing"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNDONE = "undone"


class Registration(Owned):
    """An app registration to make, as the wizard asks for it."""

    name: str
    account_types: str = "AzureADMyOrg"
    """Graph's `signInAudience`; always sent, for Graph's own default lets everybody in."""
    redirect_uri: str = ""


class Connect(Owned):
    """The wish to connect an agent. A repeated `key` changes nothing."""

    key: str
    environment: str = ""
    """Its id, name or address; empty: the agent's own, where Customer Service is provisioned."""
    application: str = ""
    """The id of an app registration that is there; empty: the agent's configured one, or the one made for it."""
    register_new: Registration | None = None
    """Make the registration first."""


class Disconnect(Owned):
    """The wish to disconnect an agent. A repeated `key` changes nothing."""

    key: str
    now: bool = False
    """Move the conversations that are with representatives, and do not wait for them to finish."""


class CallOff(Owned):
    """The wish that a connect which is under way comes to nothing."""

    operation: int
    """Its number: what has begun since is not meant."""


class Check(Owned):
    """The wish to look at once whether the connection is as it was left."""

    key: str


class Target(Owned):
    """What an agent is connected to, and by what."""

    agent: str
    name: str = ""
    """What representatives see."""
    hub: str = ""
    """The connection of `[hubs]` that routes lead to, where the agent has one."""
    environment: str = ""
    environment_name: str = ""
    own_environment: str = ""
    organization: str = ""
    url: str = ""
    """The organisation's address, without a slash at its end."""
    api_url: str = ""
    application: str = ""
    user: str = ""
    """The application user's id, once it is known."""
    queue: str = ""
    workstream: str = ""
    bot: str = ""
    """The agent's Azure Bot; empty: its channels are kept by Baton alone."""
    link: str = ""
    """"Go to Omnichannel": where an administrator sets queues and workstreams."""


class Drift(Owned):
    """One thing that is not as it was left."""

    step: Step
    what: str


class StepProgress(Owned):
    """One step of an operation that is under way, or over."""

    step: Step
    says: str
    state: StepState = StepState.WAITING
    detail: str = ""
    at: datetime | None = None


class OperationKind(StrEnum):
    """What is being done with a connection."""

    CONNECT = "connect"
    DISCONNECT = "disconnect"
    CHECK = "check"
    MEND = "mend"


class Operation(Owned):
    """One connect, disconnect, check or mend."""

    number: int = 0
    kind: OperationKind = OperationKind.CHECK
    steps: tuple[StepProgress, ...] = ()
    begun: datetime | None = None
    ended: datetime | None = None
    failure: str = ""
    """Why it failed, in one line that says what to do; empty where it did not."""
    failure_type: str = ""
    left: tuple[str, ...] = ()
    """What could not be undone."""
    called_off: bool = False
    """Whether somebody wished, while it was under way, that it come to nothing."""

    @property
    def over(self) -> bool:
        """Whether nothing is under way."""
        return self.number == 0 or self.ended is not None


class ConnectionState(Owned):
    """An agent's connection, complete: what runs carry on, and what whoever asks is told."""

    schema_version: int = 1
    agent: str
    phase: ConnectionPhase = ConnectionPhase.NONE
    target: Target | None = None
    """What it is connected to, or was."""
    operation: Operation = Operation()
    drift: tuple[Drift, ...] = ()
    warnings: tuple[str, ...] = ()
    checked_at: datetime | None = None
    next_check: datetime | None = None
    timeline: tuple[Milestone, ...] = ()
    keys: dict[str, int] = {}
    """By the key of a recent wish the number of its operation."""

    @property
    def link(self) -> str:
        """Where "Go to Omnichannel" leads."""
        return self.target.link if self.target else ""


class ConnectionStart(Owned):
    """What the workflow begins with."""

    agent: str
    state: ConnectionState | None = None
    operations_a_run: int = 100
    """After so many the run rolls over, so that no history grows."""

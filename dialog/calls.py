"""What a turn asks of the world outside, and what the world answers: plain JSON, so that both can be recorded."""

from typing import Any, Literal

from protocol.activity import Activity
from protocol.conversation import Recognition
from protocol.models import Owned


class HttpCall(Owned):
    """An HTTP request of the author's."""

    kind: Literal["http"] = "http"
    method: str = "GET"
    url: str
    headers: dict[str, str] = {}
    body: str | None = None


class OperationCall(Owned):
    """Something that is done elsewhere under a name: a flow, a connector's operation, a model, a skill, a tool."""

    kind: Literal["operation"] = "operation"
    what: str
    """"flow", "connector", "model", "skill", "tool", "trigger" or "agent"."""
    name: str
    """What the configuration calls it: the flow's id, the connector's operation, the tool's name."""
    connection: str = ""
    inputs: dict[str, Any] = {}
    token: str = ""
    """The customer's own, where the author wants it done in their name and they have signed in."""


class KnowledgeCall(Owned):
    """A question to a language model, to the agent's knowledge, or to both."""

    kind: Literal["knowledge"] = "knowledge"
    wants: Literal["summary", "answer", "results", "query"] = "summary"
    """An answer from knowledge alone, an answer of the model's own, what was found, or a search query made of it."""
    text: str
    instructions: str = ""
    history: tuple[str, ...] = ()
    """What the customer said before, oldest first."""
    found: tuple[Any, ...] = ()
    """What an OnKnowledgeRequested topic has found already."""
    sources: tuple[str, ...] = ()
    """The knowledge that alone may be searched, by the names that the author gave; empty: all."""
    own_knowledge: bool = False
    """Whether the model may answer from what it knows itself."""


class Line(Owned):
    """One thing that a customer said to a model, or the model to them."""

    text: str
    by_model: bool = False


class AgentCall(Owned):
    """A child agent's turn: a model goes on with what was said as the child agent's instructions want it.

    The answer's value is None where the model has nothing to say, else `text`, and `asks`: whether it cannot go on
    without the customer's answer.
    """

    kind: Literal["agent"] = "agent"
    name: str
    """The child agent's schema name."""
    instructions: str
    """The main agent's, the child agent's, and what the child agent was given."""
    said: tuple[Line, ...] = ()
    """What was said so far, oldest first."""


class SignInCall(Owned):
    """A code that a sign-in page has given the customer: the answer's value is their token, None if it is refused."""

    kind: Literal["signin"] = "signin"
    connection: str
    code: str


class RecogniseCall(Owned):
    """A text that shall be understood as if the customer had said it."""

    kind: Literal["recognise"] = "recognise"
    text: str


Call = HttpCall | OperationCall | KnowledgeCall | AgentCall | SignInCall | RecogniseCall


class Ask(Owned):
    """The world is asked something. The dialog waits at the node that asks, until `machine.answered`."""

    number: int = 0
    """Counts the conversation's questions to the world, so that no answer is taken for another's."""
    call: Call
    seconds: float = 30
    """How long it may take; then the answer is that there is none."""
    latency: Activity | None = None
    """What the customer is told when it takes long."""
    latency_seconds: float = 0


class Answer(Owned):
    """What the world answered. A `code` says that it went wrong, as `System.Error.Code` will."""

    value: Any = None
    status: int | None = None
    """HTTP's, where HTTP it was."""
    headers: dict[str, str] = {}
    code: str = ""
    message: str = ""


class Asking(Owned):
    """A question to the world that is not answered yet, and what the turn goes on with when it is."""

    ask: Ask
    depth: int
    """How many topics are on the stack with the one that asks."""
    activity: Activity | None = None
    """What the customer said, for `System.Activity`."""
    heard: Recognition | None = None
    """What that means."""

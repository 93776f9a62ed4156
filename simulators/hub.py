"""What every simulated hub can be told and asked, whatever its wire format: one scenario serves them all."""

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Any, ClassVar

from starlette.applications import Starlette

from hubs.base import Hub
from simulators.callbacks import CallbackFaults
from simulators.configuration import toml
from simulators.faults import Faults


class HubSimulator(ABC):
    """A hub over a real socket that enforces its contract; its representatives do what a test or a person says.

    A handoff is named by Baton's own key, `<conversation id>:<handoff number>`, which every adapter gives its hub in
    some form.
    """

    kind: ClassVar[str]
    says_who_joined: ClassVar[bool] = True
    """Whether a representative's joining is told at all; else the first message tells it."""
    numbers_callbacks: ClassVar[bool] = False
    """Whether callbacks tell their order, so that one that was overtaken can be put into its place."""
    signs_the_time: ClassVar[bool] = False
    """Whether callbacks are signed together with a time, and refused when that is far from ours."""
    opens: ClassVar[str]
    """The operation, as `faults` name it, by which a handoff is opened at last."""
    relays: ClassVar[str]
    """The operation by which a message is relayed."""

    def __init__(self) -> None:
        self.faults = Faults()
        self.callback_faults = CallbackFaults()
        self.url = ""
        """Where it is served; whoever serves it sets this."""
        self.callback = ""
        """Where its callbacks go."""
        self.callbacks: list[int] = []
        """The statuses with which its callbacks were answered."""
        self.clock_is_off = timedelta()
        """How wrong the clock is by which callbacks are signed; only where `signs_the_time`."""

    @abstractmethod
    def app(self) -> Starlette:
        """Its HTTP side."""

    @abstractmethod
    def adapter(self, name: str) -> Hub:
        """Baton's adapter, connected to it as the connection `name`."""

    @abstractmethod
    def settings(self) -> dict[str, Any]:
        """What `[hubs.NAME]` needs, to reach it."""

    @property
    @abstractmethod
    def secrets(self) -> dict[str, str]:
        """By the names that `settings` refers to, its secrets, which are none."""

    def configuration(self) -> str:
        """`baton.toml`'s part, and the environment, as somebody copies them."""
        exports = [f"# export {name}={value}" for name, value in self.secrets.items()]
        return "\n".join([*toml("hubs.simulated", self.settings()), *exports])

    @abstractmethod
    def opened(self) -> list[str]:
        """The handoffs that were opened, the first first."""

    @abstractmethod
    def is_open(self, key: str) -> bool:
        """Whether the hub still holds this handoff for its representatives."""

    @abstractmethod
    def history(self, key: str) -> list[str]:
        """What it was given as history, as texts in order."""

    @abstractmethod
    def variables(self, key: str) -> dict[str, Any]:
        """What it was given of the variables, in whatever fields it has; a summary as text under `summary`."""

    @abstractmethod
    def said(self, key: str) -> list[str]:
        """What the customer said since the handoff, in the order in which it took effect."""

    @abstractmethod
    async def join(self, key: str, name: str) -> None:
        """A representative joins."""

    @abstractmethod
    async def say(self, key: str, text: str, *, times: int = 1) -> None:
        """The representative says something; `times` tells it more than once, as hubs do."""

    @abstractmethod
    async def type(self, key: str) -> None:
        """The representative types."""

    @abstractmethod
    async def end(self, key: str) -> None:
        """The representative ends the handoff."""

    async def say_image(self, key: str, url: str) -> None:
        """The representative sends an image; only where the adapter's `capabilities.attachments`."""
        raise CannotError(self.kind, "images", key, url)

    async def transfer(self, key: str, queue: str) -> None:
        """The representative hands it on to another queue; only where the adapter's `capabilities.transfers`."""
        raise CannotError(self.kind, "transfer", key, queue)

    async def give_back(self, key: str, note: str) -> None:
        """The representative returns it to the bot; only where the adapter's `capabilities.returns`."""
        raise CannotError(self.kind, "return", key, note)

    def files(self, key: str) -> list[str]:
        """The addresses, or names, of the files that the customer sent; only where `capabilities.attachments`."""
        raise CannotError(self.kind, "files", key)

    def typed(self, key: str) -> int:
        """How often the customer's typing was shown; only where the adapter's `capabilities.typing`."""
        raise CannotError(self.kind, "typing", key)

    def expire_tokens(self) -> bool:
        """Let every token that was given out expire. Returns whether the hub gives out any."""
        return False

    def tickets(self) -> list[dict[str, Any]]:
        """The tickets and callbacks that were asked for; only where the adapter's `capabilities.tickets`."""
        raise CannotError(self.kind, "tickets")


class CannotError(Exception):
    """The simulated hub is asked for what its kind cannot do."""

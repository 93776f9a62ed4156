"""What goes wrong with a hub's callbacks on demand: lost, told twice, told in another order."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

Tell = Callable[[], Awaitable[None]]


@dataclass
class CallbackFaults:
    """How many of the next callbacks go wrong, and how. Each counts down as it is met."""

    lose: int = 0
    """Never sent."""
    repeat: int = 0
    """Sent twice."""
    overtake: int = 0
    """Held until the next one has been sent."""
    _held: list[Tell] = field(default_factory=list)

    async def send(self, tell: Tell) -> None:
        """Send one callback, or do with it what is planned."""
        if self.lose:
            self.lose -= 1
            return
        if self.overtake:
            self.overtake -= 1
            self._held.append(tell)
            return
        await tell()
        if self.repeat:
            self.repeat -= 1
            await tell()
        held, self._held = self._held, []
        for late in held:
            await late()

"""What each step of connecting an agent is asked, and what it comes to: the Temporal activities' own words."""

from protocol.connection import Connect, Drift, Step, Target
from protocol.models import Owned


class Wanted(Owned):
    """What a step that finds something out is asked: the wish, and what was found so far."""

    target: Target
    wish: Connect


class Found(Owned):
    """What a step came to."""

    target: Target
    detail: str = ""
    warning: str = ""


class Moving(Owned):
    """Which handoffs are to be moved, and the key under which that is asked, the same at every try."""

    target: Target
    key: str


class Open(Owned):
    """The open handoffs, and for how long they may finish, in seconds, by the configuration of now."""

    count: int
    may_finish: float = 3_600


class Standing(Owned):
    """Whether something is as a connection needs it, and what it is like."""

    holds: bool
    what: str = ""


class Survey(Owned):
    """How everything stands in Dynamics 365 and Azure, read at once."""

    user: str = ""
    """The application user's id; empty where there is none."""
    ours: bool = True
    """Whether that user is this agent's."""
    whose: str = ""
    """If it is not: what to tell, and what to do."""
    standing: dict[Step, Standing] = {}
    check_seconds: float = 21_600
    """When the connection is to be looked at again, by the configuration of now."""
    mend: bool = False
    """Whether what has drifted is set right, by the configuration of now."""

    def holds(self, step: Step) -> bool:
        """Whether it is as a connection needs it."""
        return step in self.standing and self.standing[step].holds

    @property
    def drift(self) -> tuple[Drift, ...]:
        """Everything that is not as it was left."""
        return tuple(Drift(step=step, what=each.what) for step, each in self.standing.items() if not each.holds)


class EnvironmentRow(Owned):
    """One environment of the list, as it is shown before one is chosen."""

    id: str
    name: str
    region: str = ""
    kind: str = ""
    url: str = ""
    customer_service: str
    """`yes`, `no` or `unknown`."""
    reason: str = ""
    ready: bool = True
    """Whether its Dataverse answers."""
    own: bool = False
    """Whether it is the agent's own."""

    @property
    def can_be_chosen(self) -> bool:
        """Not where Customer Service surely is not; where that can't be told, whoever knows better may."""
        return self.ready and self.customer_service != "no"

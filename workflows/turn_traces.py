"""Where the traces of turns go, while somebody has a conversation's history told again."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from temporalio import workflow

from protocol.activity import Activity
from protocol.models import Owned


class TurnTrace(Owned):
    """What one turn of a conversation did, or what came of all of them: `dialog.tracing` says in which form."""

    at: datetime
    activities: tuple[Activity, ...] = ()


_wanted: dict[str, list[TurnTrace]] = {}


@contextmanager
def wanted(conversation: str) -> Iterator[list[TurnTrace]]:
    """Collect the traces of a conversation that is told again in this process, for as long as the `with` lasts.

    Raises:
        RuntimeError: somebody has it told again already.
    """
    if conversation in _wanted:
        raise RuntimeError("this conversation is being traced already: try again")
    _wanted[conversation] = []
    try:
        yield _wanted[conversation]
    finally:
        del _wanted[conversation]


def collected() -> list[TurnTrace] | None:
    """Where this workflow's traces go; None, as nearly always, where nobody wants them."""
    # A conversation that is under way here and now is no history: its turns cost nothing more than ever.
    if not _wanted or not workflow.unsafe.is_replaying():
        return None
    return _wanted.get(workflow.info().workflow_id)

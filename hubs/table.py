"""What each hub can do, as the table of docs/hubs/README.md and of the console."""

from hubs.base import Hub
from hubs.custom import CustomHub
from hubs.dynamics365 import Dynamics365Hub
from hubs.genesys import GenesysHub
from hubs.liveperson import LivePersonHub
from hubs.salesforce import SalesforceHub
from hubs.servicenow import ServiceNowHub
from hubs.zendesk import ZendeskHub

ADAPTERS: tuple[type[Hub], ...] = (
    CustomHub,
    Dynamics365Hub,
    GenesysHub,
    LivePersonHub,
    SalesforceHub,
    ServiceNowHub,
    ZendeskHub,
)
_TITLES = {
    "history": "history as messages of its own",
    "typing": "customer's typing",
    "attachments": "attachments",
    "files": "customer's attachments as files, not as addresses",
    "queue_position": "queue position",
    "transfers": "says when it is handed on",
    "returns": "returns to the bot",
    "availability": "says whether it is open",
    "tickets": "takes a ticket or a callback",
    "idempotent": "exactly once after an unclear outcome",
}


def capabilities() -> tuple[list[str], list[tuple[str, list[bool]]]]:
    """The kinds of hub, and for each capability its title and which of them has it."""
    known = [adapter.capabilities.model_dump() for adapter in ADAPTERS]
    rows = [(title, [bool(each[name]) for each in known]) for name, title in _TITLES.items()]
    return [adapter.kind for adapter in ADAPTERS], rows


def table() -> str:
    """The table in Markdown: a row a capability, a column a hub."""
    kinds, rows = capabilities()
    body = [_row(title, ["yes" if can else "no" for can in cells]) for title, cells in rows]
    return "\n".join([_row("", kinds), _row("---", ["---"] * len(kinds)), *body])


def _row(first: str, cells: list[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"

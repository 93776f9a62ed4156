"""The event by which a topic asks Baton to leave a ticket: it goes to a hub, and not to the customer's client."""

from typing import Any

from dialog.errors import CONTENT, TopicError
from dialog.nodes.context import variables_of
from dialog.run import Run
from dialog.turn import TICKET, LeaveTicket
from protocol.activity import EVENT, Activity

CONTACT = ("name", "email", "phone")
SUBJECT = 100
"""Characters of the description that make the subject where the topic names none."""


def is_ticket(said: Activity) -> bool:
    """Whether a topic asks for a ticket by what it says."""
    return said.type == EVENT and said.name == TICKET


def leave_ticket(run: Run, value: Any) -> None:
    """Ask for a ticket with what the event's value holds: subject, description, name, email, phone.

    Raises:
        TopicError: it says nothing that a representative could read.
    """
    fields = {name.lower(): str(field) for name, field in value.items() if field} if isinstance(value, dict) else {}
    description = fields.get("description") or fields.get("subject")
    if not description:
        raise TopicError(CONTENT, f'the event "{TICKET}" needs a value with a description: ={{description: …}}')
    run.requests.append(
        LeaveTicket(
            subject=fields.get("subject") or description[:SUBJECT],
            description=description,
            contact={name: fields[name] for name in CONTACT if name in fields},
            variables=variables_of(run),
        )
    )

"""Everything a conversation carries from one run to the next."""

from datetime import datetime

from dialog.machine import DialogState
from handoff.deadlines import Due
from handoff.record import HandoffRecord, Outbound
from handoff.tickets import TicketRecord
from protocol.activity import Activity
from protocol.conversation import ConversationReference, Page, Phase
from protocol.models import Owned
from protocol.remote import RemoteState
from protocol.status import Milestone
from workflows.hearing import Heard

SCHEMA = 1
"""Raised when a field changes its meaning; fields are otherwise only added, with defaults, so that old state loads."""


class ConversationState(Owned):
    """One conversation, complete."""

    schema_version: int = SCHEMA
    started: datetime
    version: str
    phase: Phase = Phase.AGENT
    topic: str = ""
    dialog: DialogState = DialogState()
    activities: tuple[Activity, ...] = ()
    watermark: int = 0
    pages: tuple[Page, ...] = ()
    seen: dict[str, str] = {}
    handoffs: tuple[HandoffRecord, ...] = ()
    tried: tuple[str, ...] = ()
    tickets: tuple[TicketRecord, ...] = ()
    outbox: tuple[Outbound, ...] = ()
    outbound_count: int = 0
    due: Due | None = None
    watchers: tuple[str, ...] = ()
    timeline: tuple[Milestone, ...] = ()
    shown: dict[str, str] = {}
    turns: int = 0
    reminded: bool = False
    ended: str = ""
    reference: ConversationReference | None = None
    heard: Heard = Heard()
    remote: RemoteState | None = None

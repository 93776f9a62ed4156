"""What a topic's formulas see: `Topic`, `Global`, `System`, `Env`, and the option sets of closed lists."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from dialog.powerfx.scope import UNRESOLVED, Unresolved
from dialog.powerfx.values import Record, Value, from_plain

if TYPE_CHECKING:
    from dialog.run import Run


TURN_STEPS = 600_000
"""Steps that all formulas of one turn may take together: about a second; a workflow may think for two."""


class Surroundings:
    """The scope of one turn. It looks at the run as it is when a formula asks."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.now = run.world.now
        self.timezone = run.world.timezone
        self.random = run.world.random
        self.locale = run.world.locale
        self.steps = TURN_STEPS

    def name(self, name: str) -> Value | Unresolved:
        """The value of a root name, or `UNRESOLVED`."""
        run = self._run
        match name:
            case "Topic":
                return Record(run.frame.variables if run.stack else {})
            case "Global":
                return Record({**self._defaults(), **run.globals})
            case "System":
                return Record(self._system())
            case "Env" | "User":
                return Record({})
            case _:
                return run.agent.option_sets.get(name, UNRESOLVED)

    def _defaults(self) -> dict[str, Value]:
        """What the declared global variables are before anybody sets them."""
        return {name: from_plain(value) for name, value in self._run.agent.defaults.items()}

    def _system(self) -> dict[str, Value]:
        run, world = self._run, self._run.world
        return {
            "Activity": self._activity(),
            "Bot": Record({"Name": run.agent.display_name, "SchemaName": run.agent.schema_name}),
            "Conversation": Record(
                {"Id": world.conversation, "InTestMode": world.test_mode, "LocalTimeZone": world.timezone}
            ),
            "Error": Record(
                {"Code": run.error.code if run.error else None, "Message": run.error.message if run.error else None}
            ),
            "FallbackCount": Decimal(run.fallback_count),
            "Handoff": self._handoff(),
            "LastMessage": Record({"Text": run.last_message or None}),
            "Recognizer": Record(run.recognizer),
            **run.system,
            "User": self._user(),
        }

    def _handoff(self) -> Record:
        told = self._run.handoff
        texts: dict[str, Value] = {name: told.get(kept) or None for name, kept in _HANDOFF.items()}
        return Record({**texts, "TakesTickets": "takes_tickets" in told})

    def _user(self) -> Record:
        signed_in = self._run.system.get("User")
        known = {
            "Id": self._sender("id"),
            "DisplayName": self._sender("name"),
            "Language": self._run.world.locale,
            "IsLoggedIn": False,
        }
        return Record({**known, **(signed_in if isinstance(signed_in, Record) else {})})

    def _activity(self) -> Record:
        activity = self._run.activity
        if activity is None:
            return Record({"ChannelId": self._run.world.channel})
        return Record(
            {
                "Type": activity.type,
                "Text": activity.text,
                "Name": activity.name,
                "Value": from_plain(activity.value),
                "ChannelId": self._run.world.channel,
                "From": Record({"Id": self._sender("id"), "Name": self._sender("name")}),
                "Attachments": from_plain([attachment.wire() for attachment in activity.attachments or ()]),
            }
        )

    def _sender(self, what: str) -> Value:
        activity = self._run.activity
        value: str | None = getattr(activity.from_, what) if activity and activity.from_ else None
        return value


_HANDOFF = {
    "Status": "status",
    "Reason": "reason",
    "OpensAt": "opens_at",
    "Note": "note",
    "Hub": "hub",
    "Representative": "representative",
    "Transcript": "transcript",
    "Ticket": "ticket",
}
"""`System.Handoff.*` by the names under which it is kept."""

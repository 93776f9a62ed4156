"""An agent that asks for an e-mail address where no human is left, leaves a ticket, and tells its number."""

from tests.support.agents import TESTING

NO_HUMAN = """
kind: AdaptiveDialog
beginDialog:
  kind: OnEventActivity
  id: main
  eventName: handoff.failed
  actions:
    - kind: Question
      id: askEmail
      variable: Global.Email
      prompt: Which e-mail address?
      entity: EmailPrebuiltEntity
    - kind: SendActivity
      id: leave
      activity:
        kind: EventActivity
        name: handoff.ticket
        value: "={subject: \\"Bicycle\\", description: \\"It squeaks\\", email: Global.Email}"
"""
TICKET = """
kind: AdaptiveDialog
beginDialog:
  kind: OnEventActivity
  id: main
  eventName: handoff.ticket
  actions:
    - kind: SendActivity
      id: tell
      activity: "Ticket {System.Activity.Value.state} {System.Handoff.Ticket}."
"""
CARING: dict[str, str] = {**TESTING, "topics/NoHuman.mcs.yml": NO_HUMAN, "topics/Ticket.mcs.yml": TICKET}

"""Small agents for tests, as the files of a Copilot Studio folder."""

from pathlib import Path

SETTINGS = "displayName: Testing\nschemaName: testing\nlanguage: 1033\n"
AGENT = "kind: GptComponentMetadata\ndisplayName: Testing\n"

START = """
kind: AdaptiveDialog
beginDialog:
  kind: OnConversationStart
  id: main
  actions:
    - kind: SendActivity
      id: hello
      activity: Hello, how can I help?
"""

NAME = """
kind: AdaptiveDialog
beginDialog:
  kind: OnRecognizedIntent
  id: main
  intent:
    displayName: Name
    triggerQueries:
      - Remember my name
      - Store my name please
  actions:
    - kind: Question
      id: ask
      variable: Global.CustomerName
      prompt: What is your name?
      entity: StringPrebuiltEntity
    - kind: SendActivity
      id: thanks
      activity: Thank you, {Global.CustomerName}.
"""

ESCALATE = """
kind: AdaptiveDialog
startBehavior: CancelOtherTopics
beginDialog:
  kind: OnEscalate
  id: main
  intent:
    displayName: Escalate
    includeInOnSelectIntent: false
    triggerQueries:
      - Speak to agent
      - Talk to a human
      - Talk to a person
  actions:
    - kind: TransferConversationV2
      id: transfer
      transferType:
        kind: TransferToAgent
        messageToAgent: The customer asked for a person.
        context:
          kind: AutomaticTransferContext
    - kind: ConditionGroup
      id: after
      conditions:
        - id: failed
          condition: =System.Handoff.Status = "failed"
          actions:
            - kind: SendActivity
              id: sorry
              activity: "Nobody could take it: {System.Handoff.Reason}."
        - id: returned
          condition: =System.Handoff.Status = "returned"
          actions:
            - kind: SendActivity
              id: back
              activity: "Welcome back. {System.Handoff.Note}"
            - kind: SetVariable
              id: keep
              variable: Global.HumanStretch
              value: =System.Handoff.Transcript
"""

FALLBACK = """
kind: AdaptiveDialog
beginDialog:
  kind: OnUnknownIntent
  id: main
  actions:
    - kind: SendActivity
      id: echo
      activity: "You said: {System.Activity.Text}"
"""

GOODBYE = """
kind: AdaptiveDialog
startBehavior: CancelOtherTopics
beginDialog:
  kind: OnRecognizedIntent
  id: main
  intent:
    displayName: Goodbye
    triggerQueries:
      - Goodbye
      - Bye
  actions:
    - kind: SendActivity
      id: bye
      activity: Goodbye!
    - kind: EndConversation
      id: end
"""

RESET = """
kind: AdaptiveDialog
startBehavior: UseLatestPublishedContentAndCancelOtherTopics
beginDialog:
  kind: OnRecognizedIntent
  id: main
  intent:
    displayName: Reset
    triggerQueries:
      - Start from scratch
      - Reset everything
  actions:
    - kind: SendActivity
      id: fresh
      activity: A fresh start.
    - kind: CancelAllDialogs
      id: cancel
"""

TESTING: dict[str, str] = {
    "settings.mcs.yml": SETTINGS,
    "agent.mcs.yml": AGENT,
    "topics/ConversationStart.mcs.yml": START,
    "topics/Name.mcs.yml": NAME,
    "topics/Escalate.mcs.yml": ESCALATE,
    "topics/Fallback.mcs.yml": FALLBACK,
    "topics/Goodbye.mcs.yml": GOODBYE,
    "topics/Reset.mcs.yml": RESET,
}
"""An agent that greets, asks a name, echoes what it does not understand, transfers, and says goodbye."""


def write_agent(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Write an agent's files into `folder`, and return it."""
    for name, text in (files or TESTING).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder

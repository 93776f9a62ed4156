"""The bot's side of a conversation whose agent runs elsewhere: what is heard is told there, and answered from there."""

from collections.abc import Mapping
from typing import Any

from dialog.calls import Answer
from dialog.machine import DialogState, TurnOutcome
from dialog.remote import understood
from dialog.turn import HandoffOutcome, Request, TellRemote
from handoff.context import handoff_variables
from protocol.activity import END_OF_CONVERSATION, EVENT, MESSAGE, Activity, ChannelAccount
from protocol.conversation import ConversationStart, Recognition
from protocol.remote import REMOTE, RemoteHeard, RemoteRules, RemoteState
from workflows.bot import Bot

START = "startConversation"
"""The event at which an agent greets."""
CONTEXT = "pvaSetContext"
"""The event by which Copilot Studio takes global variables from outside."""
REMEMBERED = 200
"""Ids of what the agent has said that are kept, to know it again."""
COMPLETED, FAILED = "completed", "failed"
"""The states of a handoff, as the Bot Framework's `handoff.status` has them."""


class RemoteBot(Bot):
    """Has no topics here. Every turn is a request to tell the agent; what it says is a turn of its own, `said`."""

    understands = False

    def __init__(self, conversation: str, start: ConversationStart, state: RemoteState) -> None:
        super().__init__(conversation, start, REMOTE, DialogState())
        self.remote = state
        self._rules = start.remote or RemoteRules()
        self._given: dict[str, Any] = {}

    @property
    def account(self) -> ChannelAccount:
        """The agent as the sender of an activity, by the name that it gives itself."""
        return ChannelAccount(id=self._start.agent, name=self.remote.name or self._start.agent, role="bot")

    @property
    def variables(self) -> dict[str, Any]:
        """What its last handoff told."""
        return self.remote.variables

    def context(self, variables: Mapping[str, Any], message: str | None = None) -> dict[str, Any]:
        """What a representative is given: what the agent told, and what of Microsoft's `va_*` it did not tell."""
        name = str(variables.get("va_BotName") or self.account.name)
        own = handoff_variables(
            conversation=self._conversation,
            bot_id=self._start.agent,
            bot_name=name,
            language=self._start.locale,
            last_topic="",
            topics=(),
            phrases=(),
            message=message,
            own={},
        )
        phrases = {each: variables[each] for each in ("va_LastPhrase", "va_LastPhrases") if variables.get(each)}
        last = next(iter(phrases.values()), "")
        return {**own, "va_LastPhrase": last, "va_LastPhrases": last, **variables}

    def learn(self, values: Mapping[str, Any]) -> None:
        """Keep what the channel knows of the customer until the agent is told something."""
        self._given.update(values)

    def greet(self) -> TurnOutcome:
        """Let the agent know that somebody is there."""
        return self._telling(Activity(type=EVENT, name=START, locale=self._start.locale))

    def hear(self, activity: Activity, recognition: Recognition | None) -> TurnOutcome:  # noqa: ARG002 - it understands there
        """Tell the agent what was said."""
        return self._telling(*([activity] if activity.type in {MESSAGE, EVENT} else []))

    def resume(self, outcome: HandoffOutcome) -> TurnOutcome:
        """Tell the agent how the handoff went; without an event for it, it is only caught up with."""
        value = {
            "state": FAILED if outcome.status == "failed" else COMPLETED,
            "message": outcome.note or outcome.reason,
            **outcome.model_dump(exclude={"note", "transcript"}),
        }
        told = Activity(type=EVENT, name=self._rules.status_event, value=value) if self._rules.status_event else None
        return TurnOutcome(state=self.state, requests=(TellRemote(activity=told),))

    def left(self) -> tuple[Request, ...]:
        """The agent need not wait any more."""
        return (TellRemote(activity=Activity(type=END_OF_CONVERSATION)),)

    def said(self, heard: RemoteHeard) -> TurnOutcome:
        """The turn that the agent has taken."""
        new = [each for each in heard.activities if each.id not in self.remote.heard]
        names = (each.from_.name for each in reversed(new) if each.from_ and each.from_.name)
        ids = tuple(each.id for each in new if each.id)
        self.remote = self.remote.model_copy(
            update={
                "session": heard.session,
                "watermark": heard.watermark,
                "heard": (*self.remote.heard, *ids)[-REMEMBERED:],
                "name": next(names, self.remote.name),
            }
        )
        found = understood(new, self._rules)
        if found.variables is not None:
            self.remote = self.remote.model_copy(update={"variables": found.variables, "deaf": True})
            self.topic = str(found.variables.get("va_LastTopic") or "")
        return TurnOutcome(state=self.state, outgoing=found.outgoing, requests=found.requests, topic=self.topic)

    def answered(self, answer: Answer) -> TurnOutcome:
        """Nothing: it asks the world where it is."""
        del answer
        return self._telling()

    def silent(self, seconds: float) -> TurnOutcome:
        """Nothing: it notices silence itself."""
        del seconds
        return self._telling()

    def listens_for(self, activity: Activity) -> bool:
        """Direct Line's agents are told messages and events."""
        del activity
        return False

    def hears_of(self, event: str) -> bool:
        """Of Baton's own events it knows nothing; how a handoff went, `resume` tells."""
        del event
        return False

    def hear_of_ticket(self, left: Mapping[str, str]) -> TurnOutcome:
        """Nothing: it has not asked for one."""
        del left
        return self._telling()

    def _telling(self, *activities: Activity) -> TurnOutcome:
        told = list(activities)
        if self._given and activities:
            told.insert(0, Activity(type=EVENT, name=CONTEXT, value=self._given))
            self._given = {}
        return TurnOutcome(
            state=self.state, requests=tuple(TellRemote(activity=each) for each in told), topic=self.topic
        )

"""Every kind of trigger and action of the authoring schema: what it does here, and what it cannot do without.

`docs/topics.md` has both tables from here: `python -m dialog.kinds`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Trigger:
    """A trigger: when it fires; one that never does says why, and its topic is reached by redirect."""

    when: str
    fires: bool = True


@dataclass(frozen=True)
class Action:
    """An action: what it does, and the properties without which it cannot run."""

    does: str
    required: tuple[str, ...] = ()


_NOT_VOICE = "never: not for text channels"
_NO_PLAN = "never: no planner runs here"
_ELSEWHERE = "never: it starts conversations elsewhere"

TRIGGER_KINDS: Mapping[str, Trigger] = {
    "OnConversationStart": Trigger("a conversation begins"),
    "OnRecognizedIntent": Trigger("a message means this topic"),
    "OnSystemIntent": Trigger("the same, in agents of old"),
    "OnEscalate": Trigger("a message asks for a person, or a question is given up"),
    "OnUnknownIntent": Trigger("a message means nothing known; by priority, one after another"),
    "OnSelectIntent": Trigger(
        "a message may mean several topics; with `triggerBehavior: Always` also while a question is open"
    ),
    "OnActivity": Trigger(
        "any activity, or one of its `type`; before the topic that a message means; `ConversationUpdate` also as a "
        "conversation begins"
    ),
    "OnEventActivity": Trigger("an event of the customer's client, or of `EmitEvent`, with its `eventName` or any"),
    "OnInactivity": Trigger("the customer says nothing for `durationInSeconds` (1800)"),
    "OnSignIn": Trigger("a conversation begins and everybody is to sign in, or an operation elsewhere wants it"),
    "OnKnowledgeRequested": Trigger("knowledge is searched: it may set `System.SearchResults`"),
    "OnGeneratedResponse": Trigger("an answer of a model is about to be said: it may set `System.ContinueResponse`"),
    "OnError": Trigger("a topic goes wrong: `System.Error.Code`, `System.Error.Message`"),
    "OnRedirect": Trigger("by redirect only"),
    "OnSystemRedirect": Trigger("by redirect only"),
    "OnInvokedAction": Trigger("by redirect only"),
    "OnToolSelected": Trigger('a model chooses this child agent (`recognizer = "model"`), by its `description`'),
    "OnPlanComplete": Trigger(_NO_PLAN, fires=False),
    "OnOutgoingMessage": Trigger("never: nor does it in Copilot Studio", fires=False),
    "OnAnalyzeText": Trigger("never: recognition is Baton's", fires=False),
    "OnCopilotRedirect": Trigger("never: Microsoft 365 Copilot's", fires=False),
    "RecurrenceTrigger": Trigger(_ELSEWHERE, fires=False),
    "CreateConversationConnectorTrigger": Trigger(_ELSEWHERE, fires=False),
    "ContinueConversationConnectorTrigger": Trigger(_ELSEWHERE, fires=False),
    "OnSilence": Trigger(_NOT_VOICE, fires=False),
    "OnUnrecognizedSpeech": Trigger(_NOT_VOICE, fires=False),
    "OnDtmfKeyPress": Trigger(_NOT_VOICE, fires=False),
    "OnUnknownDtmfKey": Trigger(_NOT_VOICE, fires=False),
    "OnAnsweringMachineDetected": Trigger(_NOT_VOICE, fires=False),
}

_OPERATION = "has it done elsewhere: [the world outside](configuration.md#the-world-outside)"

ACTION_KINDS: Mapping[str, Action] = {
    "SendActivity": Action("text with `{formulas}`, variants, cards, quick replies, events, typing", ("activity",)),
    "Question": Action(
        "asks: reprompts, validation, defaults, skipping, interruption", ("variable", "prompt", "entity")
    ),
    "AdaptiveCardPrompt": Action("sends a card, and takes what is submitted", ("card", "output", "outputType")),
    "CSATQuestion": Action("asks for a rating from 1 to 5"),
    "OAuthInput": Action("sends a sign-in card; goes on with the token, or without: [signing in](#signing-in)"),
    "SignOutUser": Action("forgets the token"),
    "EmitEvent": Action("raises an event: for topics, else for the customer's client", ("eventName",)),
    "UpdateActivity": Action("sends a `messageUpdate`"),
    "DeleteActivity": Action("sends a `messageDelete`"),
    "GetActivityMembers": Action("the customer and the agent, as a table"),
    "GetConversationMembers": Action("the same"),
    "SetVariable": Action("sets a variable", ("variable",)),
    "SetTextVariable": Action("sets one to a text with `{formulas}`", ("variable",)),
    "SetMultipleVariables": Action("sets several, in order", ("assignments",)),
    "ParseValue": Action("reads JSON as `valueType`; else Blank, or an error", ("variable", "valueType", "value")),
    "ResetVariable": Action("as if it had never been set", ("variable",)),
    "ClearAllVariables": Action("forgets the conversation's globals, or other scopes"),
    "EditTable": Action("adds, removes, takes, clears", ("itemsVariable",)),
    "EditTableV2": Action("the same, with the operation as an object", ("itemsVariable", "changeType")),
    "ConditionGroup": Action("the first branch whose condition is true, else `elseActions`", ("conditions",)),
    "IfCondition": Action("the same with one condition, as Bot Framework has it", ("condition",)),
    "ActionScope": Action("its actions, in order"),
    "Foreach": Action("its actions for each item", ("items", "value")),
    "BreakLoop": Action("leaves the innermost loop"),
    "ContinueLoop": Action("goes on with the next item"),
    "BeginDialog": Action("to another topic and back, with inputs and outputs", ("dialog",)),
    "ActivateExternalTrigger": Action("the same", ("dialog",)),
    "ReplaceDialog": Action("to another topic instead of this one", ("dialog",)),
    "RepeatDialog": Action("begins this topic anew"),
    "EndDialog": Action("ends this topic"),
    "CancelDialog": Action("ends this topic without its outputs"),
    "CancelAllDialogs": Action("ends all topics"),
    "DisableTrigger": Action("turns a topic's trigger off, for this conversation", ("dialog",)),
    "GotoAction": Action("to any node of this topic", ("actionId",)),
    "DisconnectedNodeContainer": Action("nothing: no path leads to its nodes"),
    "RecognizeIntent": Action("starts what a text means, as if it had been said", ("userInput",)),
    "EndConversation": Action("ends the conversation"),
    "TransferConversationV2": Action("to a human: [docs/handoff.md](handoff.md)"),
    "TransferConversation": Action("its older form"),
    "HttpRequestAction": Action(
        "asks a web service: [the world outside](configuration.md#the-world-outside)", ("url",)
    ),
    "InvokeFlowAction": Action(_OPERATION, ("flowId",)),
    "InvokeConnectorAction": Action(_OPERATION),
    "InvokeAIBuilderModelAction": Action(_OPERATION),
    "InvokeSkillAction": Action(_OPERATION),
    "InvokeMcpToolAction": Action(_OPERATION),
    "WaitForConnectorTrigger": Action(_OPERATION),
    "InvokeFlowTaskAction": Action(_OPERATION),
    "InvokeConnectorTaskAction": Action(_OPERATION),
    "InvokeAIBuilderModelTaskAction": Action(_OPERATION),
    "InvokeAgentTaskAction": Action(_OPERATION),
    "InvokeClientTaskAction": Action(_OPERATION),
    "InvokeComputerUsingAgentTaskAction": Action(_OPERATION),
    "InvokeSkillTaskAction": Action(_OPERATION),
    "InvokeAIPluginTaskAction": Action(_OPERATION),
    "InvokeConnectedAgentTaskAction": Action(_OPERATION),
    "InvokeExternalAgentTaskAction": Action(_OPERATION),
    "SearchAndSummarizeContent": Action(
        "an answer from the agent's knowledge; Blank where there is none", ("userInput",)
    ),
    "SearchAndSummarizeWithCustomModel": Action("the same", ("userInput",)),
    "AnswerQuestionWithAI": Action("a model's own answer; Blank where there is no model", ("userInput",)),
    "InvokeCustomModelAction": Action("the same"),
    "SearchKnowledgeSources": Action("what the agent's knowledge has, as a table", ("userInput",)),
    "CreateSearchQuery": Action("words to search by"),
    "LogCustomTelemetryEvent": Action("a line in the trace"),
    "AgentDialog": Action("a child agent (a file of its own): a model answers by its instructions"),
}

TRIGGERS = frozenset(TRIGGER_KINDS)
RUN_TRIGGERS = frozenset(kind for kind, trigger in TRIGGER_KINDS.items() if trigger.fires)
"""Triggers that have a topic run; topics with others are kept, and start by redirect only."""
ACTIONS = frozenset(ACTION_KINDS)
"""All actions of the schema."""
REQUIRED: dict[str, tuple[str, ...]] = {
    kind: action.required for kind, action in ACTION_KINDS.items() if action.required
}
"""Actions' required properties."""


def tables() -> Iterator[str]:
    """The two tables of `docs/topics.md`, line by line."""
    yield "| trigger | fires when |"
    yield "|---|---|"
    yield from (f"| `{kind}` | {trigger.when} |" for kind, trigger in TRIGGER_KINDS.items())
    yield ""
    yield "| node | does |"
    yield "|---|---|"
    yield from (f"| `{kind}` | {action.does} |" for kind, action in ACTION_KINDS.items())


if __name__ == "__main__":
    print("\n".join(tables()))  # noqa: T201 - that is what it is run for

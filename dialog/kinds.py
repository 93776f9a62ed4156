"""Every kind of trigger and action of the authoring schema, and the properties without which one cannot run."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TRIGGERS = _words("""
    OnRecognizedIntent OnUnknownIntent OnConversationStart OnEscalate OnError OnSignIn OnSelectIntent
    OnSystemRedirect OnRedirect OnActivity OnEventActivity OnInactivity OnPlanComplete OnGeneratedResponse
    OnKnowledgeRequested OnOutgoingMessage OnToolSelected OnSystemIntent OnSilence OnUnrecognizedSpeech
    OnDtmfKeyPress OnUnknownDtmfKey OnAnsweringMachineDetected OnAnalyzeText OnCopilotRedirect RecurrenceTrigger
    OnInvokedAction CreateConversationConnectorTrigger ContinueConversationConnectorTrigger
""")
RUN_TRIGGERS = _words("""
    OnRecognizedIntent OnUnknownIntent OnConversationStart OnEscalate OnError OnSignIn OnSelectIntent
    OnSystemRedirect OnRedirect OnActivity OnEventActivity OnSystemIntent
""")
"""Triggers that this version fires; topics with others are kept, and start by redirect only."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "SendActivity": ("activity",),
    "Question": ("variable", "prompt", "entity"),
    "ConditionGroup": ("conditions",),
    "SetVariable": ("variable",),
    "SetTextVariable": ("variable",),
    "SetMultipleVariables": ("assignments",),
    "ResetVariable": ("variable",),
    "ParseValue": ("variable", "valueType", "value"),
    "EditTable": ("itemsVariable",),
    "EditTableV2": ("itemsVariable", "changeType"),
    "BeginDialog": ("dialog",),
    "ReplaceDialog": ("dialog",),
    "GotoAction": ("actionId",),
    "Foreach": ("items", "value"),
    "AdaptiveCardPrompt": ("card", "output", "outputType"),
    "HttpRequestAction": ("url",),
    "InvokeFlowAction": ("flowId",),
    "EmitEvent": ("eventName",),
    "RecognizeIntent": ("userInput",),
    "SearchAndSummarizeContent": ("userInput",),
    "AnswerQuestionWithAI": ("userInput",),
}
"""Actions' required properties."""

ACTIONS = frozenset(REQUIRED) | _words("""
    EndDialog CancelAllDialogs CancelDialog RepeatDialog EndConversation TransferConversation
    TransferConversationV2 ClearAllVariables CSATQuestion OAuthInput LogCustomTelemetryEvent ActionScope BreakLoop
    ContinueLoop DisconnectedNodeContainer ActivateExternalTrigger DisableTrigger GetActivityMembers
    GetConversationMembers SignOutUser DeleteActivity UpdateActivity CreateSearchQuery SearchKnowledgeSources
    SearchAndSummarizeWithCustomModel InvokeAIBuilderModelAction InvokeConnectorAction InvokeCustomModelAction
    InvokeMcpToolAction InvokeSkillAction WaitForConnectorTrigger
""")
"""All actions of the schema."""

"""The properties that the authoring schema knows, by kind: what is beside them is kept, and told."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OUTSIDE = "latencyMessageSettings input output"
_GENERATIVE = (
    f"{_OUTSIDE} autoSend variable userInput moderationLevel historyType additionalInstructions responseCaptureType"
)
_SOURCES = "webBrowsing webBrowsingOptions searchEmails fileSearchDataSource knowledgeSources customDataSource"
_CONNECTOR = (
    f"{_OUTSIDE} connectionReference connectionProperties dynamicInputSchema dynamicOutputSchema errorHandling "
    "requestTimeoutInMilliseconds operationId"
)
_ASKING = "interruptionPolicy unrecognizedPrompt repeatCount"
_REDIRECT = "input activityProcessed"

_ACTIONS = {
    "ActionScope": "actions",
    "ActivateExternalTrigger": f"{_REDIRECT} dialog output externalTriggerId",
    "AdaptiveCardPrompt": f"{_ASKING} card output outputType",
    "AnswerQuestionWithAI": f"{_GENERATIVE} isFileAnalysisEnabled",
    "BeginDialog": f"{_REDIRECT} dialog output",
    "BreakLoop": "",
    "CSATQuestion": "variable",
    "CancelAllDialogs": "activityProcessed eventName eventValue",
    "CancelDialog": "activityProcessed eventName eventValue",
    "ClearAllVariables": "variables",
    "ConditionGroup": "conditions elseActions",
    "ContinueLoop": "",
    "CreateSearchQuery": "userInput moderationLevel historyType result",
    "DeleteActivity": "activityId",
    "DisableTrigger": "dialog",
    "DisconnectedNodeContainer": "actions",
    "EditTable": "changeType itemsVariable resultVariable value",
    "EditTableV2": "itemsVariable changeType",
    "EmitEvent": "eventType eventName eventValue bubbleEvent",
    "EndConversation": "",
    "EndDialog": "clearTopicQueue value",
    "Foreach": "actions items value index",
    "GetActivityMembers": "variable activityId",
    "GetConversationMembers": "variable",
    "GotoAction": "actionId",
    "HttpRequestAction": (
        "latencyMessageSettings method url headers body errorHandling requestTimeoutInMilliseconds networkIsolation "
        "response responseSchema responseHeaders"
    ),
    "InvokeAIBuilderModelAction": f"{_OUTSIDE} aIModelId",
    "InvokeConnectorAction": _CONNECTOR,
    "InvokeCustomModelAction": (
        "latencyMessageSettings autoSend variable modelConfiguration requestTimeoutInMilliseconds errorHandling"
    ),
    "InvokeFlowAction": f"{_OUTSIDE} flowId",
    "InvokeMcpToolAction": f"{_OUTSIDE} serverSchemaName toolName",
    "InvokeSkillAction": f"{_OUTSIDE} skillId actionId interruptionPolicy",
    "LogCustomTelemetryEvent": "eventName properties",
    "OAuthInput": "title text resource",
    "ParseValue": "variable valueType value errorPolicy",
    "Question": (
        f"{_ASKING} alwaysPrompt skipQuestionMode variable prompt invalidPrompt defaultValueResponse validation "
        "defaultValue entity voiceInputSettings holdSettings fallbackDialogOnInvalidEntity"
    ),
    "RecognizeIntent": "userInput",
    "RepeatDialog": _REDIRECT,
    "ReplaceDialog": f"{_REDIRECT} dialog",
    "ResetVariable": "variable",
    "SearchAndSummarizeContent": (
        f"{_GENERATIVE} {_SOURCES} isFileAnalysisEnabled publicDataSource sharePointSearchDataSource modality "
        "azureOpenAIOnYourDataSource applyModelKnowledgeSetting"
    ),
    "SearchAndSummarizeWithCustomModel": f"{_GENERATIVE} {_SOURCES} modelConfiguration",
    "SearchKnowledgeSources": f"latencyMessageSettings {_SOURCES} historyType result userInput moderationLevel",
    "SendActivity": "activity",
    "SetMultipleVariables": "assignments",
    "SetTextVariable": "variable value",
    "SetVariable": "variable value",
    "SignOutUser": "",
    "TransferConversation": "messageToAgent context telephoneNumber",
    "TransferConversationV2": "transferType",
    "UpdateActivity": "activity activityId",
    "WaitForConnectorTrigger": _CONNECTOR,
}
_EVERY_ACTION = "kind id disabled displayName conversationOutcome"
ACTION_PROPERTIES = {kind: _words(f"{_EVERY_ACTION} {own}") for kind, own in _ACTIONS.items()}

DIALOG_PROPERTIES = {
    "AdaptiveDialog": _words(
        "kind confirmation response inputs modelDisplayName modelDescription recognizer triggers endAutomatically "
        "startBehavior beginDialog inputType outputType conversionMetadata mcs.metadata managedProperties"
    ),
    "TaskDialog": _words(
        "kind confirmation response inputs modelDisplayName modelDescription outputs action outputMode "
        "triggerCondition mcs.metadata managedProperties"
    ),
    "AgentDialog": _words(
        "kind confirmation response inputs beginDialog settings inputType outputType mcs.metadata managedProperties"
    ),
}
TRIGGER_PROPERTIES = _words(
    "kind actions id condition priority runOnce intent type eventName durationInSeconds triggerBehavior description "
    "dtmfKey silenceDetectionTimeoutInMilliseconds askForConfirmation conversationStarters connectionReference "
    "connectionProperties connectorTriggerId dynamicInputSchema dynamicOutputSchema"
)
TASKS = _words(
    "InvokeAIPluginTaskAction InvokeAgentTaskAction InvokeConnectedAgentTaskAction InvokeClientTaskAction "
    "InvokeConnectorTaskAction InvokeExternalAgentTaskAction InvokeComputerUsingAgentTaskAction "
    "InvokeAIBuilderModelTaskAction InvokeFlowTaskAction InvokeSkillTaskAction"
)
"""What an action component (`TaskDialog`) may do."""

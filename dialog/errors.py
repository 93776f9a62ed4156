"""Errors of a topic, with the codes that Copilot Studio gives them (`System.Error.Code`)."""


class TopicError(Exception):
    """A topic went wrong; the On Error topic is told `code` and `message`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


CONTENT = "ContentError"
TIMED_OUT = "FlowActionTimedOut"
FLOW_FAILED = "FlowActionException"
FLOW_REFUSED = "FlowActionBadRequest"
CONNECTOR_FAILED = "ConnectorRequestFailure"
HTTP_FAILED = "HttpRequestFailed"
MODEL_FAILED = "AIModelActionBadRequest"
MODEL_TIMED_OUT = "AIModelActionRequestTimeout"
MODEL_BUSY = "OpenAIRateLimitReached"
TOO_LARGE = "AsyncResponsePayloadTooLarge"
SIGN_IN = "AuthenticationNotConfigured"
"""Somebody must sign in, and nobody can."""
INFINITE_LOOP = "InfiniteLoopInBotContent"
NO_SUCH_TOPIC = "RedirectToNonExistentDialog"
TOO_MUCH = "OutgoingMessageSizeTooBig"
"""More text than a message holds, or more messages than a turn."""
SYSTEM = "SystemError"

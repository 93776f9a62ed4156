"""What a model has written, on its way to the customer: topics for `OnGeneratedResponse` look at it first."""

from dialog.powerfx.values import Record
from dialog.run import Run
from dialog.understood import fires
from protocol.activity import MESSAGE, Activity

LOOKED_AT = "response"
"""The stage of a node whose answer topics look at; it then runs once more, and says it."""


def is_looked_at_first(run: Run, text: str) -> bool:
    """Whether topics above the one that asked have a look at `text`, which may be said when they are done."""
    topics = [topic for topic in run.agent.triggered_by("OnGeneratedResponse") if fires(run, topic)]
    run.system["Response"] = Record({"FormattedText": text, "Text": text})
    run.system["ContinueResponse"] = True
    if not topics:
        return False
    run.frame.stage = LOOKED_AT
    run.begin_all(topic.name for topic in topics)
    return True


def say_generated(run: Run) -> None:
    """Say it, unless a topic has set `System.ContinueResponse` to false."""
    run.frame.stage = ""
    response = run.system.pop("Response", None)
    if isinstance(response, Record) and run.system.pop("ContinueResponse", True) is not False:
        run.say(Activity(type=MESSAGE, text=str(response["FormattedText"]), text_format="markdown"))

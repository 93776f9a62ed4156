"""`activityProcessed: false`: the customer's message is not dealt with yet, and goes along to where a node leads.

In Bot Framework's adaptive dialogs, from which the property comes, whoever is next recognises the message again
(microsoft/botbuilder-dotnet, `AdaptiveDialog.ProcessEventAsync`, `InputDialog.RecognizeInputAsync`).
"""

from dialog.program import Step
from dialog.run import Run
from dialog.understood import queue, understand
from protocol.activity import MESSAGE


def hands_on_in(run: Run, step: Step) -> bool:
    """Whether the node hands the message of this turn on."""
    if run.agent.rules < 3 or run.activity is None or run.activity.type != MESSAGE:
        return False
    return not run.boolean(step.properties.get("activityProcessed"), default=True)


def hand_to_top(run: Run) -> None:
    """The topic on top gets the message: as the reply to its open question, else as if the message had begun it."""
    if not run.stack:
        return
    if run.frame.waiting == "reply":
        run.reply = run.activity
    else:
        run.frame.utterance = run.last_message


def hand_to_all(run: Run) -> None:
    """With no topic left, the message starts what it means, but for the topics that have handed it on."""
    if run.recognition is None:
        return
    ranked = tuple(found for found in run.recognition.ranked if found.topic not in run.handed_on)
    topics = understand(run, run.recognition.model_copy(update={"ranked": ranked}))
    queue(run, [topic for topic in topics if topic.name not in run.handed_on])

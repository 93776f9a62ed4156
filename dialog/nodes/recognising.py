"""Understanding a text as if the customer had said it."""

from dialog.calls import RecogniseCall
from dialog.errors import TopicError
from dialog.nodes.registry import Flow, node
from dialog.nodes.world import answer_of
from dialog.program import Step
from dialog.run import Run
from dialog.understood import fires, understand
from protocol.conversation import Ranked, Recognition

SECONDS = 10.0


@node("RecognizeIntent")
def recognize_intent(run: Run, step: Step) -> Flow:
    """Start what the text means, above this topic, which goes on when that has ended."""
    answer = answer_of(run, step, lambda: RecogniseCall(text=run.text(step.properties.get("userInput"))), SECONDS)
    if answer is None:
        return Flow.WAIT
    if answer.code:
        raise TopicError(answer.code, answer.message)
    ranked = tuple(Ranked.model_validate(each) for each in answer.value or ())
    topics = understand(run, Recognition(version="", ranked=ranked))
    run.frame.position = step.next
    run.begin_all(topic.name for topic in topics if fires(run, topic))
    return Flow.MOVED

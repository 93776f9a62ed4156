"""How satisfied the customer is: a rating from 1 to 5."""

from typing import Any

from dialog.entities import Number
from dialog.nodes.asking import answered, replied, take_reply
from dialog.nodes.listening import LISTENERS, Listener, ask
from dialog.nodes.registry import Flow, node
from dialog.nodes.talking import activity_of, with_suggestions
from dialog.powerfx.encoding import plain
from dialog.powerfx.values import Value
from dialog.program import Step
from dialog.replies import Understood, heard_by
from dialog.run import Run
from protocol.activity import Activity

PROMPT = "How would you rate your experience, from 1 (poor) to 5 (great)?"
RATINGS = ("1", "2", "3", "4", "5")


@node("CSATQuestion")
def csat_question(run: Run, step: Step) -> Flow:
    """Ask for a rating; a customer who gives none is asked once more, and not pressed."""
    if run.tracer and run.frame.waiting != "reply":
        run.tracer.beside("CSATSurveyRequest", {})
    if not replied(run, step):
        return Flow.WAIT
    found = take_reply(run, step)
    if found is None and not run.frame.attempts:
        run.frame.attempts = 1
        ask(run, step)
        return Flow.WAIT
    return _rated(run, step, found.value if found else None)


def _rated(run: Run, step: Step, rating: Value) -> Flow:
    if rating is None:
        run.frame.waiting, run.frame.attempts = "", 0
        run.trace("given up", step)
        return Flow.NEXT
    if step.properties.get("variable"):
        run.set(str(step.properties["variable"]), rating)
    if run.tracer:
        run.tracer.beside("CSATSurveyResponse", {"score": plain(rating)})
    return answered(run, step)


def _ask(run: Run, _step: Step, _prompt: Any) -> None:
    run.say(with_suggestions(activity_of(run, PROMPT), RATINGS))


def _understand(run: Run, _step: Step, reply: Activity) -> Understood | None:
    found = Number().match(reply.text or "", heard_by(run))
    value = found.value if found else None
    return (
        Understood(value, exact=found.exact) if found and not hasattr(value, "id") and str(value) in RATINGS else None
    )


LISTENERS["CSATQuestion"] = Listener(_ask, _understand)

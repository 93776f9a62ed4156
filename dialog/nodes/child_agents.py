"""Child agents: a model answers the customer by a child agent's instructions, for as long as it asks them something."""

from collections.abc import Mapping
from typing import Any

from dialog.calls import AgentCall, Line
from dialog.definition import CHILD_AGENT
from dialog.errors import CONTENT, TopicError
from dialog.instructions import instructions_for
from dialog.nodes.generated import LOOKED_AT, is_looked_at_first, say_generated
from dialog.nodes.listening import LISTENERS, Listener
from dialog.nodes.registry import Flow, node
from dialog.nodes.world import answer_of
from dialog.program import Step
from dialog.run import Run
from dialog.state import Exchange
from protocol.activity import MESSAGE, Activity

SECONDS = 60.0
REMEMBERS = 10
"""Of the customer's words before, how many the model is told."""
MOST = 60
"""Lines of one exchange: a child agent that still asks gives up."""
LONGEST = 4_000
"""Characters of one line."""


@node(CHILD_AGENT)
def child_agent(run: Run, step: Step) -> Flow:
    """Let the model answer, and the customer, where it asks; then its caller goes on."""
    if not run.frame.topic.is_child_agent:
        raise TopicError(CONTENT, f"{CHILD_AGENT} is a child agent in a file of its own, and no node of a topic")
    if run.frame.stage == LOOKED_AT:
        say_generated(run)
        return _after(run)
    if run.frame.waiting == "reply" and not _took_reply(run):
        return Flow.WAIT
    if not run.agent.answers_in(run.frame.topic):
        return Flow.NEXT
    answer = answer_of(run, step, lambda: _call(run), SECONDS)
    if answer is None:
        return Flow.WAIT
    run.trace("child agent", step, answer.code or ("answered" if answer.value else "nothing to say"))
    if answer.code:
        raise TopicError(answer.code, answer.message)
    return _said(run, answer.value) if isinstance(answer.value, Mapping) else Flow.NEXT


def _took_reply(run: Run) -> bool:
    """Take what the customer has answered, where they have."""
    if run.reply is None:
        return False
    reply, run.reply = run.reply, None
    run.frame.waiting, run.fallback_count = "", 0
    _note(run, Line(text=_words(reply)))
    return True


def _words(said: Activity) -> str:
    return (said.text or str(said.value or "") or "(a file)")[:LONGEST]


def _note(run: Run, line: Line, *, asks: bool = False) -> None:
    lines = run.frame.exchange.lines if run.frame.exchange else ()
    run.frame.exchange = Exchange(lines=(*lines, line), asks=asks)


def _call(run: Run) -> AgentCall:
    if run.frame.exchange is None:
        before = tuple(Line(text=phrase) for phrase in run.phrases[-REMEMBERS:])
        run.frame.exchange = Exchange(lines=before)
    return AgentCall(name=run.frame.topic.name, instructions=instructions_for(run), said=run.frame.exchange.lines)


def _said(run: Run, answer: Mapping[str, Any]) -> Flow:
    text = str(answer.get("text", ""))
    _note(run, Line(text=text[:LONGEST], by_model=True), asks=answer.get("asks") is True)
    if is_looked_at_first(run, text):
        return Flow.MOVED
    say_generated(run)
    return _after(run)


def _after(run: Run) -> Flow:
    """Wait for the customer where the model asked them something, else give the caller what it has said last."""
    exchange = run.frame.exchange or Exchange()
    if exchange.asks and len(exchange.lines) < MOST:
        run.frame.waiting = "reply"
        return Flow.WAIT
    output = run.frame.topic.body.get("outputType")
    declared = output.get("properties") if isinstance(output, Mapping) else None
    if isinstance(declared, Mapping) and len(declared) == 1 and exchange.lines:
        run.frame.variables[str(next(iter(declared)))] = exchange.lines[-1].text
    return Flow.NEXT


def _ask_again(run: Run, _step: Step, _prompt: Any) -> None:
    lines = run.frame.exchange.lines if run.frame.exchange else ()
    if lines:
        run.say(Activity(type=MESSAGE, text=lines[-1].text, text_format="markdown"))


LISTENERS[CHILD_AGENT] = Listener(_ask_again, lambda _run, _step, _reply: None)
"""What the reply means to the model nobody knows before it is asked: another topic that it means interrupts."""

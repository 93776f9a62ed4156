"""The topic machine: one turn as a pure function.

Definition, state, activity and world go in; state, activities and requests come out. Semantics:
docs/decisions/010-topic-semantics.md.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dialog import triggers
from dialog.calls import Answer
from dialog.definition import AgentDefinition
from dialog.errors import CONTENT, TopicError
from dialog.keeping import state_of
from dialog.nodes import NODES, Flow
from dialog.nodes.listening import ask
from dialog.powerfx.kinds import EvaluationError
from dialog.problems import did_you_mean
from dialog.program import Step
from dialog.run import QUEUED, Run
from dialog.state import DialogState
from dialog.turn import FAILED, TICKET, HandoffOutcome, Request, World
from protocol.activity import EVENT, MESSAGE, Activity
from protocol.conversation import Recognition
from protocol.models import Owned
from protocol.signing_in import tells_of_sign_in

__all__ = [
    "DialogState",
    "TurnOutcome",
    "answered",
    "context_of",
    "hear",
    "hears_of",
    "listens_for",
    "resume",
    "silent",
    "start",
    "ticket_left",
]


AUTHORED = (
    EvaluationError,
    KeyError,
    TypeError,
    AttributeError,
    ArithmeticError,
    ValueError,
    RecursionError,
)
"""What authored content raises in shapes that no schema foresees: the topic is wrong then, not the machine."""


class TurnOutcome(Owned):
    """What a turn came to."""

    state: DialogState
    outgoing: tuple[Activity, ...] = ()
    requests: tuple[Request, ...] = ()
    traces: tuple[Activity, ...] = ()
    """What it did, node by node, where the world asked for that: `dialog.tracing`."""
    topic: str = ""
    """The schema name of the topic that is now on top, or nothing."""


def start(agent: AgentDefinition, state: DialogState, world: World) -> TurnOutcome:
    """The turn that begins a conversation: the Conversation Start topics."""
    run = Run(agent, state, world)
    if run.tracer:
        run.tracer.tell("ConversationInfo", {"isDesignMode": False, "locale": world.locale})
    return _turn(run, lambda: triggers.conversation_started(run))


def hear(
    agent: AgentDefinition, state: DialogState, activity: Activity, recognition: Recognition | None, world: World
) -> TurnOutcome:
    """The turn that a message or an event of the customer's makes."""
    run = Run(agent, state, world, activity)
    if activity.type == MESSAGE:
        return _turn(run, lambda: triggers.message(run, activity, recognition))
    if activity.type == EVENT:
        return _turn(run, lambda: triggers.event(run, activity))
    return _turn(run, lambda: triggers.other(run, activity))


def resume(agent: AgentDefinition, state: DialogState, outcome: HandoffOutcome, world: World) -> TurnOutcome:
    """The turn that goes on behind a transfer, which now knows how the handoff went."""
    run = Run(agent, state, world)
    run.handoff = {name: str(value) for name, value in outcome.model_dump().items() if value}

    def go_on() -> None:
        if run.stack and run.frame.waiting == "handoff" and run.frame.position:
            step = run.frame.topic.program.steps[run.frame.position]
            run.frame.waiting, run.frame.position = "", step.next
        elif run.stack and run.frame.waiting == "reply" and run.frame.position and outcome.status != "failed":
            # An operator had it tried again while the bot asked something.
            ask(run, run.frame.topic.program.steps[run.frame.position])
        if outcome.status == "failed":
            # Above the topic that asked, which goes on when these are done.
            triggers.ours(run, Activity(type=EVENT, name=FAILED, value={"reason": outcome.reason}))

    return _turn(run, go_on)


def ticket_left(agent: AgentDefinition, state: DialogState, left: Mapping[str, str], world: World) -> TurnOutcome:
    """The turn that tells the topics what came of a ticket: `state` ("left" or "failed"), `id`, `url`, `hub`."""
    told = Activity(type=EVENT, name=TICKET, value=dict(left))
    run = Run(agent, state, world)
    return _turn(run, lambda: triggers.ours(run, told))


def hears_of(agent: AgentDefinition, name: str) -> bool:
    """Whether any topic is for this event of Baton's own."""
    return any(topic.trigger.get("eventName") == name for topic in agent.triggered_by("OnEventActivity"))


def answered(agent: AgentDefinition, state: DialogState, answer: Answer, world: World) -> TurnOutcome:
    """The turn that goes on at the node that asked the world; nothing happens where none is waiting any more."""
    asking = state.asking
    run = Run(agent, state, world, asking.activity if asking else None)
    run.recognition = asking.heard if asking else None

    def go_on() -> None:
        if asking and len(run.stack) == asking.depth and run.frame.waiting == "world":
            run.answer, run.asking = answer, None

    return _turn(run, go_on)


def silent(agent: AgentDefinition, state: DialogState, seconds: float, world: World) -> TurnOutcome:
    """The turn in which topics speak up because the customer has said nothing for so long."""
    run = Run(agent, state, world)
    return _turn(run, lambda: triggers.silence(run, seconds))


def listens_for(agent: AgentDefinition, state: DialogState, activity: Activity) -> bool:
    """Whether any topic is for this activity, which is neither message nor event, or a card that is open for it."""
    if state.stack and state.stack[-1].waiting == "reply" and tells_of_sign_in(activity):
        return True
    return bool(triggers.for_activity(agent, activity.type))


def context_of(state: DialogState) -> Mapping[str, Any]:
    """What the dialog knows for the representative: last topic, topics, phrases."""
    return {"last_topic": state.topics[-1] if state.topics else "", "topics": state.topics, "phrases": state.phrases}


def _turn(run: Run, begin: Callable[[], None]) -> TurnOutcome:
    try:
        begin()
        _run_stack(run)
    except TopicError as error:
        _run_on_error(run, error)
    except AUTHORED as error:
        _run_on_error(run, TopicError(CONTENT, f"{type(error).__name__}: {error}"))
    return TurnOutcome(
        state=state_of(run),
        outgoing=tuple(run.outgoing),
        requests=tuple(run.requests),
        traces=run.tracer.all() if run.tracer else (),
        topic=run.stack[-1].topic.name if run.stack else "",
    )


def _run_stack(run: Run) -> None:
    """Run nodes until one waits or there is nothing left to run."""
    while True:
        if not run.stack:
            if not triggers.next_queued(run):
                return
        elif run.frame.position is None:
            if _end_top(run) is Flow.WAIT:
                return
        elif _is_over(run, _run_node(run, run.frame.topic.program.steps[run.frame.position])):
            return


def _is_over(run: Run, flow: Flow) -> bool:
    """Whether the turn ends here: a node waits, or a question that was interrupted has been asked once more."""
    return flow is Flow.WAIT or (run.uncovered and _ask_again(run) is Flow.WAIT)


def _run_node(run: Run, step: Step) -> Flow:
    run.count()
    action = NODES.get(step.kind)
    if run.tracer:
        run.tracer.node(run.frame.topic, step)
    if action is None:
        raise TopicError(CONTENT, f'there are no nodes of kind "{step.kind}"{did_you_mean(step.kind, NODES)}')
    frame = run.frame
    if frame.stage == QUEUED:
        frame.stage = ""
    try:
        flow = action(run, step)
    except AUTHORED as error:
        raise TopicError(CONTENT, f"{step.kind} {step.key}: {type(error).__name__}: {error}") from error
    if flow is Flow.NEXT:
        frame.position = step.next
    return flow


def _end_top(run: Run) -> Flow:
    run.end_topic()
    return _ask_again(run)


def _ask_again(run: Run) -> Flow:
    """Ask once more the question that a topic interrupted; that is no failed attempt."""
    run.uncovered = False
    if run.stack and triggers.start_selected(run):
        return Flow.MOVED
    if run.stack and run.frame.waiting == "reply" and run.frame.position and run.reply is None:
        step = run.frame.topic.program.steps[run.frame.position]
        ask(run, step)
        return Flow.WAIT
    return Flow.NEXT


def _run_on_error(run: Run, error: TopicError) -> None:
    """On Error takes over; an error in On Error itself ends the turn, and does not start it again."""
    if run.tracer:
        run.tracer.failed(error.code, error.message)
    run.error = error
    run.cancel_all()
    run.allow_more()
    topics = run.agent.triggered_by("OnError")
    if not topics:
        run.outgoing.append(Activity(type=MESSAGE, text=f"Something went wrong ({error.code}). Please try again."))
        return
    try:
        run.begin(topics[0].name)
        _run_stack(run)
    except (TopicError, *AUTHORED) as second:
        if run.tracer:
            run.tracer.failed(getattr(second, "code", CONTENT), str(second))
        run.cancel_all()

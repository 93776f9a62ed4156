"""From topic to topic: the nodes of "Topic management", and their siblings."""

from collections.abc import Mapping
from typing import Any

from dialog.errors import CONTENT, TopicError
from dialog.nodes.handing_on import hand_to_all, hand_to_top, hands_on_in
from dialog.nodes.registry import Flow, node
from dialog.powerfx.encoding import text_of
from dialog.powerfx.values import Value
from dialog.program import Step
from dialog.run import QUEUED, Run
from dialog.turn import EndConversation
from protocol.activity import END_OF_CONVERSATION, Activity


def target_of(run: Run, authored: Any) -> str:
    """The schema name of the topic that a redirect goes to; a formula may give it."""
    name = text_of(run.value(authored)) if str(authored).lstrip().startswith("=") else str(authored)
    return name.strip()


def inputs_of(run: Run, step: Step) -> dict[str, Value]:
    """What a redirect gives its target, by the names of the target's inputs."""
    authored = step.properties.get("input")
    binding = authored.get("binding") if isinstance(authored, Mapping) else None
    return {str(name): run.value(value) for name, value in binding.items()} if isinstance(binding, Mapping) else {}


def outputs_of(step: Step) -> dict[str, str]:
    """Which outputs of the target go to which variables of this topic."""
    authored = step.properties.get("output")
    binding = authored.get("binding") if isinstance(authored, Mapping) else None
    return {str(name): str(variable) for name, variable in binding.items()} if isinstance(binding, Mapping) else {}


@node("BeginDialog", "ActivateExternalTrigger")
def begin_dialog(run: Run, step: Step) -> Flow:
    """Go to another topic; this one goes on behind the redirect when that one ends."""
    target, inputs = target_of(run, step.properties.get("dialog")), inputs_of(run, step)
    hands_on = hands_on_in(run, step)
    run.frame.position = step.next
    run.begin(target, inputs, outputs_of(step))
    if hands_on:
        hand_to_top(run)
    return Flow.MOVED


@node("ReplaceDialog")
def replace_dialog(run: Run, step: Step) -> Flow:
    """Go to another topic instead of this one: this one's caller goes on, with its outputs, when that one ends."""
    target, inputs = target_of(run, step.properties.get("dialog")), inputs_of(run, step)
    hands_on = hands_on_in(run, step)
    outputs = run.frame.outputs
    run.frame.outputs = {}
    run.end_topic()
    run.begin(target, inputs, outputs)
    if hands_on:
        hand_to_top(run)
    return Flow.MOVED


@node("RepeatDialog")
def repeat_dialog(run: Run, step: Step) -> Flow:
    """Begin this topic anew, with its variables forgotten."""
    inputs, hands_on, frame = inputs_of(run, step), hands_on_in(run, step), run.frame
    frame.variables, frame.executed, frame.position = dict(inputs), (), frame.topic.program.first
    frame.loops.clear()
    if hands_on:
        hand_to_top(run)
    return Flow.MOVED


@node("EndDialog")
def end_dialog(run: Run, step: Step) -> Flow:
    """End this topic; its caller goes on."""
    clears = step.properties.get("clearTopicQueue", True)
    run.end_topic()
    if clears:
        run.queue.clear()
        while run.stack and run.frame.stage == QUEUED:
            run.stack.pop()
    return Flow.MOVED


@node("CancelDialog")
def cancel_dialog(run: Run, step: Step) -> Flow:
    """Give this topic up: its outputs are not handed over; its caller goes on."""
    hands_on = hands_on_in(run, step)
    run.frame.outputs.clear()
    run.end_topic()
    if hands_on:
        hand_to_top(run)
    return Flow.MOVED


@node("CancelAllDialogs")
def cancel_all_dialogs(run: Run, step: Step) -> Flow:
    """End all topics. The next message is as the first of a conversation; globals survive."""
    run.trace("cancel all", step)
    hands_on = hands_on_in(run, step)
    run.handed_on.update(frame.topic.name for frame in run.stack)
    run.cancel_all()
    if hands_on:
        hand_to_all(run)
    return Flow.MOVED


@node("GotoAction")
def goto_action(run: Run, step: Step) -> Flow:
    """Go on at any node of this topic, in whichever branch it stands."""
    target = str(step.properties.get("actionId", ""))
    if target not in run.frame.topic.program.steps:
        raise TopicError(CONTENT, f'this topic has no node "{target}"')
    place = run.frame.topic.program.steps[target].path
    # A loop that the jump leaves is over: coming back to it begins it anew.
    steps = run.frame.topic.program.steps
    run.frame.loops = {
        key: loop for key, loop in run.frame.loops.items() if place[: len(steps[key].path)] == steps[key].path
    }
    run.frame.position = target
    return Flow.MOVED


@node("EndConversation")
def end_conversation(run: Run, _step: Step) -> Flow:
    """End the conversation: the channel is told, and no topic goes on."""
    run.say(Activity(type=END_OF_CONVERSATION, code="completedSuccessfully"))
    run.requests.append(EndConversation())
    run.cancel_all()
    return Flow.MOVED

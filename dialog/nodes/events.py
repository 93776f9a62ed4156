"""Events that topics raise themselves, and the rest of what an activity may be besides a message."""

from dialog.errors import CONTENT, TopicError
from dialog.nodes.registry import Flow, node
from dialog.nodes.talking import activity_of
from dialog.powerfx.encoding import plain
from dialog.powerfx.values import Record, Table
from dialog.program import Step
from dialog.run import Run
from dialog.understood import fires
from protocol.activity import EVENT, Activity, ChannelAccount

MESSAGE_UPDATE = "messageUpdate"
MESSAGE_DELETE = "messageDelete"


@node("EmitEvent")
def emit_event(run: Run, step: Step) -> Flow:
    """Raise an event: topics for it come first, and where there are none the customer's client is sent it."""
    name = run.text(step.properties.get("eventName"))
    value = plain(run.value(step.properties.get("eventValue")))
    how = step.properties.get("eventType") or "ActivityIfUnhandled"
    raised = Activity(type=EVENT, name=name, value=value)
    topics = [
        topic
        for topic in run.agent.triggered_by("OnEventActivity")
        if topic.trigger.get("eventName") == name and topic.name != run.frame.topic.name and fires(run, topic)
    ]
    if how == "Activity" or (how == "ActivityIfUnhandled" and not topics):
        run.say(raised)
        return Flow.NEXT
    run.frame.position = step.next
    if topics:
        run.activity = raised
    run.begin_all(topic.name for topic in topics)
    return Flow.MOVED


@node("LogCustomTelemetryEvent")
def log_custom_telemetry_event(run: Run, step: Step) -> Flow:
    """Write an event of the author's into the trace."""
    if run.tracer:
        name = run.text(step.properties.get("eventName"))
        run.trace("telemetry", step, {"name": name, "properties": plain(run.value(step.properties.get("properties")))})
    return Flow.NEXT


@node("UpdateActivity")
def update_activity(run: Run, step: Step) -> Flow:
    """Change what was said: a channel that cannot is told in vain."""
    said = activity_of(run, step.properties.get("activity"), step.key)
    run.say(said.model_copy(update={"type": MESSAGE_UPDATE, "reply_to_id": _activity_id(run, step)}))
    return Flow.NEXT


@node("DeleteActivity")
def delete_activity(run: Run, step: Step) -> Flow:
    """Take back what was said: a channel that cannot is told in vain."""
    run.say(Activity(type=MESSAGE_DELETE, reply_to_id=_activity_id(run, step)))
    return Flow.NEXT


@node("GetConversationMembers", "GetActivityMembers")
def get_members(run: Run, step: Step) -> Flow:
    """Who takes part: the customer, and the agent."""
    sender = (run.activity and run.activity.from_) or ChannelAccount()
    customer = Record({"Id": sender.id or None, "Name": sender.name, "Role": "user"})
    bot = Record({"Id": run.agent.schema_name, "Name": run.agent.display_name, "Role": "bot"})
    if step.properties.get("variable"):
        run.set(str(step.properties["variable"]), Table([customer, bot]))
    return Flow.NEXT


@node("DisableTrigger")
def disable_trigger(run: Run, step: Step) -> Flow:
    """Turn a topic's trigger off for the rest of the conversation; redirects still reach it."""
    name = run.text(step.properties.get("dialog")).strip()
    if name not in run.agent.topics:
        raise TopicError(CONTENT, f'DisableTrigger {step.key}: there is no topic "{name}"')
    run.disabled = (*run.disabled, name) if name not in run.disabled else run.disabled
    return Flow.NEXT


@node("DisconnectedNodeContainer")
def disconnected_nodes(_run: Run, _step: Step) -> Flow:
    """Nodes that the author has cut off: nothing leads to them."""
    return Flow.NEXT


def _activity_id(run: Run, step: Step) -> str | None:
    return run.text(step.properties.get("activityId")) or None

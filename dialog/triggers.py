"""What an incoming activity starts: the answer to a question, an interruption, a topic, several, or the fallback."""

from dialog.definition import AgentDefinition, Topic
from dialog.nodes.listening import match_of
from dialog.nodes.signing_in import answers_card, topics_to_begin_with
from dialog.recognizer import decide
from dialog.run import Run
from dialog.silences import for_silence
from dialog.understood import INTERRUPTION, fires, mention, possible, queue, selected, selector, understand
from protocol.activity import CONVERSATION_UPDATE, Activity
from protocol.conversation import Recognition

INTERRUPTS = 0.5
"""How sure the recogniser must be of another topic to let it interrupt an open question."""
MENTIONED = ("OnRecognizedIntent", "OnEscalate", "OnSystemIntent")
"""Triggers that a phrase can fire."""


def may_be_meant(topic: Topic) -> bool:
    """Whether a customer's words can start the topic: by its phrases, or, as a child agent, by its description."""
    return topic.kind in MENTIONED or topic.is_child_agent


def conversation_started(run: Run) -> None:
    """Queue the topics for a beginning: Sign in, the update that tells who takes part, then Conversation Start."""
    queue(run, topics_to_begin_with(run))
    told = [topic for topic in run.agent.triggered_by("OnActivity") if _is_for(topic, CONVERSATION_UPDATE)]
    if told and run.agent.rules >= 3:
        run.activity = Activity(type=CONVERSATION_UPDATE)
        queue(run, told)
    queue(run, list(run.agent.triggered_by("OnConversationStart")))


def message(run: Run, activity: Activity, recognition: Recognition | None) -> None:
    """The customer says something."""
    text = (activity.text or "").strip()
    run.last_message, run.recognition = text, recognition
    if text:
        run.phrases.append(text[:500])
    if run.stack and run.frame.waiting == "reply" and run.frame.position:
        _reply(run, activity, recognition)
        return
    # What waits for a handoff here was given up: the message is as the first of a conversation.
    run.cancel_all()
    queue(run, for_activity(run.agent, "message"))
    queue(run, understand(run, recognition))


def event(run: Run, activity: Activity) -> None:
    """The customer's client tells something that nobody says."""
    if answers_card(run, activity):
        run.reply = activity
        return
    named = [
        topic
        for topic in run.agent.triggered_by("OnEventActivity")
        if topic.trigger.get("eventName") in {None, activity.name}
    ]
    _start_above(run, [*for_activity(run.agent, "event"), *named])


def ours(run: Run, told: Activity) -> None:
    """Baton itself tells something: to topics that are for exactly that, and to no others."""
    run.activity = told
    _start_above(
        run,
        [topic for topic in run.agent.triggered_by("OnEventActivity") if topic.trigger.get("eventName") == told.name],
    )


def other(run: Run, activity: Activity) -> None:
    """Any other activity, an invoke or a conversation update: topics for its type."""
    if answers_card(run, activity):
        run.reply = activity
        return
    _start_above(run, for_activity(run.agent, activity.type))


def silence(run: Run, seconds: float) -> None:
    """The customer has said nothing for so long."""
    _start_above(run, for_silence(run, seconds))


def next_queued(run: Run) -> bool:
    """With no topic left: start what Multiple Topics Matched selected, or what still waits in the queue."""
    if start_selected(run):
        return True
    if not run.queue:
        return False
    rest = run.queue[1:]
    run.begin(run.queue[0])
    run.queue = rest
    return True


def start_selected(run: Run) -> bool:
    """Start what Multiple Topics Matched has selected, once that topic has ended."""
    if not run.selecting or any(frame.topic.kind == "OnSelectIntent" for frame in run.stack):
        return False
    run.selecting = False
    name = selected(run)
    if name is None:
        return False
    mention(run, run.agent.topics[name])
    run.begin(name)
    return True


def for_activity(agent: AgentDefinition, activity_type: str) -> list[Topic]:
    """The topics for an activity of this type: those for any activity first, then those for exactly this one."""
    topics = agent.triggered_by("OnActivity")
    anything = [topic for topic in topics if topic.trigger.get("type") is None]
    return anything + [topic for topic in topics if _is_for(topic, activity_type)]


def _is_for(topic: Topic, activity_type: str) -> bool:
    """Whether a topic for activities is for exactly this type."""
    return str(topic.trigger.get("type", "")).casefold() == activity_type.casefold()


def _start_above(run: Run, topics: list[Topic]) -> None:
    """Start topics that nobody asked for: an open question is not answered by them; they come above it."""
    queue(run, topics)
    if run.stack:
        started, run.queue = run.queue, []
        run.begin_all(started)


def _reply(run: Run, activity: Activity, recognition: Recognition | None) -> None:
    """A reply to the open question: an exact answer wins over another topic, which wins over a near answer."""
    step = run.frame.topic.program.steps[run.frame.position or ""]
    found = match_of(run, step, activity)
    if not (found and found.exact) and (topic := _interrupting(run, recognition)):
        run.fallback_count = 0
        if may_be_meant(topic):
            mention(run, topic)
        run.begin(topic.name)
        return
    run.reply = activity


def _interrupting(run: Run, recognition: Recognition | None) -> Topic | None:
    """The topic that interrupts the open question: one that was meant, or the choice among several."""
    policy = run.frame.topic.program.steps[run.frame.position or ""].properties.get("interruptionPolicy") or {}
    if recognition is None or not policy.get("allowInterruption", True):
        return None
    allowed = (policy.get("interruptionTopicListFilter") or {}).get("allowedInterruptTopics")
    # Where the customer seems to speak of the topic that asks, it is no other topic that they want.
    candidates = [ranked for ranked in possible(run, recognition).ranked if allowed is None or ranked.topic in allowed]
    sure = [ranked for ranked in candidates if ranked.score >= INTERRUPTS]
    if not sure or sure[0].topic == run.frame.topic.name or sure[0] is not recognition.ranked[0]:
        return None
    decision = decide(recognition.model_copy(update={"ranked": tuple(candidates)}))
    if chooser := selector(run, decision.several, INTERRUPTION):
        return chooser
    topic = run.agent.topics[sure[0].topic]
    return topic if may_be_meant(topic) and fires(run, topic) else None

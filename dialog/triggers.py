"""What an incoming activity starts: the answer to a question, an interruption, a topic, several, or the fallback."""

from dialog.definition import Topic
from dialog.nodes.asking import match_of
from dialog.powerfx.values import Record, Table, from_plain
from dialog.recognizer import Decision, decide
from dialog.run import Run
from protocol.activity import Activity
from protocol.conversation import Ranked, Recognition

INTERRUPTS = 0.5
"""How sure the recogniser must be of another topic to let it interrupt an open question."""
MENTIONED = ("OnRecognizedIntent", "OnEscalate", "OnSystemIntent")
"""Triggers that a phrase can fire."""


def conversation_started(run: Run) -> None:
    """Queue the Conversation Start topics."""
    run.queue.extend(topic.name for topic in run.agent.triggered_by("OnConversationStart") if _fires(run, topic))


def message(run: Run, activity: Activity, recognition: Recognition | None) -> None:
    """The customer says something."""
    text = (activity.text or "").strip()
    run.last_message = text
    if text:
        run.phrases.append(text[:500])
    if run.stack and run.frame.waiting == "reply" and run.frame.position:
        _reply(run, activity, recognition)
        return
    # What waits for a handoff here was given up: the message is as the first of a conversation.
    run.cancel_all()
    if any(_started(run, topic) for topic in _for_activity(run, "Message")):
        return
    _recognised(run, recognition)


def event(run: Run, activity: Activity) -> None:
    """The customer's client tells something that nobody says."""
    named = [
        topic
        for topic in run.agent.triggered_by("OnEventActivity")
        if topic.trigger.get("eventName") in {None, activity.name}
    ]
    _start_above(run, [*named, *_for_activity(run, "Event")])


def ours(run: Run, told: Activity) -> None:
    """Baton itself tells something: to topics that are for exactly that, and to no others."""
    run.activity = told
    _start_above(
        run,
        [topic for topic in run.agent.triggered_by("OnEventActivity") if topic.trigger.get("eventName") == told.name],
    )


def _start_above(run: Run, topics: list[Topic]) -> None:
    """Start topics that nobody asked for: an open question is not answered by them; they come above it."""
    run.queue.extend(topic.name for topic in topics if _fires(run, topic))
    if run.stack:
        for name in reversed(run.queue):
            run.begin(name)
        run.queue.clear()


def other(run: Run, activity: Activity) -> None:
    """Any other activity: topics for its type."""
    if not run.stack:
        run.queue.extend(topic.name for topic in _for_activity(run, activity.type) if _fires(run, topic))


def next_queued(run: Run) -> bool:
    """With no topic left: start what Multiple Topics Matched selected, or what still waits in the queue."""
    if run.selecting:
        run.selecting = False
        selected = run.recognizer.get("SelectedIntent")
        name = selected.get("TopicId") if isinstance(selected, Record) else None
        if isinstance(name, str) and name in run.agent.topics:
            _mention(run, run.agent.topics[name])
            run.begin(name)
            return True
    if not run.queue:
        return False
    rest = run.queue[1:]
    run.begin(run.queue[0])
    run.queue = rest
    return True


def _reply(run: Run, activity: Activity, recognition: Recognition | None) -> None:
    """A reply to the open question: an exact answer wins over another topic, which wins over a near answer."""
    step = run.frame.topic.program.steps[run.frame.position or ""]
    found = match_of(run, step, activity)
    if not (found and found.exact) and (topic := _interrupting(run, recognition)):
        run.fallback_count = 0
        _mention(run, topic)
        run.begin(topic.name)
        return
    run.reply = activity


def _interrupting(run: Run, recognition: Recognition | None) -> Topic | None:
    policy = run.frame.topic.program.steps[run.frame.position or ""].properties.get("interruptionPolicy") or {}
    if recognition is None or not policy.get("allowInterruption", True):
        return None
    winner = next((ranked for ranked in recognition.ranked if ranked.topic != run.frame.topic.name), None)
    if winner is None or winner is not recognition.ranked[0] or winner.score < INTERRUPTS:
        return None
    allowed = (policy.get("interruptionTopicListFilter") or {}).get("allowedInterruptTopics")
    if allowed is not None and winner.topic not in allowed:
        return None
    topic = run.agent.topics.get(winner.topic)
    return topic if topic and topic.kind in MENTIONED and _fires(run, topic) else None


def _recognised(run: Run, recognition: Recognition | None) -> None:
    decision = decide(_possible(run, recognition)) if recognition else Decision()
    if decision.several and _select(run, decision.several):
        return
    winner = decision.winner or (decision.several[0].topic if decision.several else None)
    if winner:
        run.fallback_count = 0
        _mention(run, run.agent.topics[winner])
        run.begin(winner)
        return
    run.fallback_count += 1
    run.queue.extend(topic.name for topic in run.agent.triggered_by("OnUnknownIntent") if _fires(run, topic))


def _possible(run: Run, recognition: Recognition) -> Recognition:
    """What of a recognition the agent has, and whose condition lets it fire."""
    topics = run.agent.topics
    ranked = tuple(found for found in recognition.ranked if found.topic in topics and _fires(run, topics[found.topic]))
    return recognition.model_copy(update={"ranked": ranked})


def _select(run: Run, several: tuple[Ranked, ...]) -> bool:
    """Let the customer choose among topics that are close; False where there is nothing to choose."""
    options = [
        ranked for ranked in several if run.agent.topics[ranked.topic].intent.get("includeInOnSelectIntent", True)
    ]
    selecting = run.agent.triggered_by("OnSelectIntent")
    if len(options) < 2 or not selecting:
        return False
    run.recognizer["IntentOptions"] = Table(_option(run, ranked) for ranked in options)
    run.recognizer["SelectedIntent"] = None
    run.recognizer["MultipleTopicsMatchedReason"] = "Recognition"
    run.fallback_count = 0
    run.begin(selecting[0].name)
    run.selecting = True
    return True


def _option(run: Run, ranked: Ranked) -> Record:
    topic = run.agent.topics[ranked.topic]
    return Record(
        {
            "DisplayName": str(topic.intent.get("displayName") or topic.display_name),
            "TopicId": topic.name,
            "TriggerId": str(topic.trigger.get("id", "main")),
            "Score": from_plain(ranked.score),
        }
    )


def _for_activity(run: Run, activity_type: str) -> list[Topic]:
    wanted = {None, activity_type, activity_type[:1].upper() + activity_type[1:]}
    return [topic for topic in run.agent.triggered_by("OnActivity") if topic.trigger.get("type") in wanted]


def _started(run: Run, topic: Topic) -> bool:
    if not _fires(run, topic):
        return False
    run.begin(topic.name)
    return True


def _fires(run: Run, topic: Topic) -> bool:
    return run.boolean(topic.trigger.get("condition"), default=True)


def _mention(run: Run, topic: Topic) -> None:
    """Remember a topic that the customer's own words started; those reached by redirect are not told."""
    run.topics.append(topic.display_name)

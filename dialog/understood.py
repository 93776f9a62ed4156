"""What a recognition leads to: one topic, a choice among several, or the topics for what nobody understands."""

from dialog.definition import Topic
from dialog.powerfx.values import Record, Table, from_plain
from dialog.recognizer import Decision, decide
from dialog.run import Run
from protocol.conversation import Ranked, Recognition

RECOGNITION = "Recognition"
INTERRUPTION = "Interruption"


def fires(run: Run, topic: Topic) -> bool:
    """Whether a trigger may start the topic now: it is turned on, its condition holds, it has not run its once."""
    if topic.name in run.disabled or (topic.name in run.fired and topic.trigger.get("runOnce") is True):
        return False
    return run.boolean(topic.trigger.get("condition"), default=True)


def queue(run: Run, topics: list[Topic]) -> None:
    """Let those topics have their turn, one after another, whose triggers fire."""
    for topic in topics:
        if fires(run, topic):
            run.fired.add(topic.name)
            run.queue.append(topic.name)


def understand(run: Run, recognition: Recognition | None) -> list[Topic]:
    """The topics that a message starts, as far as words decide it."""
    decision = decide(possible(run, recognition)) if recognition else Decision()
    chooser = selector(run, decision.several, RECOGNITION)
    if chooser:
        run.fallback_count = 0
        return [chooser]
    winner = decision.winner or (decision.several[0].topic if decision.several else None)
    if winner:
        run.fallback_count = 0
        topic = run.agent.topics[winner]
        mention(run, topic, _score(recognition, winner))
        return [topic]
    run.fallback_count += 1
    if run.tracer:
        run.tracer.tell("UnknownIntent", {"userQuery": run.last_message})
    return list(run.agent.triggered_by("OnUnknownIntent"))


def possible(run: Run, recognition: Recognition) -> Recognition:
    """What of a recognition the agent has, and whose trigger may fire."""
    topics = run.agent.topics
    ranked = tuple(found for found in recognition.ranked if found.topic in topics and fires(run, topics[found.topic]))
    return recognition.model_copy(update={"ranked": ranked})


def selector(run: Run, several: tuple[Ranked, ...], reason: str) -> Topic | None:
    """The topic that lets the customer choose among topics that are close; None where there is nothing to choose."""
    options = [
        ranked for ranked in several if run.agent.topics[ranked.topic].intent.get("includeInOnSelectIntent", True)
    ]
    if len(options) < 2:
        return None
    selecting = [topic for topic in run.agent.triggered_by("OnSelectIntent") if _selects(topic, reason)]
    chooser = next((topic for topic in selecting if fires(run, topic)), None)
    if chooser is None:
        return None
    run.recognizer["IntentOptions"] = Table(_option(run, ranked) for ranked in options)
    run.recognizer["SelectedIntent"] = None
    run.recognizer["MultipleTopicsMatchedReason"] = reason
    return chooser


def selected(run: Run) -> str | None:
    """The topic that the customer has chosen, if they chose one."""
    option = run.recognizer.get("SelectedIntent")
    name = option.get("TopicId") if isinstance(option, Record) else None
    return name if isinstance(name, str) and name in run.agent.topics else None


def mention(run: Run, topic: Topic, score: float | None = None) -> None:
    """Remember a topic that the customer's own words started; those reached by redirect are not told."""
    run.topics.append(topic.display_name)
    run.meant.add(topic.name)
    if run.tracer:
        run.tracer.tell(
            "IntentRecognition",
            {
                "intentTitle": topic.display_name,
                "intentId": topic.name,
                "intentType": topic.kind,
                "triggerUtterance": run.last_message,
                "intentScore": score,
            },
        )


def _selects(topic: Topic, reason: str) -> bool:
    return reason != INTERRUPTION or topic.trigger.get("triggerBehavior") == "Always"


def _score(recognition: Recognition | None, winner: str) -> float | None:
    ranked = recognition.ranked if recognition else ()
    return next((found.score for found in ranked if found.topic == winner), None)


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

import json
from pathlib import Path
from typing import Any

import pytest

from dialog.recognizer import Decision, compile_recognizer, decide

PHRASES = {
    "contoso.topic.Escalate": ["talk to agent", "speak to a human", "I want a representative"],
    "contoso.topic.Outage": ["my system is down", "point of sale does not work", "outage"],
    "contoso.topic.Hours": ["when are you open", "opening hours"],
}
SAMPLE = Path(__file__).parents[2] / "../shared/corpora/intents/clinc_sample.json"


@pytest.mark.parametrize(
    ("said", "topic"),
    [("speak to agent", "Escalate"), ("my whole point-of-sale system is down", "Outage"), ("Opening hours?", "Hours")],
)
def test_a_paraphrase_finds_its_topic(said: str, topic: str) -> None:
    """Words of two phrases of one topic lead to that topic."""
    decision = decide(compile_recognizer(PHRASES).recognise(said, "1"))
    assert decision.winner == f"contoso.topic.{topic}"


@pytest.mark.parametrize("said", ["", "???", "purple elephants juggle"])
def test_strange_talk_finds_nothing(said: str) -> None:
    """What resembles no phrase is nobody's."""
    assert decide(compile_recognizer(PHRASES).recognise(said, "1")) == Decision()


def test_a_phrase_word_for_word_scores_one_under_its_version() -> None:
    """The version goes into the recognition, and a phrase itself is certain."""
    recognition = compile_recognizer(PHRASES).recognise("Talk to agent!", "7")
    assert (recognition.version, recognition.ranked[0].score) == ("7", 1.0)


@pytest.mark.skipif(not SAMPLE.exists(), reason="the intents corpus is not here")
def test_the_corpus_is_told_apart() -> None:
    """Of forty intents with ten phrases each, the best-ranked is right in at least 87 of 100 utterances."""
    intents: dict[str, Any] = json.loads(SAMPLE.read_text())["intents"]
    recognizer = compile_recognizer({name: intent["trigger_phrases"] for name, intent in intents.items()})
    said = [
        (name, recognizer.recognise(text, "1")) for name, intent in intents.items() for text in intent["utterances"]
    ]
    right = sum(bool(found.ranked) and found.ranked[0].topic == name for name, found in said)
    assert right / len(said) >= 0.87

import json
from pathlib import Path

import pytest

from dialog.recognizer import Decision, Recognizer, compile_recognizer, decide
from dialog.recognizer.__main__ import main
from dialog.recognizer.evaluation import Corpus, evaluate
from dialog.recognizer.learning import DIGITS, MOST, PENALTY, learnt

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


def test_topics_that_are_close_are_both_named() -> None:
    """What two topics claim alike is left to the customer."""
    both = {"a.topic.Order": ["cancel my order", "stop an order"], "a.topic.Visit": ["cancel my visit", "stop a visit"]}
    decision = decide(compile_recognizer(both).recognise("cancel my", "1"))
    assert {ranked.topic for ranked in decision.several} == set(both)


def test_contractions_are_the_words_they_stand_for() -> None:
    """Nobody authors a phrase for each way to write it."""
    topic = {"a.topic.Name": ["what is your name"], "a.topic.Hours": ["when are you open"]}
    recognition = compile_recognizer(topic).recognise("What’s your name?", "1")
    assert recognition.ranked[0].score == 1.0


def test_what_was_learnt_is_used_again() -> None:
    """A published agent brings along what was learnt from its phrases, and recognises with it as before."""
    first = Recognizer(PHRASES)
    second = Recognizer(PHRASES, first.learnt)
    assert second.learnt == first.learnt != ()
    assert second.recognise("the system is not open", "1") == first.recognise("the system is not open", "1")


def test_what_was_learnt_from_other_phrases_is_not_used() -> None:
    """Else a topic that was added would be scored by another's numbers."""
    fewer = dict(list(PHRASES.items())[:2])
    assert Recognizer(PHRASES, Recognizer(fewer).learnt).learnt == Recognizer(PHRASES).learnt


def test_an_agent_with_very_many_phrases_is_recognised_by_nearness() -> None:
    """Learning takes too long then; a phrase and what is like it are found all the same."""
    many = {f"a.topic.T{number}": [f"word{number} thing{number} please"] for number in range(MOST + 1)}
    recognizer = Recognizer(many)
    assert recognizer.learnt == ()
    assert decide(recognizer.recognise("thing7 word7", "1")).winner == "a.topic.T7"


def test_a_regression_solves_its_equations() -> None:
    """(K + PENALTY I) x = y, for every topic."""
    whole = [[1.0, 0.5, 0.1], [0.5, 1.0, 0.3], [0.1, 0.3, 1.0]]
    for topic, speaks in enumerate(learnt([row[: number + 1] for number, row in enumerate(whole)], [0, 1, 1], 2)):
        for number, row in enumerate(whole):
            total = sum(a * b for a, b in zip(row, speaks, strict=True)) + PENALTY * speaks[number]
            assert total == pytest.approx(float([0, 1, 1][number] == topic), abs=5 * 10**-DIGITS)


def test_a_file_is_evaluated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The figures of a small corpus, for machines."""
    intents = {name: {"trigger_phrases": phrases, "utterances": phrases[:1]} for name, phrases in PHRASES.items()}
    file = tmp_path / "corpus.json"
    file.write_text(json.dumps({"source": "here", "intents": intents, "out_of_scope": ["purple elephants juggle"]}))
    assert main(["--evaluate", str(file), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["accuracy"], figures["out_of_scope_rejection"], figures["utterances"]) == (1.0, 1.0, 3)
    assert main(["--evaluate", str(tmp_path / "none.json")]) == 1


@pytest.mark.skipif(not SAMPLE.exists(), reason="the intents corpus is not here")
def test_the_corpus_is_told_apart() -> None:
    """Forty intents of ten phrases: at one threshold, 87 in 100 go to their topic and 85 of the others to none."""
    figures = evaluate(Corpus.model_validate_json(SAMPLE.read_bytes()))
    assert figures.accuracy >= 0.87
    assert figures.out_of_scope_rejection >= 0.85
    assert figures.ms_an_utterance < 2

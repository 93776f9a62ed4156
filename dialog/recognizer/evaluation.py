"""Measuring the recogniser against utterances whose intents are known."""

import time
from collections.abc import Mapping

from dialog.recognizer.decision import CERTAIN, decide
from dialog.recognizer.phrases import Recognizer
from protocol.models import Foreign, Owned


class Intent(Foreign):
    """What one intent is recognised by, and what people said who meant it."""

    trigger_phrases: tuple[str, ...]
    utterances: tuple[str, ...] = ()

    model_config = {"alias_generator": None}


class Corpus(Foreign):
    """Intents, and what people said who meant none of them."""

    intents: Mapping[str, Intent]
    out_of_scope: tuple[str, ...] = ()

    model_config = {"alias_generator": None}


class Figures(Owned):
    """What the recogniser made of a corpus. Shares are from 0 to 1."""

    utterances: int
    out_of_scope: int
    threshold: float
    accuracy: float
    """Utterances that went to their own topic, and to no choice."""
    asked: float
    """Utterances for which the customer is asked, and their own topic is among those to choose from."""
    elsewhere: float
    """Utterances that went to another topic, or to a choice without their own."""
    out_of_scope_rejection: float
    """Utterances that mean none of the topics, and went to none."""
    ms_an_utterance: float
    """Of this process' own time; a busy machine takes longer."""
    ms_to_compile: float
    """Likewise; what it learns is kept with a published agent, and costs nothing there."""


def evaluate(corpus: Corpus) -> Figures:
    """Compile the corpus' trigger phrases, and recognise everything else in it."""
    began = time.process_time()
    recognizer = Recognizer({name: intent.trigger_phrases for name, intent in corpus.intents.items()})
    compiled = time.process_time()
    said = [(name, text) for name, intent in corpus.intents.items() for text in intent.utterances]
    decisions = [(name, decide(recognizer.recognise(text, ""))) for name, text in said]
    strange = [decide(recognizer.recognise(text, "")) for text in corpus.out_of_scope]
    took = time.process_time() - compiled
    right = sum(decision.winner == name for name, decision in decisions)
    asked = sum(name in {ranked.topic for ranked in decision.several} for name, decision in decisions)
    nowhere = sum(not (decision.winner or decision.several) for _, decision in decisions)
    rejected = sum(not (decision.winner or decision.several) for decision in strange)
    return Figures(
        utterances=len(said),
        out_of_scope=len(strange),
        threshold=CERTAIN,
        accuracy=_share(right, len(said)),
        asked=_share(asked, len(said)),
        elsewhere=_share(len(said) - right - asked - nowhere, len(said)),
        out_of_scope_rejection=_share(rejected, len(strange)),
        ms_an_utterance=round(took * 1_000 / max(len(said) + len(strange), 1), 3),
        ms_to_compile=round((compiled - began) * 1_000, 1),
    )


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0

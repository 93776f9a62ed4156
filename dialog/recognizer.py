"""Which topic an utterance means, from the trigger phrases alone: deterministic, nothing to download.

Each phrase is a weighted bag of stemmed words, word pairs and letter triples; an utterance is as near to a topic as to
the nearest few of its phrases. What a word weighs depends on how few topics use it (inverse document frequency).
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from protocol.conversation import Ranked, Recognition

CERTAIN = 0.26
"""From this score on a topic is taken as meant."""
CLOSE = 0.04
"""Topics that are behind the best by no more than this may be meant as well."""
MOST = 5
"""Topics that a recognition names."""

_STOP = frozenset(
    """
    a an the i me my we our you your it its is are am was were be been to of in on at for with and or do does
    did can could would will shall should have has had this that these those please so just there here
    """.split()  # noqa: SIM905 - fifty words read better as prose
)
_SUFFIXES = ("ings", "ing", "edly", "ed", "ies", "es", "s", "ly")


@dataclass(frozen=True)
class Decision:
    """What follows from a recognition: one topic, several that are close, or none."""

    winner: str | None = None
    several: tuple[Ranked, ...] = ()


def decide(recognition: Recognition) -> Decision:
    """One clear winner, several close ones, or nothing."""
    likely = [ranked for ranked in recognition.ranked if ranked.score >= CERTAIN]
    if not likely:
        return Decision()
    # Word for word, only what is word for word as well comes near.
    margin = CLOSE if likely[0].score < 1 else 0.0
    close = tuple(ranked for ranked in likely if likely[0].score - ranked.score <= margin)
    if len(close) > 1:
        return Decision(several=close)
    return Decision(winner=likely[0].topic)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.casefold().replace("’", "'").replace("-", " "))


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)] + ("y" if suffix == "ies" else "")
    return word


def _features(text: str) -> Counter[str]:
    """Words, word pairs and letter triples, each under a prefix of its own."""
    words = [_stem(word) for word in _words(text)]
    features: Counter[str] = Counter(f"w:{word}" for word in words)
    features.update(f"p:{first} {second}" for first, second in pairwise(words))
    for word in words:
        if word not in _STOP:
            padded = f"^{word}$"
            features.update(f"t:{padded[at : at + 3]}" for at in range(len(padded) - 2))
    return features


_KIND_WEIGHT = {"w": 1.0, "p": 0.7, "t": 0.35}


class Recognizer:
    """The phrases of one agent, ready to be compared with."""

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        said = [(topic, phrase, _features(phrase)) for topic, all_of in phrases.items() for phrase in all_of]
        self._weights = _weights(said)
        self._unknown = max(self._weights.values(), default=1.0)
        self._exact: dict[str, set[str]] = {}
        for topic, phrase, _ in said:
            self._exact.setdefault(" ".join(_words(phrase)), set()).add(topic)
        self._phrases = [(topic, phrase) for topic, phrase, _ in said]
        self._postings: dict[str, list[tuple[int, float]]] = {}
        for number, (_, _, features) in enumerate(said):
            for name, value in self._vector(features).items():
                self._postings.setdefault(name, []).append((number, value))

    def recognise(self, text: str, version: str) -> Recognition:
        """The topics that `text` may mean, the likeliest first. A phrase word for word scores 1."""
        words = _words(text[:1_000])
        if not words:
            return Recognition(version=version)
        scores = self._by_topic(self._similarities(" ".join(words)))
        for exact in self._exact.get(" ".join(words), ()):
            scores[exact] = (1.0, text.strip()[:200])
        ranked = sorted(scores.items(), key=lambda item: (-item[1][0], item[0]))[:MOST]
        return Recognition(
            version=version,
            ranked=tuple(
                Ranked(topic=topic, score=round(score, 4), phrase=phrase) for topic, (score, phrase) in ranked
            ),
        )

    def _similarities(self, text: str) -> dict[int, float]:
        found: dict[int, float] = {}
        for name, value in self._vector(_features(text)).items():
            for number, weight in self._postings.get(name, ()):
                found[number] = found.get(number, 0.0) + value * weight
        return found

    def _by_topic(self, similarities: Mapping[int, float]) -> dict[str, tuple[float, str]]:
        """A topic's score: mostly its nearest phrase, helped by the next two."""
        nearest: dict[str, list[tuple[float, str]]] = {}
        for number, score in similarities.items():
            topic, phrase = self._phrases[number]
            nearest.setdefault(topic, []).append((score, phrase))
        return {topic: _score(sorted(scores, reverse=True)[:3]) for topic, scores in nearest.items()}

    def _vector(self, features: Mapping[str, int]) -> dict[str, float]:
        vector = {
            name: _KIND_WEIGHT[name[0]] * self._weights.get(name, self._unknown) * (1 + math.log(count))
            for name, count in features.items()
        }
        length = math.sqrt(sum(value * value for value in vector.values())) or 1.0
        return {name: value / length for name, value in vector.items()}


def _score(nearest: Sequence[tuple[float, str]]) -> tuple[float, str]:
    best, phrase = nearest[0]
    following = [score for score, _ in nearest[1:]]
    helped = best + 0.15 * sum(following) / 2 if following else best
    return min(helped, 0.99), phrase


def _weights(said: Iterable[tuple[str, str, Counter[str]]]) -> dict[str, float]:
    """How much a feature tells: the fewer topics have it, the more; a stop word tells little."""
    topics: dict[str, set[str]] = {}
    for topic, _, features in said:
        for name in features:
            topics.setdefault(name, set()).add(topic)
    count = len({topic for having in topics.values() for topic in having})
    return {
        name: math.log((1 + count) / (1 + len(having))) * (0.3 if name[2:] in _STOP else 1.0) + 0.3
        for name, having in topics.items()
    }


def compile_recognizer(phrases: Mapping[str, Sequence[str]]) -> Recognizer:
    """A recogniser for these trigger phrases of each topic; the same phrases give the same one."""
    return _compiled(tuple((topic, tuple(all_of)) for topic, all_of in phrases.items()))


@lru_cache(maxsize=64)
def _compiled(phrases: tuple[tuple[str, tuple[str, ...]], ...]) -> Recognizer:
    return Recognizer(dict(phrases))

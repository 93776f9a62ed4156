"""An utterance as a bag of features: stemmed words, word pairs and letter triples, weighed by how much each tells."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise

_CONTRACTED = {
    "what's": "what is", "whats": "what is", "who's": "who is", "where's": "where is", "when's": "when is",
    "how's": "how is", "that's": "that is", "there's": "there is", "it's": "it is", "let's": "let us",
    "i'm": "i am", "im": "i am", "i'd": "i would", "i'll": "i will", "i've": "i have", "you're": "you are",
    "can't": "can not", "cannot": "can not", "don't": "do not", "dont": "do not", "won't": "will not",
    "isn't": "is not", "doesn't": "does not", "didn't": "did not", "hasn't": "has not", "haven't": "have not",
    "couldn't": "could not", "wasn't": "was not",
}  # fmt: skip
_STOP = frozenset(
    """
    a an the i me my we our you your it its is are am was were be been to of in on at for with and or do does
    did can could would will shall should have has had this that these those please so just there here
    """.split()  # noqa: SIM905 - fifty words read better as prose
)
_SUFFIXES = ("ings", "ing", "edly", "ed", "ies", "es", "s", "ly")

_KIND = {"w": 1.0, "p": 0.7, "t": 0.4}
"""What words, pairs and triples weigh beside one another."""
_STOP_WEIGHS = 0.6
_COMMON = 1.0
"""What a feature weighs that every topic has; the rarer ones weigh more."""
_UNKNOWN = 1.3
"""What a feature that no phrase has weighs beside the rarest one: it speaks for nobody, so against all."""


def words(text: str) -> list[str]:
    """The words of `text`, in lower case, contractions written out."""
    found = re.findall(r"[\w']+", text.casefold().replace("’", "'").replace("-", " "))
    return [part for word in found for part in _CONTRACTED.get(word, word).split()]


def features(said: Iterable[str]) -> Counter[str]:
    """Words, pairs with the beginning and the end, and triples of letters, each under a prefix of its own."""
    stems = [_stem(word) for word in said]
    found: Counter[str] = Counter(f"w:{word}" for word in stems)
    found.update(f"p:{first} {second}" for first, second in pairwise(["^", *stems, "$"]))
    for word in stems:
        if word not in _STOP:
            padded = f"^{word}$"
            found.update(f"t:{padded[at : at + 3]}" for at in range(len(padded) - 2))
    return found


class Weights:
    """How much each feature tells: the fewer topics have it, the more (inverse document frequency)."""

    def __init__(self, said: Iterable[tuple[str, Mapping[str, int]]]) -> None:
        topics: dict[str, set[str]] = {}
        for topic, found in said:
            for name in found:
                topics.setdefault(name, set()).add(topic)
        count = len({topic for having in topics.values() for topic in having})
        self._known = {
            name: _KIND[name[0]]
            * (math.log((1 + count) / (1 + len(having))) * (_STOP_WEIGHS if name[2:] in _STOP else 1.0) + _COMMON)
            for name, having in topics.items()
        }
        rarest = (math.log((1 + count) / 2) + _COMMON) * _UNKNOWN
        self._unknown = {kind: weight * rarest for kind, weight in _KIND.items()}

    def vector(self, found: Mapping[str, int]) -> dict[str, float]:
        """The features' weights, of length 1 together with those that no phrase has, which are left out."""
        known: dict[str, float] = {}
        squares = 0.0
        for name, count in found.items():
            weight = self._known.get(name)
            value = (self._unknown[name[0]] if weight is None else weight) * (1 + math.log(count))
            squares += value * value
            if weight is not None:
                known[name] = value
        length = math.sqrt(squares) or 1.0
        return {name: value / length for name, value in known.items()}


def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)] + ("y" if suffix == "ies" else "")
    return word

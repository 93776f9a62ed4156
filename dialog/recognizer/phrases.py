"""The phrases of one agent, ready to be compared with."""

from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import mul

from dialog.recognizer.decision import CERTAIN
from dialog.recognizer.features import Weights, features, words
from dialog.recognizer.learning import MOST, learnt
from protocol.conversation import Ranked, Recognition

NAMED = 5
"""Topics that a recognition names."""
LONGEST = 1_000
"""Characters of an utterance that are looked at."""

_CANDIDATES = 8
"""Topics whose learnt score is computed: the nearest ones."""
_HELPS = 0.15
"""How much the phrases behind the nearest one of a topic add."""
_RIVAL = 0.4
"""How much of the best other topic's score speaks against one: what two topics claim is sure of neither."""
_THRESHOLD = 0.175
"""Where being sure begins, before it is fitted to `CERTAIN`; docs/decisions/018 says how it was found."""
_NOT_WORD_FOR_WORD = 0.99


class Recognizer:
    """Scores utterances: half by the nearest phrases of a topic, half by what was learnt from all phrases."""

    def __init__(self, phrases: Mapping[str, Sequence[str]], known: Sequence[Sequence[float]] = ()) -> None:
        self._topics = list(phrases)
        said = [(topic, phrase, words(phrase)) for topic, all_of in enumerate(phrases.values()) for phrase in all_of]
        self._of = [topic for topic, _, _ in said]
        self._phrases = [phrase for _, phrase, _ in said]
        self._exact: dict[str, set[int]] = {}
        for topic, _, spoken in said:
            self._exact.setdefault(" ".join(spoken), set()).add(topic)
        found = [features(spoken) for _, _, spoken in said]
        self._weights = Weights((self._topics[topic], each) for topic, each in zip(self._of, found, strict=True))
        self._having: dict[str, tuple[array[int], array[float]]] = {}
        vectors = [self._weights.vector(each) for each in found]
        for number, vector in enumerate(vectors):
            for name, value in vector.items():
                numbers, values = self._having.setdefault(name, (array("L"), array("d")))
                numbers.append(number)
                values.append(value)
        fits = len(known) == len(self._topics) and all(len(speaks) == len(said) for speaks in known)
        self._speaks = [array("d", speaks) for speaks in known] if fits else self._learnt(vectors)

    @property
    def learnt(self) -> tuple[tuple[float, ...], ...]:
        """What was learnt from the phrases: given to the next one with the same phrases, it need not learn again."""
        return tuple(tuple(speaks) for speaks in self._speaks)

    def recognise(self, text: str, version: str) -> Recognition:
        """The topics that `text` may mean, the likeliest first. A phrase word for word scores 1."""
        spoken = words(text[:LONGEST])
        if not spoken:
            return Recognition(version=version)
        scores = self._scores(self._weights.vector(features(spoken)))
        for exact in self._exact.get(" ".join(spoken), ()):
            scores[exact] = (1.0, text.strip()[:200])
        named = ((self._topics[topic], score, phrase) for topic, (score, phrase) in scores.items())
        ranked = sorted(named, key=lambda each: (-each[1], each[0]))[:NAMED]
        return Recognition(
            version=version,
            ranked=tuple(Ranked(topic=topic, score=score, phrase=phrase) for topic, score, phrase in ranked),
        )

    def _learnt(self, vectors: Sequence[Mapping[str, float]]) -> Sequence[Sequence[float]]:
        if len(vectors) > MOST:
            return ()
        alike = [self._likeness(vector)[: number + 1] for number, vector in enumerate(vectors)]
        return [array("d", speaks) for speaks in learnt(alike, self._of, len(self._topics))]

    def _likeness(self, vector: Mapping[str, float]) -> list[float]:
        """How alike an utterance and each phrase are, from 0 to 1."""
        likeness = [0.0] * len(self._phrases)
        for name, value in vector.items():
            having = self._having.get(name)
            if having:
                for number, weight in zip(*having, strict=True):
                    likeness[number] += value * weight
        return likeness

    def _scores(self, vector: Mapping[str, float]) -> dict[int, tuple[float, str]]:
        """The score of each topic that comes into question, and its nearest phrase."""
        likeness = self._likeness(vector)
        near = sorted(self._near(likeness).items(), key=lambda each: (-each[1][0], each[0]))[:_CANDIDATES]
        raw = {topic: self._together(topic, nearness, likeness) for topic, (nearness, _) in near}
        best, second = (*sorted(raw.values(), reverse=True), 0.0, 0.0)[:2]
        return {
            topic: (_fitted(raw[topic] - _RIVAL * max(second if raw[topic] == best else best, 0.0)), phrase)
            for topic, (_, phrase) in near
        }

    def _near(self, likeness: Sequence[float]) -> dict[int, tuple[float, str]]:
        """How near each topic's phrases are: the nearest, helped by the next two."""
        nearest: dict[int, list[tuple[float, int]]] = {}
        for number, likely in enumerate(likeness):
            if likely:
                nearest.setdefault(self._of[number], []).append((likely, -number))
        near: dict[int, tuple[float, str]] = {}
        for topic, found in nearest.items():
            found.sort(reverse=True)
            helped = found[0][0] + _HELPS * sum(likely for likely, _ in found[1:3]) / 2
            near[topic] = (helped, self._phrases[-found[0][1]])
        return near

    def _together(self, topic: int, nearness: float, likeness: Sequence[float]) -> float:
        if not self._speaks:
            return nearness
        learnt_of: float = sum(map(mul, self._speaks[topic], likeness))
        return (nearness + learnt_of) / 2


def _fitted(score: float) -> float:
    """The score as others know it: `CERTAIN` where being sure begins, and one to one from there on."""
    over = score - _THRESHOLD
    known = CERTAIN + over if over >= 0 else CERTAIN * max(score, 0.0) / _THRESHOLD
    return round(min(known, _NOT_WORD_FOR_WORD), 4)


def compile_recognizer(phrases: Mapping[str, Sequence[str]], known: tuple[tuple[float, ...], ...] = ()) -> Recognizer:
    """A recogniser for these trigger phrases of each topic; the same phrases give the same one.

    `known` is what an earlier one has `learnt` from the same phrases; what does not fit them is not used.
    """
    return _compiled(tuple((topic, tuple(all_of)) for topic, all_of in phrases.items()), known)


@lru_cache(maxsize=64)
def _compiled(phrases: tuple[tuple[str, tuple[str, ...]], ...], known: tuple[tuple[float, ...], ...]) -> Recognizer:
    return Recognizer(dict(phrases), known)

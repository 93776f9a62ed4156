"""An agent's knowledge as a folder of texts, searched by the words that a question has in common with them (BM25)."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".md", ".txt")
LONGEST = 1_200
"""Characters of one passage."""
MOST_BYTES = 50_000_000
"""Of a folder; what is beyond is not read."""
BEST = 5
_SATURATES, _BY_LENGTH = 1.2, 0.75
_STOP = frozenset(
    """a an and are as at be by can do does for from has have how i in is it me my of on or our please tell that the
    this to was we what when where which who will with you your""".split()  # noqa: SIM905 - words read better as prose
)


@dataclass(frozen=True)
class Passage:
    """A part of a text, and which."""

    title: str
    text: str


class Knowledge:
    """The passages of one folder, or of what a topic has found."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._words = [Counter(_words(f"{passage.title} {passage.text}")) for passage in passages]
        self._lengths = [sum(words.values()) for words in self._words]
        self._average = sum(self._lengths) / len(passages) if passages else 0.0
        self._within: Counter[str] = Counter(word for words in self._words for word in words)

    def search(self, question: str, sources: Sequence[str] = (), most: int = BEST) -> list[Passage]:
        """The passages that have most to do with the question, the best first; none has to."""
        asked = set(_words(question))
        scored = [
            (self._score(number, asked), number)
            for number, passage in enumerate(self._passages)
            if not sources or any(_is_of(passage, source) for source in sources)
        ]
        best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]))
        return [self._passages[number] for _, number in best[:most]]

    def _score(self, number: int, asked: set[str]) -> float:
        words, total = self._words[number], len(self._passages)
        scale = _SATURATES * (1 - _BY_LENGTH + _BY_LENGTH * self._lengths[number] / self._average)
        score = 0.0
        for word in asked & words.keys():
            rare = math.log(1 + (total - self._within[word] + 0.5) / (self._within[word] + 0.5))
            score += rare * words[word] * (_SATURATES + 1) / (words[word] + scale)
        return score


def read_folder(folder: Path) -> Knowledge:
    """What a folder's texts say, the folders in it included; a file that cannot be read is left out."""
    passages: list[Passage] = []
    left = MOST_BYTES
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or not path.is_file():
            continue
        left -= path.stat().st_size
        if left < 0:
            break
        text = path.read_text(encoding="utf-8", errors="replace")
        passages.extend(Passage(path.relative_to(folder).as_posix(), part) for part in _parts(text))
    return Knowledge(passages)


def _parts(text: str) -> Iterator[str]:
    """Paragraphs, put together or cut so that none is too long; a heading stays with what follows it."""
    kept = ""
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        trimmed = paragraph.strip()
        if not trimmed:
            continue
        if kept and len(kept) + len(trimmed) > LONGEST:
            yield kept
            kept = ""
        kept = f"{kept}\n\n{trimmed}" if kept else trimmed
        while len(kept) > LONGEST:
            yield kept[:LONGEST]
            kept = kept[LONGEST:]
    if kept:
        yield kept


def _words(text: str) -> list[str]:
    return [_stem(word) for word in re.findall(r"\w+", text.casefold()) if word not in _STOP]


def _stem(word: str) -> str:
    for suffix in ("ing", "ies", "ed", "es", "s"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word.removesuffix(suffix)
    return word


def _is_of(passage: Passage, source: str) -> bool:
    """Whether a passage is of the source that a topic names, by the last part of its name."""
    wanted = re.sub(r"\W", "", source.rpartition(".knowledge.")[2] or source).casefold()
    return re.sub(r"\W", "", passage.title.rpartition(".")[0]).casefold().endswith(wanted)

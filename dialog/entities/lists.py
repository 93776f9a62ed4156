"""One of a list of choices, spelled well or nearly so."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from dialog.entities.entity import ANYWHERE, Choice, Heard, Match, words_of

_SIMILAR = 0.8


@dataclass(frozen=True)
class ClosedList:
    """One of a list of choices; the value is the `Choice`."""

    items: Sequence[Choice]
    smart_matching: bool = True

    def match(self, text: str, heard: Heard = ANYWHERE) -> Match | None:  # noqa: ARG002 - the choices are in the agent's language
        """An item's id, name or synonym is exact; with smart matching also misspellings and names within the reply."""
        said = " ".join(words_of(text))
        for item in self.items:
            if text.strip() == item.id or (said and said in map(_key, _names(item))):
                return Match(item, exact=True, words=text)
        if not self.smart_matching or not said:
            return None
        scored = sorted(((self._likeness(said, item), -place) for place, item in enumerate(self.items)), reverse=True)
        if not scored or scored[0][0] < _SIMILAR or (len(scored) > 1 and scored[0][0] == scored[1][0]):
            return None
        item = self.items[-scored[0][1]]
        return Match(item, exact=False, words=next(filter(None, (_spelled(name, text) for name in _names(item))), text))

    def within(self, text: str) -> Match | None:
        """The one item whose name or synonym stands in `text` word for word; None where there are none or several."""
        said = f" {' '.join(words_of(text))} "
        found = [
            (name, item) for item in self.items for name in _names(item) if _key(name) and f" {_key(name)} " in said
        ]
        if len({item.id for _, item in found}) != 1:
            return None
        name, item = max(found, key=lambda pair: len(pair[0]))
        return Match(item, exact=False, words=_spelled(name, text))

    @staticmethod
    def _likeness(said: str, item: Choice) -> float:
        return max((_alike(said, _key(name)) for name in _names(item)), default=0.0)


def _names(item: Choice) -> tuple[str, ...]:
    return (item.display_name, *item.synonyms, item.id)


def _key(name: str) -> str:
    return " ".join(words_of(name))


def _spelled(name: str, text: str) -> str:
    """How `text` writes `name`."""
    pattern = r"\W+".join(re.escape(word) for word in words_of(name))
    found = re.search(rf"\b{pattern}\b", text, re.IGNORECASE)
    return found[0] if found else ""


def _alike(said: str, name: str) -> float:
    if not name:
        return 0.0
    if f" {name} " in f" {said} ":
        # The longer the name that is found inside the reply, the surer; never as sure as the name alone.
        return 0.9 + min(len(name), 50) / 1000
    if len(said) > 3 and f" {said} " in f" {name} ":
        return 0.85
    spelled = SequenceMatcher(None, said, name).ratio() if len(name) > 2 else 0.0
    parts = said.split()
    width = len(name.split())
    windows = (" ".join(parts[at : at + width]) for at in range(len(parts) - width + 1))
    within = max((SequenceMatcher(None, window, name).ratio() for window in windows if len(name) > 4), default=0.0)
    return max(spelled, within - 0.02)


@dataclass(frozen=True)
class KnownName:
    """A name out of a list that everybody shares: a colour, a language, a country. The value is the name as text."""

    items: tuple[Choice, ...]

    def match(self, text: str, heard: Heard = ANYWHERE) -> Match | None:
        """The name alone is exact; else the one that stands in the reply, else the nearest spelling."""
        found = ClosedList(self.items).match(text, heard)
        return _name(found if found and found.exact else ClosedList(self.items).within(text) or found)

    def within(self, text: str) -> Match | None:
        """The one name that stands in `text`."""
        return _name(ClosedList(self.items).within(text))


def _name(found: Match | None) -> Match | None:
    named = found.value if found else None
    return (
        Match(named.display_name, exact=found.exact, words=found.words) if found and isinstance(named, Choice) else None
    )


def known(names: str) -> KnownName:
    """Names between bars: `France | United Kingdom, UK, Britain` are two, the second with two synonyms."""
    parts = [[part.strip() for part in name.split(",")] for name in " ".join(names.split()).split("|")]
    return KnownName(tuple(Choice(name, name, tuple(synonyms)) for name, *synonyms in parts))

"""The plainest answers: the whole reply, a yes or a no, and whatever a pattern finds."""

import re
from dataclasses import dataclass

from dialog.entities.entity import ANYWHERE, Heard, Match, is_all, words_of

_YES = (
    "yes yep yeah yup y sure ok okay true correct right absolutely definitely affirmative certainly indeed "
    "ja oui si sí sim tak da hai"
)
_NO = "no nope nah n not false wrong negative never nein non não nie niet nej ei"
_WORDS = {**dict.fromkeys(_YES.split(), True), **dict.fromkeys(_NO.split(), False)}
_ALONE = frozenset(["y", "n", "true", "correct", "right", "wrong", "false", "negative", "not", "certainly", "si", "da"])
_PHRASES = {
    "of course": True,
    "go ahead": True,
    "that's right": True,
    "no way": False,
    "not really": False,
    "of course not": False,
}


@dataclass(frozen=True)
class Text:
    """The whole reply."""

    def match(self, text: str, heard: Heard = ANYWHERE) -> Match | None:  # noqa: ARG002 - one signature for all entities
        """Everything but an empty reply; never exact, for it would understand any topic's phrase."""
        return Match(text, exact=False, words=text) if text.strip() else None


@dataclass(frozen=True)
class Boolean:
    """Yes or no."""

    def match(self, text: str, heard: Heard = ANYWHERE) -> Match | None:  # noqa: ARG002 - it knows every language's word at once
        """Exact where the reply is the word alone; else its first word decides, if that is one."""
        said = words_of(text)
        whole = _PHRASES.get(" ".join(said), _WORDS.get(said[0]) if len(said) == 1 else None)
        if whole is not None:
            return Match(whole, exact=True, words=text)
        # "right away" and "not sure" begin with such a word and answer nothing.
        opening = _WORDS.get(said[0]) if said and said[0] not in _ALONE else None
        first = re.match(r"\W*\w+", text)
        return Match(opening, exact=False, words=first[0] if first else "") if opening is not None else None


@dataclass(frozen=True)
class Pattern:
    """Whatever a regular expression finds, as text."""

    pattern: str

    def match(self, text: str, heard: Heard = ANYWHERE) -> Match | None:  # noqa: ARG002 - one signature for all entities
        """The first place that fits; exact where that is the whole reply. A pattern that is none finds nothing."""
        try:
            found = re.search(self.pattern, text[:1_000], re.IGNORECASE)
        except re.error:
            return None
        return Match(found.group(), exact=is_all(found.group(), text), words=found.group()) if found else None

"""What a question understands of a reply: a yes, a number, one of its choices, an address, a date."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Protocol

from dialog.powerfx.values import Value

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
_SIMILAR = 0.8
_SMALL = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d{1,3}(?:[,.\u00a0 ']\d{3})+|\d+)(?:[.,]\d+)?(?!\w*@)|(?<![\w.])[-+]?[.,]\d+")


@dataclass(frozen=True)
class Choice:
    """One item of a closed list."""

    id: str
    display_name: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """What was understood. `exact`: the reply says just this, so that it wins over any other topic."""

    value: Value | Choice
    exact: bool


class Entity(Protocol):
    """Something that can be found in a reply."""

    def match(self, text: str, locale: str = "en-US") -> Match | None:
        """What `text` says, or None where it does not say such a thing."""


def words_of(text: str) -> list[str]:
    """The words of `text` in lower case, without punctuation."""
    return re.findall(r"\w+(?:['’]\w+)?", text.casefold())


@dataclass(frozen=True)
class Text:
    """The whole reply."""

    def match(self, text: str, locale: str = "en-US") -> Match | None:  # noqa: ARG002 - one signature for all entities
        """Everything but an empty reply; never exact, for it would understand any topic's phrase."""
        return Match(text, exact=False) if text.strip() else None


@dataclass(frozen=True)
class Boolean:
    """Yes or no."""

    def match(self, text: str, locale: str = "en-US") -> Match | None:  # noqa: ARG002 - it knows every language's word at once
        """Exact where the reply is the word alone; else its first word decides, if that is one."""
        said = words_of(text)
        whole = _PHRASES.get(" ".join(said), _WORDS.get(said[0]) if len(said) == 1 else None)
        if whole is not None:
            return Match(whole, exact=True)
        # "right away" and "not sure" begin with such a word and answer nothing.
        opening = _WORDS.get(said[0]) if said and said[0] not in _ALONE else None
        return Match(opening, exact=False) if opening is not None else None


@dataclass(frozen=True)
class Number:
    """A number, anywhere in the reply: "about 1,000 dollars" is 1000."""

    def match(self, text: str, locale: str = "en-US") -> Match | None:
        """The first number of the reply, read by the locale's separators; exact where it stands alone."""
        found = _NUMBER.search(text)
        if found:
            return Match(_number(found.group(), locale), exact=found.group() == text.strip())
        said = words_of(text)
        small = next((word for word in said if word in _SMALL), None)
        return Match(Decimal(_SMALL.index(small)), exact=len(said) == 1) if small else None


def _number(text: str, locale: str) -> Decimal:
    comma = locale.partition("-")[0].lower() in {
        "de",
        "fr",
        "es",
        "it",
        "nl",
        "pt",
        "pl",
        "ru",
        "sv",
        "da",
        "nb",
        "fi",
        "cs",
        "tr",
    }
    grouping, point = (".", ",") if comma else (",", ".")
    bare = re.sub(r"[\s\u00a0']", "", text).replace(grouping, "")
    return Decimal(bare.replace(point, "."))


@dataclass(frozen=True)
class ClosedList:
    """One of a list of choices; the value is the `Choice`."""

    items: Sequence[Choice]
    smart_matching: bool = True

    def match(self, text: str, locale: str = "en-US") -> Match | None:  # noqa: ARG002 - the choices are in the agent's language
        """An item's id, name or synonym is exact; with smart matching also misspellings and names within the reply."""
        said = " ".join(words_of(text))
        for item in self.items:
            if text.strip() == item.id or (said and said in map(_key, _names(item))):
                return Match(item, exact=True)
        if not self.smart_matching or not said:
            return None
        scored = sorted(((self._likeness(said, item), -place) for place, item in enumerate(self.items)), reverse=True)
        if not scored or scored[0][0] < _SIMILAR or (len(scored) > 1 and scored[0][0] == scored[1][0]):
            return None
        return Match(self.items[-scored[0][1]], exact=False)

    @staticmethod
    def _likeness(said: str, item: Choice) -> float:
        return max((_alike(said, _key(name)) for name in _names(item)), default=0.0)


def _names(item: Choice) -> tuple[str, ...]:
    return (item.display_name, *item.synonyms, item.id)


def _key(name: str) -> str:
    return " ".join(words_of(name))


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
class Pattern:
    """Whatever a regular expression finds, as text."""

    pattern: str

    def match(self, text: str, locale: str = "en-US") -> Match | None:  # noqa: ARG002 - one signature for all entities
        """The first place that fits; exact where that is the whole reply."""
        found = re.search(self.pattern, text, re.IGNORECASE)
        return Match(found.group(), exact=found.group() == text.strip()) if found else None


@dataclass(frozen=True)
class PersonName:
    """Somebody's name, with "my name is" and the like taken off."""

    def match(self, text: str, locale: str = "en-US") -> Match | None:  # noqa: ARG002 - one signature for all entities
        """Up to five words without digits; never exact."""
        bare = re.sub(
            r"^(?:hi[, ]+)?(?:my name is|my name's|i am|i'm|this is|it's|it is|call me)\s+",
            "",
            text.strip(),
            flags=re.IGNORECASE,
        )
        bare = bare.strip(" .!,")
        fits = bool(bare) and len(bare.split()) <= 5 and not re.search(r"[\d@?]", bare)
        return Match(bare, exact=False) if fits else None


@dataclass(frozen=True)
class Date:
    """A calendar day in figures, or with the month's English name."""

    def match(self, text: str, locale: str = "en-US") -> Match | None:
        """The first date of the reply; 3/4/2026 is read by the locale."""
        for pattern, order in _DATES:
            found = re.search(pattern, text, re.IGNORECASE)
            if found and (day := _date(found.groups(), order, locale)):
                return Match(day, exact=found.group() == text.strip())
        return None


_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATES = (
    (r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", "ymd"),
    (r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b", "local"),
    (rf"\b{_NAME}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", "mdy"),
    (rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_NAME},?\s+(\d{{4}})\b", "dmy"),
)


def _date(parts: Sequence[str], order: str, locale: str) -> date | None:
    if order == "local":
        order = "mdy" if locale == "en-US" else "dmy"
    figures = {
        kind: _MONTHS.index(part[:3].lower()) + 1 if part[0].isalpha() else int(part)
        for kind, part in zip(order, parts, strict=True)
    }
    try:
        return datetime(figures["y"], figures["m"], figures["d"]).date()  # noqa: DTZ001 - a calendar day has no zone
    except ValueError:
        return None


PREBUILT: dict[str, Entity] = {
    "BooleanPrebuiltEntity": Boolean(),
    "StringPrebuiltEntity": Text(),
    "PersonNamePrebuiltEntity": PersonName(),
    "EmailPrebuiltEntity": Pattern(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "PhoneNumberPrebuiltEntity": Pattern(r"\+?\(?\d[\d\s().-]{5,}\d"),
    "URLPrebuiltEntity": Pattern(r"https?://\S+|www\.\S+"),
    "ZipCodePrebuiltEntity": Pattern(r"\b\d{5}(?:-\d{4})?\b"),
    "DatePrebuiltEntity": Date(),
    "DateTimePrebuiltEntity": Date(),
    "NumberPrebuiltEntity": Number(),
    "AgePrebuiltEntity": Number(),
    "MoneyPrebuiltEntity": Number(),
    "OrdinalPrebuiltEntity": Number(),
    "PercentagePrebuiltEntity": Number(),
    "SpeedPrebuiltEntity": Number(),
    "TemperaturePrebuiltEntity": Number(),
    "WeightPrebuiltEntity": Number(),
    "CityPrebuiltEntity": Text(),
    "StatePrebuiltEntity": Text(),
}
"""The entities that a question names by kind alone. What is not here is taken as the whole reply."""

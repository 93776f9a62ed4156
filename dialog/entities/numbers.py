"""Numbers, in figures or in English words, and what people measure by them."""

import re
from dataclasses import dataclass
from decimal import Decimal

from dialog.entities.entity import ANYWHERE, Entity, Heard, Match, is_all


def _words(text: str) -> list[str]:
    return text.split()


_FIGURES = r"(?<![\w.])[-+]?(?:\d{1,3}(?:[,.\u00a0 ']\d{3})+|\d+)(?:[.,]\d+)?(?!\w*@)|(?<![\w.])[-+]?[.,]\d+"
_NUMBER = re.compile(_FIGURES)
_UNITS = _words(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = _words("twenty thirty forty fifty sixty seventy eighty ninety")
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fifth": 5, "eighth": 8, "ninth": 9, "twelfth": 12,
    **{f"{name}th": value for value, name in enumerate(_UNITS) if value in {4, 6, 7, 10, 11, *range(13, 20)}},
    **{f"{name[:-1]}ieth": 20 + 10 * place for place, name in enumerate(_TENS)},
}  # fmt: skip
_COMMA = frozenset(_words("de fr es it nl pt pl ru sv da nb fi cs tr el"))


@dataclass(frozen=True)
class Number:
    """A number, anywhere in the reply: "about 1,000 dollars" is 1000.

    `unit` says what stands beside the number that is meant, where there are several.
    """

    unit: str = ""

    def match(self, text: str, heard: Heard = ANYWHERE) -> Match | None:
        """The number that has the unit beside it, else the first; exact where it stands alone."""
        text = text[:1_000]
        if self.unit:
            beside = rf"(?:{_FIGURES})\s*(?:{self.unit})|(?:{self.unit})\s*(?:{_FIGURES})"
            found = re.search(beside, text, re.IGNORECASE)
            figures = _NUMBER.search(found.group()) if found else None
            if found and figures:
                value = _figures(figures.group(), heard.locale)
                return Match(value, exact=is_all(found.group(), text), words=found.group())
        found = _NUMBER.search(text)
        if found:
            value = _figures(found.group(), heard.locale)
            return Match(value, exact=is_all(found.group(), text), words=found.group())
        return _in_words(text)


def _figures(text: str, locale: str) -> Decimal:
    comma = locale.partition("-")[0].lower() in _COMMA
    grouping, point = (".", ",") if comma else (",", ".")
    bare = re.sub(r"[\s\u00a0']", "", text).replace(grouping, "")
    return Decimal(bare.replace(point, "."))


def _in_words(text: str) -> Match | None:
    """The first run of number words: "two hundred and five"."""
    run: list[re.Match[str]] = []
    for word in re.finditer(r"[a-z]+", text.casefold()):
        if _is_number(word[0]) or (run and word[0] == "and"):
            run.append(word)
        elif run:
            break
    while run and run[-1][0] == "and":
        run.pop()
    if not run:
        return None
    words = text[run[0].start() : run[-1].end()]
    return Match(Decimal(_sum([word[0] for word in run])), exact=is_all(words, text), words=words)


def _is_number(word: str) -> bool:
    return word in _UNITS or word in _TENS or word in _SCALES


def _sum(words: list[str]) -> int:
    total = part = 0
    for word in words:
        if word in _SCALES and _SCALES[word] > 100:
            total, part = total + max(part, 1) * _SCALES[word], 0
        elif word in _SCALES:
            part = max(part, 1) * 100
        elif word != "and":
            part += _UNITS.index(word) if word in _UNITS else 20 + 10 * _TENS.index(word)
    return total + part


@dataclass(frozen=True)
class Ordinal:
    """A place in an order: "the 2nd one", "third"; a bare number will do."""

    def match(self, text: str, heard: Heard = ANYWHERE) -> Match | None:
        """The first ordinal; else a number."""
        found = re.search(r"\b(\d{1,9})(?:st|nd|rd|th|\.)(?!\w)", text, re.IGNORECASE)
        if found:
            return Match(Decimal(found[1]), exact=is_all(found[0], text), words=found[0])
        for word in re.finditer(r"[a-z]+", text.casefold()):
            if word[0] in _ORDINALS:
                words = text[word.start() : word.end()]
                return Match(Decimal(_ORDINALS[word[0]]), exact=is_all(words, text), words=words)
        return Number().match(text, heard)


_CURRENCY = r"[$€£¥₹]|dollars?|euros?|pounds?|cents?|bucks?|usd|eur|gbp|chf|cad|aud|jpy|inr|yen|francs?|rupees?"
MEASURES: dict[str, Entity] = {
    "NumberPrebuiltEntity": Number(),
    "AgePrebuiltEntity": Number(r"(?:-|\s)?(?:years?|yrs?|y/?o|months?|weeks?|days?)\b|\bage(?:d| of)?|i am|i'm"),
    "MoneyPrebuiltEntity": Number(_CURRENCY),
    "PercentagePrebuiltEntity": Number(r"%|per ?cent(?:age)?|pct"),
    "SpeedPrebuiltEntity": Number(
        r"mph|km/?h|kph|kmh|m/s|knots?|(?:miles|kilometers|kilometres|meters) (?:per|an) \w+"
    ),
    "TemperaturePrebuiltEntity": Number(r"°|degrees?|celsius|fahrenheit|kelvin|[cfk]\b"),
    "WeightPrebuiltEntity": Number(r"kg|kilos?|kilograms?|grams?|g\b|mg|lbs?|pounds?|ounces?|oz|tons?|tonnes?|stones?"),
    "OrdinalPrebuiltEntity": Ordinal(),
}
"""What is measured, by the entity's kind."""

"""Numbers and moments from texts, as people of a language write them, and as JSON has them."""

import math
import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from dialog.powerfx.cultures import Culture, culture_of
from dialog.powerfx.kinds import invalid
from dialog.powerfx.moments import EPOCH, read_moment
from dialog.powerfx.numerals import OverflowedError, parsed_decimal
from dialog.powerfx.run import Run

_LONGEST = 400
"""Characters of a text that may be a number."""
_NUMERAL = re.compile(r"(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?")


def _numeral(text: str, culture: Culture) -> tuple[str, int]:
    """A text as a numeral, and how many places to move the point: 2 behind a percent sign.

    One sign, one percent sign, a currency's sign, parentheses for what is negative, and groups are understood.
    """
    if len(text) > _LONGEST:
        raise invalid("this text is no number")
    rest, percents, sign, currency = text.strip(), 0, "", False
    for _ in range(4):
        if not currency and (rest[:1] == "%" or rest[-1:] == "%"):
            rest, percents = (rest[1:] if rest[:1] == "%" else rest[:-1]).strip(), percents + 1
        elif not sign and rest[:1] in {"+", "-"}:
            sign, rest = rest[0], rest[1:].strip()
        elif not sign and rest[:1] == "(" and rest[-1:] == ")":
            sign, rest = "-", rest[1:-1].strip()
        elif not currency and (bare := _without(culture.currency, rest)) != rest:
            rest, currency = bare.strip(), True
    if rest[-1:] in {"+", "-"} and not sign:
        sign, rest = rest[-1], rest[:-1].strip()
    match = _NUMERAL.fullmatch(_ungrouped(rest, culture))
    if percents > 1 or not match or not (match[1] or match[2]):
        raise invalid("this text is no number")
    return f"{sign}{match[1] or 0}.{match[2] or 0}e{match[3] or 0}", 2 * percents


def _without(sign: str, text: str) -> str:
    """A text without the currency's sign before or behind it."""
    bare = text.removeprefix(sign)
    return bare if bare != text else text.removesuffix(sign)


def _ungrouped(text: str, culture: Culture) -> str:
    whole, point, fraction = text.partition(culture.point)
    whole = whole.replace(culture.group, "") if whole[:1] not in {"", culture.group} else whole
    if culture.group.isspace():
        whole = whole.replace(" ", "").replace("\xa0", "")
    return f"{whole}{'.' if point else ''}{fraction}"


def read_float(text: str, culture: Culture) -> float:
    """The float that a text is in a language.

    Raises:
        EvaluationError: it is none.
    """
    numeral, places = _numeral(text, culture)
    number = float(numeral) / (100.0 if places else 1.0)
    if not math.isfinite(number):
        raise invalid("the number is too large")
    return number


def read_decimal(text: str, culture: Culture) -> Decimal:
    """The Decimal that a text is in a language.

    Raises:
        EvaluationError: it is none.
    """
    numeral, places = _numeral(text, culture)
    try:
        return parsed_decimal(str(Decimal(numeral).scaleb(-places)) if places else numeral)
    except (OverflowedError, InvalidOperation):
        raise invalid("the number is too large") from None


def read_local(run: Run, text: str, culture: Culture) -> datetime:
    """The moment that a text names; what has a zone becomes what the conversation's clock shows then."""
    moment, ahead = read_moment(text, culture, EPOCH.date(), run.now.year)
    try:
        return moment if ahead is None else run.from_utc(moment - ahead)
    except (OverflowError, ValueError):
        raise invalid("there is no such date") from None


_STRICT = re.compile(r"\d{4}-[01]\d-[0-3]\d(T[0-2]\d:[0-5]\d:[0-5]\d(\.\d{0,7})?(Z|[+-]\d\d:\d\d)?)?")
_STRICT_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,7}))?")


def read_strict(run: Run, text: str) -> datetime:
    """The moment that a text of JSON names, in ISO 8601 only."""
    if not _STRICT.fullmatch(text):
        raise invalid("this text is no date of JSON")
    return read_local(run, text, culture_of("en-US"))


def read_span(text: str) -> timedelta:
    """The time that a text of JSON names: `hh:mm:ss`, perhaps with a fraction."""
    match = _STRICT_SPAN.fullmatch(text)
    if not match:
        raise invalid("this text is no time of JSON")
    hour, minute, second, fraction = match.groups(default="")
    micro = int(fraction.ljust(6, "0")[:6] or 0)
    return timedelta(hours=int(hour), minutes=int(minute), seconds=int(second), microseconds=micro)

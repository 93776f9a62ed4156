"""Text: joining, cutting, searching, matching."""

import html
import json
import re
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from dialog.powerfx import coercion
from dialog.powerfx.coercion import EvaluationError
from dialog.powerfx.evaluation import Evaluation
from dialog.powerfx.formats import formatted
from dialog.powerfx.registry import eager, lazy
from dialog.powerfx.syntax import Node
from dialog.powerfx.values import Record, Table, Value, from_plain, plain, row_of

MAX_TEXT = 1_000_000
"""Characters that a text function may give."""
MAX_PATTERN = 1_000
"""Characters of a regular expression."""
MAX_SUBJECT = 20_000
"""Characters that a regular expression is run over: Python's can take exponential time."""


def _text(run: Evaluation, value: Value) -> str:
    return coercion.text(value, run.scope.locale)


def _count(value: Value) -> int:
    count = int(coercion.number(value))
    if count < 0:
        raise EvaluationError("InvalidArgument", "a count is not negative")
    return count


@eager("Text")
def text(run: Evaluation, value: Value, pattern: Value = None, _language: Value = None) -> Value:
    """`value` as text, by a pattern where there is one."""
    if value is None:
        return ""
    return _text(run, value) if pattern is None else formatted(value, str(pattern))


@eager("Concatenate")
def concatenate(run: Evaluation, *values: Value) -> Value:
    """All texts, one behind the other."""
    return "".join(_text(run, value) for value in values)


@eager("Lower")
def lower(run: Evaluation, value: Value) -> Value:
    """In small letters."""
    return _text(run, value).lower()


@eager("Upper")
def upper(run: Evaluation, value: Value) -> Value:
    """In capitals."""
    return _text(run, value).upper()


@eager("Proper")
def proper(run: Evaluation, value: Value) -> Value:
    """Each word with a capital first."""
    return re.sub(r"\w+", lambda word: word.group().capitalize(), _text(run, value))


@eager("Trim")
def trim(run: Evaluation, value: Value) -> Value:
    """Without spaces around, and with one between words."""
    return " ".join(_text(run, value).split())


@eager("TrimEnds")
def trim_ends(run: Evaluation, value: Value) -> Value:
    """Without spaces around."""
    return _text(run, value).strip()


@eager("Len")
def length(run: Evaluation, value: Value) -> Value:
    """How many characters."""
    return Decimal(len(_text(run, value)))


@eager("Left")
def left(run: Evaluation, value: Value, count: Value) -> Value:
    """The first characters."""
    return _text(run, value)[: _count(count)]


@eager("Right")
def right(run: Evaluation, value: Value, count: Value) -> Value:
    """The last characters."""
    whole, wanted = _text(run, value), _count(count)
    return whole[-wanted:] if wanted else ""


@eager("Mid")
def mid(run: Evaluation, value: Value, start: Value, count: Value = None) -> Value:
    """Characters from the `start`-th on; the first is 1."""
    begin = _count(start)
    if begin < 1:
        raise EvaluationError("InvalidArgument", "Mid counts from 1")
    whole = _text(run, value)[begin - 1 :]
    return whole if count is None else whole[: _count(count)]


@eager("StartsWith")
def starts_with(run: Evaluation, value: Value, start: Value) -> Value:
    """Whether it begins so, in capitals or not."""
    return _text(run, value).casefold().startswith(_text(run, start).casefold())


@eager("EndsWith")
def ends_with(run: Evaluation, value: Value, end: Value) -> Value:
    """Whether it ends so, in capitals or not."""
    return _text(run, value).casefold().endswith(_text(run, end).casefold())


@eager("Find")
def find(run: Evaluation, what: Value, within: Value, start: Value = Decimal(1)) -> Value:
    """Where `what` stands in `within`, counted from 1; Blank where it does not."""
    found = _text(run, within).find(_text(run, what), _count(start) - 1)
    return None if found < 0 else Decimal(found + 1)


@eager("Substitute")
def substitute(run: Evaluation, value: Value, old: Value, new: Value, instance: Value = None) -> Value:
    """With every `old`, or only the instance-th, replaced by `new`."""
    whole, needle, put = _text(run, value), _text(run, old), _text(run, new)
    if not needle:
        return whole
    if instance is None:
        return _bounded(whole.replace(needle, put))
    parts = whole.split(needle)
    wanted = _count(instance)
    if not 0 < wanted < len(parts):
        return whole
    return needle.join(parts[:wanted]) + put + needle.join(parts[wanted:])


@eager("Replace")
def replace(run: Evaluation, value: Value, start: Value, count: Value, new: Value) -> Value:
    """With `count` characters from the `start`-th on replaced."""
    whole, begin = _text(run, value), _count(start) - 1
    return whole[:begin] + _text(run, new) + whole[begin + _count(count) :]


@eager("Split")
def split(run: Evaluation, value: Value, separator: Value) -> Value:
    """The parts between separators, as a table."""
    whole, between = _text(run, value), _text(run, separator)
    return Table(row_of(part) for part in (whole.split(between) if between else whole))


@lazy("Concat")
def concat(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """A formula over every record, joined by a separator."""
    rows, alias = run.rows(arguments[0])
    separator = run.text(arguments[2]) if len(arguments) > 2 else ""
    parts = [coercion.text(run.within(row, arguments[1], alias), run.scope.locale) for row in rows]
    return _bounded(separator.join(parts))


@eager("Char", "UniChar")
def char(_run: Evaluation, code: Value) -> Value:
    """The character with this code."""
    return chr(_count(code))


@eager("Rept")
def rept(run: Evaluation, value: Value, count: Value) -> Value:
    """The text, several times."""
    times, once = _count(count), _text(run, value)
    if times * len(once) > MAX_TEXT:
        raise EvaluationError("InvalidArgument", "the text would be too long")
    return once * times


@eager("EncodeUrl")
def encode_url(run: Evaluation, value: Value) -> Value:
    """Fit for a URL."""
    return quote(_text(run, value), safe="")


@eager("EncodeHTML")
def encode_html(run: Evaluation, value: Value) -> Value:
    """Fit for HTML."""
    return html.escape(_text(run, value))


@eager("PlainText")
def plain_text(run: Evaluation, value: Value) -> Value:
    """Without HTML's tags."""
    return html.unescape(re.sub(r"<[^>]*>", "", _text(run, value)))


@eager("JSON")
def as_json(_run: Evaluation, value: Value, style: Value = None) -> Value:
    """`value` as JSON."""
    indent = 4 if style == "IndentFour" else None
    separators = None if indent else (",", ":")
    return json.dumps(plain(value), ensure_ascii=False, indent=indent, separators=separators)


@eager("ParseJSON")
def parse_json(run: Evaluation, value: Value, _kind: Value = None) -> Value:
    """The value that JSON means."""
    if value is None:
        return None
    try:
        return from_plain(json.loads(_text(run, value)))
    except ValueError:
        raise EvaluationError("InvalidArgument", "this text is no JSON") from None


def _bounded(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise EvaluationError("InvalidArgument", "the text would be too long")
    return value


_PATTERNS = {"MultipleDigits": r"\d+", "Digit": r"\d", "Letter": r"[A-Za-z]", "Email": r".+\@.+\..{2,}"}


def _pattern(run: Evaluation, pattern: Value, options: Value, default: str) -> re.Pattern[str]:
    source, flags = _text(run, pattern), str(options if options is not None else default)
    source = _PATTERNS.get(source, source)
    if len(source) > MAX_PATTERN:
        raise EvaluationError("InvalidArgument", "the pattern is too long")
    source = f"{'^' if '^' in flags else ''}(?:{source}){'$' if '$' in flags else ''}"
    try:
        return re.compile(source.replace("(?<", "(?P<"), re.IGNORECASE if "i" in flags else 0)
    except re.error as error:
        raise EvaluationError("InvalidArgument", f"the pattern is none: {error}") from None


def _found(match: re.Match[str]) -> Record:
    groups: dict[str, Any] = dict(match.groupdict())
    submatches = Table(row_of(group or "") for group in match.groups())
    return Record(
        {"FullMatch": match.group(), "StartMatch": Decimal(match.start() + 1), "SubMatches": submatches, **groups}
    )


def _subject(run: Evaluation, value: Value) -> str:
    return _text(run, value)[:MAX_SUBJECT]


@eager("IsMatch")
def is_match(run: Evaluation, value: Value, pattern: Value, options: Value = None) -> Value:
    """Whether the whole text is as the pattern says."""
    return bool(_pattern(run, pattern, options, "^c$").search(_subject(run, value)))


@eager("Match")
def match(run: Evaluation, value: Value, pattern: Value, options: Value = None) -> Value:
    """The first place that is as the pattern says; Blank where there is none."""
    found = _pattern(run, pattern, options, "c").search(_subject(run, value))
    return _found(found) if found else None


@eager("MatchAll")
def match_all(run: Evaluation, value: Value, pattern: Value, options: Value = None) -> Value:
    """All places that are as the pattern says."""
    return Table(_found(found) for found in _pattern(run, pattern, options, "c").finditer(_subject(run, value)))

"""Texts: joining, cutting, trimming, replacing."""

import re

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.converting import text_code
from dialog.powerfx.kinds import LimitError, invalid
from dialog.powerfx.registry import function, special
from dialog.powerfx.rows import counted, each, over, source
from dialog.powerfx.run import MAX_TEXT, Run
from dialog.powerfx.signature import Parameter
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import BOOLEAN, NUMBER, TEXT, column_of
from dialog.powerfx.utf16 import cut, joined, length, units
from dialog.powerfx.values import ErrorValue, Record, Table, Value

TEXT_ = Parameter(TEXT, blank="")
_FLOAT = Parameter(NUMBER, blank=0.0)
_FAR = 2**31 - 1


def _count(number: float) -> int:
    if number < 0:
        raise invalid("a count is not negative")
    return int(min(number, _FAR))


@function("Concatenate", takes=[TEXT_], rest=True, required=1, gives=TEXT, tables=True)
def concatenate(run: Run, *texts: str) -> Value:
    """All texts, one behind the other."""
    return run.sized("".join(texts))


@special("Concat")
def concat(binder: Binder, call: Call) -> Bound:
    """A formula for each row as one text, with a separator between them."""
    counted(call, 2, 3)
    rows = source(binder, call.arguments[0])
    per_row = rows.per_row(binder, call.arguments[1])
    as_text = text_code(per_row.part)
    separator = text_code(binder.bind(call.arguments[2])) if len(call.arguments) > 2 else None

    def body(run: Run, table: Table) -> Value:
        between = separator(run) if separator else ""
        if isinstance(between, ErrorValue):
            return between
        found = [text for _, text in each(run, table, per_row, as_text, lambda value: isinstance(value, ErrorValue))]
        if found and isinstance(found[-1], ErrorValue):
            return found[-1]
        if sum(map(len, found)) + len(found) * len(str(between)) > MAX_TEXT:  # type: ignore[arg-type]  # all texts
            raise LimitError(f"a text has at most {MAX_TEXT} characters")
        return run.sized(str(between).join(found))  # type: ignore[arg-type]  # likewise

    return Bound(TEXT, over(rows.table.code, body), call)


@function("Lower", takes=[TEXT_], gives=TEXT, tables=True)
def lower(run: Run, text: str) -> Value:
    """In small letters."""
    return run.sized(text.lower())


@function("Upper", takes=[TEXT_], gives=TEXT, tables=True)
def upper(run: Run, text: str) -> Value:
    """In capitals."""
    return run.sized("".join(up if len(up := letter.upper()) == 1 else letter for letter in text))


@function("Proper", takes=[TEXT_], gives=TEXT, tables=True)
def proper(run: Run, text: str) -> Value:
    """Each word with a capital first."""
    return run.sized(re.sub(r"[^\W\d_][\w'’]*", lambda word: word.group().capitalize(), text.lower()))


@function("Trim", takes=[TEXT_], gives=TEXT, tables=True)
def trim(run: Run, text: str) -> Value:
    """Without spaces around, and with one between words; line breaks stay."""
    return run.sized(re.sub(r"[^\S\xa0\n\v\f\r]+", " ", text).strip())


@function("TrimEnds", takes=[TEXT_], gives=TEXT, tables=True)
def trim_ends(run: Run, text: str) -> Value:
    """Without spaces around."""
    return run.sized(text.strip())


@function("Len", takes=[TEXT_], gives="number", tables=True)
def len_(run: Run, text: str) -> Value:
    """How many characters."""
    count = length(text)
    return run.number(count)


@function("Left", takes=[TEXT_, _FLOAT], gives=TEXT, tables=True)
def left(run: Run, text: str, count: float) -> Value:
    """The first characters."""
    wanted = _count(count)
    return run.sized(cut(text, lambda whole: whole[:wanted]))


@function("Right", takes=[TEXT_, _FLOAT], gives=TEXT, tables=True)
def right(run: Run, text: str, count: float) -> Value:
    """The last characters."""
    wanted = _count(count)
    return run.sized(cut(text, lambda whole: whole[-wanted:] if wanted else ""))


@function("Mid", takes=[TEXT_, _FLOAT, _FLOAT], required=2, gives=TEXT, tables=True)
def mid(run: Run, text: str, start: float, count: float = float(_FAR)) -> Value:
    """Characters from the `start`-th on; the first is 1."""
    if start < 1:
        raise invalid("Mid counts from 1")
    begin, wanted = int(min(start, _FAR)) - 1, _count(count)
    return run.sized(cut(text, lambda whole: whole[begin : begin + wanted]))


@function("Replace", takes=[TEXT_, _FLOAT, _FLOAT, TEXT_], gives=TEXT, tables=True)
def replace(run: Run, text: str, start: float, count: float, new: str) -> Value:
    """With `count` characters from the `start`-th on replaced."""
    if start < 1:
        raise invalid("Replace counts from 1")
    whole, begin, wanted = units(text), int(min(start, _FAR)) - 1, _count(count)
    return run.sized(joined(f"{whole[:begin]}{units(new)}{whole[begin + wanted :]}"))


@function("Substitute", takes=[TEXT_, TEXT_, TEXT_, _FLOAT], required=3, gives=TEXT, tables=True)
def substitute(run: Run, text: str, old: str, new: str, instance: float | None = None) -> Value:
    """With a text replaced: wherever it stands, or where it stands for the `instance`-th time."""
    if instance is not None and instance < 1:
        raise invalid("Substitute counts from 1")
    if not old:
        return text
    if instance is None:
        if length(text) + text.count(old) * (len(new) - len(old)) > MAX_TEXT:
            raise LimitError(f"a text has at most {MAX_TEXT} characters")
        return run.sized(text.replace(old, new))
    at = -len(old)
    for _ in range(int(min(instance, len(text) + 1))):
        at = text.find(old, at + len(old))
        if at < 0:
            return text
    return run.sized(text[:at] + new + text[at + len(old) :])


@function("Rept", takes=[TEXT_, _FLOAT], gives=TEXT)
def rept(run: Run, text: str, count: float) -> Value:
    """The text so many times."""
    if len(text) * _count(count) > MAX_TEXT:
        raise LimitError(f"a text has at most {MAX_TEXT} characters")
    return run.sized(text * _count(count))


@function("StartsWith", takes=[TEXT_, TEXT_], gives=BOOLEAN)
def starts_with(run: Run, text: str, start: str) -> Value:
    """Whether it begins so, in capitals or not."""
    run.sized(start)
    return text[: len(start)].lower() == start.lower()


@function("EndsWith", takes=[TEXT_, TEXT_], gives=BOOLEAN)
def ends_with(run: Run, text: str, end: str) -> Value:
    """Whether it ends so, in capitals or not."""
    run.sized(end)
    return not end or text[-len(end) :].lower() == end.lower()


@function("Split", takes=[TEXT_, TEXT_], gives=column_of(TEXT))
def split(run: Run, text: str, separator: str) -> Value:
    """The parts between separators; with an empty separator, the characters."""
    run.sized(text)
    parts = text.split(separator) if separator else list(text)
    run.rows(len(parts))
    return Table(Record({"Value": part}) for part in parts)

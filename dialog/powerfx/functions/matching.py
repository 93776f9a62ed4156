"""Regular expressions: IsMatch, Match, MatchAll. The pattern and its options are known when the formula is read."""

from collections.abc import Callable
from functools import lru_cache

from dialog.powerfx.binder import Binder, Bound
from dialog.powerfx.kinds import EvaluationError
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.regex.machine import ExhaustedError, Found, Machine
from dialog.powerfx.regex.program import compiled
from dialog.powerfx.regex.reader import read
from dialog.powerfx.regex.sizes import PatternError
from dialog.powerfx.regex.tree import Expression
from dialog.powerfx.registry import special
from dialog.powerfx.rows import counted
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import BOOLEAN, TEXT, Type, column_of, record_of
from dialog.powerfx.utf16 import joined, units
from dialog.powerfx.values import Option, Record, Table, Value

_TEXT = Parameter(TEXT, blank="")
Body = Callable[[Run, Machine, Expression, str], Value]


@lru_cache(maxsize=1_000)
def _read(pattern: str, options: str) -> Expression:
    expression = read(pattern, options)
    compiled(expression)
    return expression


def _expression(binder: Binder, call: Call) -> Expression:
    counted(call, 2, 3)
    pattern = _constant(binder, call, 1, "Match")
    options = _constant(binder, call, 2, "MatchOptions") if len(call.arguments) > 2 else ""
    try:
        return _read(pattern, options if "c" in options else f"{options}c")
    except PatternError as error:
        raise FormulaError(f"the regular expression is none: {error}", call.arguments[1].position) from None


def _constant(binder: Binder, call: Call, index: int, enumeration: str) -> str:
    part = binder.bind(call.arguments[index])
    value = part.constant.value if isinstance(part.constant, Option) else part.constant
    options = part.type.options
    if not isinstance(value, str) or (options is not None and options.name != enumeration):
        raise FormulaError("a regular expression is known when the formula is read", call.arguments[index].position)
    return value


def _call(binder: Binder, call: Call, kind: Type, body: Body) -> Bound:
    expression = _expression(binder, call)
    text = binder.bind(call.arguments[0])

    def match(run: Run, value: str) -> Value:
        run.sized(value)
        machine = Machine(expression)
        before = machine.left
        try:
            return body(run, machine, expression, units(value))
        except ExhaustedError:
            raise EvaluationError("Timeout", "the regular expression takes too long for this text") from None
        finally:
            run.spend((before - max(machine.left, 0)) // 2)

    return plain_call(binder, call, Signature((_TEXT,), kind, 1), [text], match)


def _row_type(binder: Binder, call: Call) -> Type:
    expression = _expression(binder, call)
    columns = {"FullMatch": TEXT, "StartMatch": binder.number}
    if expression.numbered:
        columns["SubMatches"] = column_of(TEXT)
    return record_of({**columns, **{name: TEXT for name in expression.names if name}})


def _row(run: Run, expression: Expression, text: str, found: Found) -> Record:
    start = found.start + 1
    fields: dict[str, Value] = {
        "FullMatch": joined(text[found.start : found.end]),
        "StartMatch": run.number(start),
    }
    kept = [None if capture is None else joined(capture) for capture in found.captures]
    if expression.numbered:
        fields["SubMatches"] = Table(Record({"Value": capture}) for capture in kept)
    named = zip(expression.names, kept, strict=True)
    return Record({**fields, **{name: capture for name, capture in named if name}})


@special("IsMatch")
def is_match(binder: Binder, call: Call) -> Bound:
    """Whether the text has a place that is as the pattern says."""
    return _call(binder, call, BOOLEAN, lambda _run, machine, _expression, text: machine.search(text) is not None)


@special("Match")
def match(binder: Binder, call: Call) -> Bound:
    """The first place that is as the pattern says; Blank where there is none."""

    def body(run: Run, machine: Machine, expression: Expression, text: str) -> Value:
        found = machine.search(text)
        return None if found is None else _row(run, expression, text, found)

    return _call(binder, call, _row_type(binder, call), body)


@special("MatchAll")
def match_all(binder: Binder, call: Call) -> Bound:
    """All places that are as the pattern says."""

    def body(run: Run, machine: Machine, expression: Expression, text: str) -> Value:
        found = [_row(run, expression, text, each) for each in machine.all(text)]
        run.rows(len(found))
        return Table(found)

    return _call(binder, call, Type("Table", _row_type(binder, call).columns), body)

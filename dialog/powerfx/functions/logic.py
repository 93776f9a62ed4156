"""Conditions and Blank: And, Or, Not, IsBlank, IsEmpty, Blank, Coalesce, Boolean."""

from dialog.powerfx.binder import Binder, Bound, constant
from dialog.powerfx.conversion import to_boolean, to_table
from dialog.powerfx.converting import converted, converter_between, with_converter
from dialog.powerfx.joining import logical
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import function, special
from dialog.powerfx.rows import counted
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.tabular import tabular_call
from dialog.powerfx.types import BLANK, BOOLEAN
from dialog.powerfx.values import ErrorValue, Value, is_blank
from dialog.powerfx.written import type_of_rows


def _logical(binder: Binder, call: Call, *, ends_on: bool) -> Bound:
    counted(call, 1)
    codes = [converted(binder.bind(argument), BOOLEAN) for argument in call.arguments]
    return Bound(BOOLEAN, logical(codes, ends_on=ends_on), call)


@special("And")
def and_(binder: Binder, call: Call) -> Bound:
    """Whether all hold; what stands behind the first that does not is not computed."""
    return _logical(binder, call, ends_on=False)


@special("Or")
def or_(binder: Binder, call: Call) -> Bound:
    """Whether one holds; what stands behind it is not computed."""
    return _logical(binder, call, ends_on=True)


@function("Not", takes=[Parameter(BOOLEAN, blank=False)], gives=BOOLEAN)
def not_(_run: Run, value: Value) -> Value:
    """Whether it does not hold."""
    return not value


@function("IsBlank", takes=[Parameter("any")], gives=BOOLEAN)
def is_blank_(_run: Run, value: Value) -> Value:
    """Whether it is Blank, or the empty text."""
    return is_blank(value)


@special("IsEmpty")
def is_empty(binder: Binder, call: Call) -> Bound:
    """Whether the table has no row."""
    counted(call, 1, 1)
    part = binder.bind(call.arguments[0])
    if part.type.kind not in {"Table", "Any", "Blank", "Dynamic"}:
        raise FormulaError(f"a {part.type} is no table", part.node.position)

    def body(run: Run, value: Value) -> Value:
        return value is None or not to_table(run, value)

    return plain_call(binder, call, Signature((Parameter("any"),), BOOLEAN, 1), [part], body)


@special("Blank")
def blank(_binder: Binder, call: Call) -> Bound:
    """No value."""
    counted(call, 0, 0)
    return constant(BLANK, None, call)


@special("Coalesce")
def coalesce(binder: Binder, call: Call) -> Bound:
    """The first argument that is neither Blank nor empty."""
    counted(call, 1)
    parts = [binder.bind(argument) for argument in call.arguments]
    kind = type_of_rows(parts, "the values of Coalesce")
    codes = []
    for part in parts:
        converter = converter_between(part.type, kind)
        codes.append(part.code if converter is None else with_converter(part.code, converter))

    def code(run: Run) -> Value:
        for each in codes:
            value = each(run)
            if isinstance(value, ErrorValue) or not is_blank(value):
                return value
        return None

    return Bound(kind, code, call)


_BOOLEAN = Signature((Parameter("any"),), BOOLEAN, 1, on_blank=None)
_FROM = frozenset(["Text", "Decimal", "Number", "Boolean", "Dynamic", "Any", "Blank"])


def _as_boolean(run: Run, value: Value) -> Value:
    if value == "":
        return None
    return to_boolean(run, value)


@special("Boolean")
def boolean(binder: Binder, call: Call) -> Bound:
    """`value` as true or false."""
    counted(call, 1, 1)
    part = binder.bind(call.arguments[0])
    single = part.type.single if part.type.kind == "Table" else None
    kind = single[1] if single else part.type
    backed = kind.options is not None and kind.options.backing == "Boolean"
    if kind.kind not in _FROM and not backed:
        raise FormulaError(f"a {kind} is no Boolean", part.node.position)
    bind = tabular_call if part.type.kind == "Table" else plain_call
    return bind(binder, call, _BOOLEAN, [part], _as_boolean)

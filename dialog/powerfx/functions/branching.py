"""Choosing what is computed: If, Switch, IfError, With."""

from dialog.powerfx.binder import Binder, Bound, Code
from dialog.powerfx.comparing import equal
from dialog.powerfx.conversion import type_name
from dialog.powerfx.converting import converted, converter_between, with_converter
from dialog.powerfx.kinds import kind_number, mismatched
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import special
from dialog.powerfx.relations import comparable
from dialog.powerfx.rows import counted
from dialog.powerfx.rules import MismatchError, united
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import ANY, BLANK, BOOLEAN, TEXT, Type, record_of, table_of
from dialog.powerfx.values import ErrorValue, Record, Table, Value, combined


def branch_type(parts: list[Bound], call: Call) -> Type:
    """The type of a value that is that of one of the branches.

    Raises:
        FormulaError: they do not fit together.
    """
    kind = BLANK
    for part in parts:
        try:
            kind = ANY if "Any" in {kind.kind, part.type.kind} else united(kind, part.type)
        except MismatchError:
            raise FormulaError("the branches are of types that do not fit together", call.position) from None
    return kind


def as_branch(part: Bound, kind: Type) -> Code:
    """A branch's code, whose value is of the type of all branches."""
    converter = converter_between(part.type, kind)
    return part.code if converter is None else with_converter(part.code, converter)


@special("If")
def if_(binder: Binder, call: Call) -> Bound:
    """The value behind the first condition that holds, else the last argument, else Blank."""
    counted(call, 2)
    parts = [binder.bind(argument) for argument in call.arguments]
    pairs = len(parts) // 2
    conditions = [converted(part, BOOLEAN) for part in parts[: pairs * 2 : 2]]
    results = parts[1 : pairs * 2 : 2]
    last = parts[-1] if len(parts) % 2 else None
    kind = branch_type([*results, last] if last else results, call)
    branches = list(zip(conditions, [as_branch(part, kind) for part in results], strict=True))
    otherwise = as_branch(last, kind) if last else None

    def code(run: Run) -> Value:
        for condition, result in branches:
            holds = condition(run)
            if holds is True:
                return result(run)
            if holds.__class__ is ErrorValue:
                return holds
        return otherwise(run) if otherwise is not None else None

    return Bound(kind, code, call)


@special("Switch")
def switch(binder: Binder, call: Call) -> Bound:
    """The value behind the first match of the first argument, else the last argument, else Blank."""
    counted(call, 3)
    subject, *cases = [binder.bind(argument) for argument in call.arguments]
    pairs = len(cases) // 2
    matches, results = cases[: pairs * 2 : 2], cases[1 : pairs * 2 : 2]
    last = cases[-1] if len(cases) % 2 else None
    for match in matches:
        if not comparable(subject.type, match.type):
            raise FormulaError(f"a {subject.type} never equals a {match.type}", match.node.position)
    kind = branch_type([*results, last] if last else results, call)
    branches = [(match.code, as_branch(result, kind)) for match, result in zip(matches, results, strict=True)]
    otherwise = as_branch(last, kind) if last else None
    return Bound(kind, _switched(subject.code, branches, otherwise), call)


def _switched(subject: Code, branches: list[tuple[Code, Code]], otherwise: Code | None) -> Code:
    def code(run: Run) -> Value:
        value = subject(run)
        errors = [value] if isinstance(value, ErrorValue) else []
        for match, result in branches:
            wanted = match(run)
            if isinstance(wanted, ErrorValue):
                errors.append(wanted)
            elif not errors and equal(run, value, wanted):
                return result(run)
            if errors:
                return combined(errors)
        if errors:
            return combined(errors)
        return otherwise(run) if otherwise is not None else None

    return code


ERROR_ROW = record_of({"Kind": Type("Number"), "Message": TEXT})
ERROR_SCOPE = record_of({"FirstError": ERROR_ROW, "AllErrors": table_of(ERROR_ROW.columns)})


def error_scope(error: ErrorValue) -> Record:
    """What a part that handles errors sees: FirstError and AllErrors."""
    rows = [Record({"Kind": float(kind_number(part.kind)), "Message": part.message}) for part in error.all]
    return Record({"FirstError": rows[0], "AllErrors": Table(rows)})


@special("IfError")
def if_error(binder: Binder, call: Call) -> Bound:
    """The first argument, or what stands behind it where it is an error; with more pairs, the next."""
    counted(call, 2)
    count = len(call.arguments)
    parts: list[Bound] = []
    for index, argument in enumerate(call.arguments):
        if index % 2 and index:
            with binder.frame(ERROR_SCOPE):
                parts.append(binder.bind(argument))
        else:
            parts.append(binder.bind(argument))
    values = [part for index, part in enumerate(parts) if index % 2 or index >= count - 2]
    kind = branch_type(values, call)
    codes = [as_branch(part, kind) if part in values else part.code for part in parts]
    return Bound(kind, _handled(codes), call)


def _handled(codes: list[Code]) -> Code:
    def code(run: Run) -> Value:
        value: Value = None
        for index in range(0, len(codes) - 1, 2):
            value = codes[index](run)
            if isinstance(value, ErrorValue):
                with run.frame(error_scope(value)):
                    return codes[index + 1](run)
        return codes[-1](run) if len(codes) % 2 else value

    return code


@special("With")
def with_(binder: Binder, call: Call) -> Bound:
    """The second argument, in which the fields of the first can be read by name."""
    counted(call, 2, 2)
    record = binder.bind(call.arguments[0])
    if record.type.kind not in {"Record", "Any", "Blank"}:
        raise FormulaError(f"With takes a record, not a {record.type}", record.node.position)
    with binder.frame(record.type if record.type.kind == "Record" else ANY):
        body = binder.bind(call.arguments[1])
    fields, inner = record.code, body.code

    def code(run: Run) -> Value:
        value = fields(run)
        if value is None or isinstance(value, ErrorValue):
            return value
        if not isinstance(value, Record):
            return mismatched(type_name(value), "record").value
        with run.frame(value):
            return inner(run)

    return Bound(body.type, code, call)

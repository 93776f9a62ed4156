"""Conditions, errors, Blank, and local names."""

from dialog.powerfx import coercion
from dialog.powerfx.coercion import EvaluationError
from dialog.powerfx.evaluation import Evaluation
from dialog.powerfx.registry import eager, lazy
from dialog.powerfx.syntax import Node, RecordLiteral
from dialog.powerfx.values import Record, Value


@lazy("If")
def if_(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """The value behind the first condition that holds, else the last argument, else Blank."""
    for index in range(0, len(arguments) - 1, 2):
        if run.boolean(arguments[index]):
            return run.value(arguments[index + 1])
    return run.value(arguments[-1]) if len(arguments) % 2 else None


@lazy("Switch")
def switch(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """The value behind the first match of the first argument, else the last argument, else Blank."""
    subject = run.value(arguments[0])
    cases = arguments[1:]
    for index in range(0, len(cases) - 1, 2):
        if coercion.equal(subject, run.value(cases[index])):
            return run.value(cases[index + 1])
    return run.value(cases[-1]) if len(cases) % 2 else None


@lazy("And")
def and_(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """Whether all hold; what stands behind the first that does not is not computed."""
    return all(run.boolean(argument) for argument in arguments)


@lazy("Or")
def or_(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """Whether one holds; what stands behind it is not computed."""
    return any(run.boolean(argument) for argument in arguments)


@eager("Not")
def not_(_run: Evaluation, value: Value) -> Value:
    """Whether it does not hold."""
    return not coercion.boolean(value)


@lazy("IfError")
def if_error(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """The first argument, or what stands behind it where it is an error; with more pairs, the next."""
    value: Value = None
    for index in range(0, len(arguments), 2):
        try:
            value = run.value(arguments[index])
        except EvaluationError as error:
            if index + 1 >= len(arguments):
                raise
            caught = Record({"Kind": error.kind, "Message": error.message})
            return run.within(caught, arguments[index + 1], "FirstError")
    return value


@lazy("IsError")
def is_error(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """Whether the argument is an error."""
    try:
        run.value(arguments[0])
    except EvaluationError:
        return True
    return False


@lazy("IsBlankOrError")
def is_blank_or_error(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """Whether the argument is Blank, the empty text, or an error."""
    try:
        return coercion.is_blank(run.value(arguments[0]))
    except EvaluationError:
        return True


@eager("Error")
def error_(_run: Evaluation, what: Value) -> Value:
    """An error of one's own."""
    message = what.get("Message") if isinstance(what, Record) else what
    raise EvaluationError("Custom", str(message or ""))


@eager("Blank")
def blank(_run: Evaluation) -> Value:
    """Blank."""
    return None


@eager("IsBlank")
def is_blank(_run: Evaluation, value: Value) -> Value:
    """Whether it is Blank, or the empty text."""
    return coercion.is_blank(value)


@eager("IsEmpty")
def is_empty(_run: Evaluation, value: Value) -> Value:
    """Whether the table has no record."""
    return not coercion.table(value)


@lazy("Coalesce")
def coalesce(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """The first argument that is neither Blank nor empty."""
    for argument in arguments:
        value = run.value(argument)
        if not coercion.is_blank(value):
            return value
    return None


@lazy("With")
def with_(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
    """The second argument, in which the fields of the first can be read by name."""
    record, body = arguments
    fields = run.value(record)
    if not isinstance(fields, Record) and not isinstance(record, RecordLiteral):
        raise EvaluationError("Type", "With takes a record")
    return run.within(fields, body)


@eager("Boolean")
def boolean(_run: Evaluation, value: Value) -> Value:
    """`value` as true or false."""
    return None if value is None else coercion.boolean(value)


@eager("OptionSetInfo")
def option_set_info(_run: Evaluation, value: Value) -> Value:
    """What a choice is stored as."""
    return getattr(value, "id", None)

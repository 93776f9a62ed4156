"""Code that makes a part's value what is wanted where it stands."""

from dialog.powerfx.binder import Bound, Code
from dialog.powerfx.conversion import CONVERTERS, Converter, to_text
from dialog.powerfx.kinds import EvaluationError
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.rules import coerces
from dialog.powerfx.run import Run
from dialog.powerfx.types import OptionSet, Type
from dialog.powerfx.values import ErrorValue, Option, Record, Table, Value


def converted(part: Bound, wanted: Type) -> Code:
    """The part's code, whose value is of the type that is wanted (or Blank, or an error).

    Raises:
        FormulaError: no value of the part's type is such a one.
    """
    if not coerces(part.type, wanted):
        raise FormulaError(f"a {part.type} cannot stand where a {wanted} is wanted", part.node.position)
    converter = converter_between(part.type, wanted)
    return part.code if converter is None else with_converter(part.code, converter)


def with_converter(code: Code, converter: Converter) -> Code:
    """The value of `code`, converted unless it is Blank or an error."""

    def convert(run: Run) -> Value:
        value = code(run)
        if value is None or value.__class__ is ErrorValue:
            return value
        try:
            return converter(run, value)
        except EvaluationError as error:
            return error.value

    return convert


def converter_between(source: Type, target: Type) -> Converter | None:
    """What makes a value of one type one of another; None where there is nothing to do."""
    if target.kind in {"Any", "Dynamic", "Blank", "Void"} or source.kind == "Blank":
        return None
    if target.kind == "Option":
        return _option_converter(target.options) if source.kind != "Option" else None
    if target.is_aggregate:
        return _columns_converter(source, target)
    if source.kind == target.kind:
        return None
    return CONVERTERS[target.kind]


def _option_converter(options: OptionSet | None) -> Converter:
    """A plain value as the member behind which it stands, or as one that has no name."""

    def to_option(_run: Run, value: Value) -> Value:
        if isinstance(value, Option) or options is None:
            return value
        backing = float(value) if options.backing == "Number" else value  # type: ignore[arg-type]  # checked by its type
        if options.backing == "Boolean":
            for name, behind in options.members.items():
                if behind is value:
                    return Option(options.name, name, options.display_names.get(name, name), behind)
        unnamed = "CalculatedOptionSetValue"
        return Option(options.name, unnamed, unnamed, backing)  # type: ignore[arg-type]  # likewise

    return to_option


def _columns_converter(source: Type, target: Type) -> Converter | None:
    """A record or table whose columns are converted one by one; columns that are missing are Blank."""
    if source.kind == "Any":
        return CONVERTERS[target.kind]
    if source.columns is None or target.columns is None:
        return None
    converters: dict[str, Converter] = {}
    for name, wanted in target.columns.items():
        has = source.columns.get(name)
        converter = converter_between(has, wanted) if has is not None else None
        if converter is not None:
            converters[name] = converter
    missing = {name: None for name in target.columns if name not in source.columns}
    if not converters and not missing:
        return None
    row = _row_converter(converters, missing)
    return row if target.kind == "Record" else lambda run, value: _rows(run, value, row)


def _rows(run: Run, value: Value, row: Converter) -> Value:
    if not isinstance(value, Table):
        return value
    return Table(row(run, each) for each in value)


def _row_converter(converters: dict[str, Converter], missing: dict[str, None]) -> Converter:
    def convert(run: Run, row: Value) -> Value:
        if not isinstance(row, Record):
            return row
        fields: dict[str, Value] = {**row, **missing} if missing else dict(row)
        for name, converter in converters.items():
            fields[name] = _attempt(run, converter, fields.get(name))
        return Record(fields)

    return convert


def _attempt(run: Run, converter: Converter, value: Value) -> Value:
    if value is None or isinstance(value, ErrorValue):
        return value
    try:
        return converter(run, value)
    except EvaluationError as error:
        return error.value


def text_code(part: Bound) -> Code:
    """The part's code as text; Blank is the empty text."""
    if part.type.kind in {"Record", "Table", "Color", "Void"}:
        raise FormulaError(f"a {part.type} is no text", part.node.position)
    code = part.code

    def as_text(run: Run) -> Value:
        value = code(run)
        if value.__class__ is str:
            return value
        if value is None:
            return ""
        if isinstance(value, ErrorValue):
            return value
        try:
            return to_text(run, value)
        except EvaluationError as error:
            return error.value

    return as_text

"""Texts, conditions and steps one behind another: `&`, `$"…"`, `&&`, `||` and `;`."""

from dialog.powerfx.binder import Binder, Bound, Code, binds, constant
from dialog.powerfx.converting import converted, text_code
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Chain, Interpolated, Joined
from dialog.powerfx.types import BOOLEAN, TEXT, OptionSet, Type
from dialog.powerfx.values import ErrorValue, Option, Value, combined


@binds(Chain)
def chain(binder: Binder, node: Chain) -> Bound:
    """`first; second`: the last one's value."""
    if not binder.language.chaining:
        raise FormulaError("a formula has one value: there is nothing to do behind a semicolon", node.position)
    steps = [binder.bind(step) for step in node.steps]
    codes, last = [step.code for step in steps[:-1]], steps[-1]

    def code(run: Run) -> Value:
        for step in codes:
            value = step(run)
            if isinstance(value, ErrorValue):
                return value
        return last.code(run)

    return Bound(last.type, code, node)


@binds(Joined)
def joined(binder: Binder, node: Joined) -> Bound:
    """`&`, `&&` and `||`."""
    operands = [binder.bind(operand) for operand in node.operands]
    if node.operator == "&":
        if (options := _concatenated(operands)) is not None:
            return _members(options, operands, node)
        operands = [as_backing(operand) for operand in operands]
        return concatenation([text_code(operand) for operand in operands], node, operands)
    codes = [converted(operand, BOOLEAN) for operand in operands]
    return Bound(BOOLEAN, logical(codes, ends_on=node.operator == "||"), node)


def concatenation(codes: list[Code], node: Joined | Interpolated, parts: list[Bound]) -> Bound:
    """Texts behind one another. Where all are known, the whole is."""

    def code(run: Run) -> Value:
        texts = [part(run) for part in codes]
        try:
            return run.sized("".join(texts))  # type: ignore[arg-type]  # all texts, but for errors
        except TypeError:
            return combined([text for text in texts if isinstance(text, ErrorValue)])

    if all(isinstance(part.constant, str) for part in parts):
        return Bound(TEXT, code, node, "".join(str(part.constant) for part in parts))
    return Bound(TEXT, code, node)


def _concatenated(operands: list[Bound]) -> OptionSet | None:
    """The enumeration whose members all of these are, where they may be joined into a new one."""
    options = operands[0].type.options
    same = all(operand.type.options is not None and operand.type.options == options for operand in operands)
    return options if same and options is not None and options.concatenates else None


def _members(options: OptionSet, operands: list[Bound], node: Joined) -> Bound:
    """Members of an enumeration as one: `MatchOptions.Complete & MatchOptions.Multiline`."""
    kind = Type("Option", options=options)

    def code(run: Run) -> Value:
        return _one_of(options, [operand.code(run) for operand in operands])

    if all(isinstance(operand.constant, Option) for operand in operands):
        return constant(kind, _one_of(options, [operand.constant for operand in operands]), node)  # type: ignore[misc]
    return Bound(kind, code, node)


def _one_of(options: OptionSet, values: list[Value]) -> Value:
    errors = [value for value in values if isinstance(value, ErrorValue)]
    if errors:
        return combined(errors)
    members = [value for value in values if isinstance(value, Option)]
    label = " & ".join(option.id for option in members)
    return Option(options.name, label, label, "".join(str(option.value) for option in members))


def as_backing(part: Bound) -> Bound:
    """A member of an enumeration of texts that may be written out, such as Match.Email, as that text."""
    options = part.type.options
    if options is None or not (options.concatenates and options.from_backing):
        return part
    code = part.code

    def backing(run: Run) -> Value:
        value = code(run)
        return value.value if isinstance(value, Option) else value

    if isinstance(part.constant, Option):
        return constant(TEXT, part.constant.value, part.node)
    return Bound(TEXT, backing, part.node)


def logical(codes: list[Code], *, ends_on: bool) -> Code:
    """Conditions one after another, until one is `ends_on`."""

    def code(run: Run) -> Value:
        for condition in codes:
            value = condition(run)
            if isinstance(value, ErrorValue):
                return value
            if bool(value) is ends_on:
                return ends_on
        return not ends_on

    return code


@binds(Interpolated)
def interpolated(binder: Binder, node: Interpolated) -> Bound:
    """`$"text {formula}"`."""
    parts = [binder.bind(part) for part in node.parts]
    return concatenation([text_code(part) for part in parts], node, parts)

"""What a plain function takes and gives, and the code of its calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dialog.powerfx.binder import Binder, Bound, Code, NotConstant, constant
from dialog.powerfx.conversion import CONVERTERS, Converter, to_number, to_temporal
from dialog.powerfx.converting import with_converter
from dialog.powerfx.kinds import EvaluationError
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.rules import coerces
from dialog.powerfx.run import Run
from dialog.powerfx.scope import Nowhere
from dialog.powerfx.syntax import Call, Node
from dialog.powerfx.types import NUMERIC, TEMPORAL, Type
from dialog.powerfx.values import ErrorValue, Value, combined


class _Keep:
    """Blank stays Blank."""


KEEP = _Keep()


@dataclass(frozen=True)
class Parameter:
    """What an argument is: a type, one of the words below, and what stands for Blank.

    `numeric`: a Decimal or a float, whichever comes. `temporal`: a date, a moment or a time. `any`: as it comes.
    """

    kind: Type | str
    blank: Any = KEEP

    def code(self, argument: Bound, binder: Binder) -> Code:
        """The argument's code, with its value converted.

        Raises:
            FormulaError: the argument can never be that.
        """
        kind = argument.type
        if self.kind == "any":
            return argument.code
        if isinstance(self.kind, Type):
            if not coerces(kind, self.kind):
                raise FormulaError(f"a {kind} cannot stand where a {self.kind} is wanted", argument.node.position)
            same = kind.kind == self.kind.kind and kind.kind not in {"Record", "Table"}
            return argument.code if same else with_converter(argument.code, CONVERTERS[self.kind.kind])
        return self._word_code(argument, binder)

    def with_floats(self, wanted: bool) -> "Parameter":  # noqa: FBT001 - one word says it
        """The same where another argument is a float, and numbers become floats therefore."""
        return Parameter(Type("Number"), self.blank) if wanted and self.kind == "numeric" else self

    def _word_code(self, argument: Bound, binder: Binder) -> Code:
        kind = argument.type
        fine = NUMERIC if self.kind == "numeric" else TEMPORAL
        wanted = binder.number if self.kind == "numeric" else Type("DateTime")
        if kind.kind in fine:
            return argument.code
        if not coerces(kind, wanted):
            raise FormulaError(f"a {kind} cannot stand where a {wanted} is wanted", argument.node.position)
        converter: Converter = to_number if self.kind == "numeric" else to_temporal
        return with_converter(argument.code, converter)


Gives = Type | str | Callable[[Binder, Sequence[Bound]], Type]
"""The type of a function's value: a type, `number` (the language's own), `numeric` (a float where an argument is one),
`first` (the first argument's), or a function of the arguments."""


@dataclass(frozen=True)
class Signature:
    """What a plain function takes and gives.

    `required`: how many arguments there must be. `rest`: the last parameter may come any number of times.
    `on_blank`: what the value is where an argument is Blank and nothing stands for it; `KEEP`: the function says.
    `folds`: where all arguments are known when the formula is read, so is the value.
    """

    takes: tuple[Parameter, ...]
    gives: Gives
    required: int
    rest: bool = False
    on_blank: Any = KEEP
    folds: bool = False

    def parameter(self, index: int) -> Parameter:
        """The parameter of an argument."""
        return self.takes[min(index, len(self.takes) - 1)]

    def check(self, call: Call) -> None:
        """Whether there are as many arguments as there may be.

        Raises:
            FormulaError: there are not.
        """
        count = len(call.arguments)
        if count < self.required or (count > len(self.takes) and not self.rest):
            most = "or more" if self.rest else f"to {len(self.takes)}" if self.required < len(self.takes) else ""
            wanted = f"{self.required} {most}".strip()
            raise FormulaError(f"{call.function} takes {wanted} arguments, not {count}", call.position)

    def type(self, binder: Binder, arguments: Sequence[Bound]) -> Type:
        """The type of the value of such a call."""
        if isinstance(self.gives, Type):
            return self.gives
        if callable(self.gives):
            return self.gives(binder, arguments)
        if self.gives == "number":
            return binder.number
        if self.gives == "first":
            return arguments[0].type
        return numeric_type(binder, arguments)


def numeric_type(binder: Binder, arguments: Sequence[Bound]) -> Type:
    """The number that comes of these: a float where one is."""
    kinds = {argument.type.kind for argument in arguments}
    if "Number" in kinds:
        return Type("Number")
    return Type("Any") if "Any" in kinds else binder.number


def plain_call(
    binder: Binder, node: Node, signature: Signature, arguments: Sequence[Bound], body: Callable[..., Value]
) -> Bound:
    """A call whose arguments are all computed first."""
    as_float = any(
        argument.type.kind == "Number" and signature.parameter(index).kind == "numeric"
        for index, argument in enumerate(arguments)
    )
    parameters = [signature.parameter(index).with_floats(as_float) for index in range(len(arguments))]
    codes = [parameter.code(argument, binder) for parameter, argument in zip(parameters, arguments, strict=True)]
    blanks = [signature.parameter(index).blank for index in range(len(codes))]
    code = _one(codes[0], blanks[0], signature, body) if len(codes) == 1 else _many(codes, blanks, signature, body)
    kind = signature.type(binder, arguments)
    if signature.folds and not any(isinstance(argument.constant, NotConstant) for argument in arguments):
        value = code(Run(Nowhere(), floats=binder.language.floats))
        if not isinstance(value, ErrorValue):
            return constant(kind, value, node)
    return Bound(kind, code, node)


def _one(argument: Code, blank: Any, signature: Signature, body: Callable[..., Value]) -> Code:
    on_blank = signature.on_blank

    def code(run: Run) -> Value:
        value = argument(run)
        if value.__class__ is ErrorValue:
            return value
        if value is None:
            if blank is not KEEP:
                value = blank
            elif on_blank is not KEEP:
                return on_blank  # type: ignore[no-any-return]  # a value
        try:
            return body(run, value)
        except EvaluationError as error:
            return error.value

    return code


def _many(codes: Sequence[Code], blanks: Sequence[Any], signature: Signature, body: Callable[..., Value]) -> Code:
    on_blank = signature.on_blank

    def code(run: Run) -> Value:
        values = [argument(run) for argument in codes]
        is_blank = False
        for index, value in enumerate(values):
            if value is None:
                if blanks[index] is not KEEP:
                    values[index] = blanks[index]
                else:
                    is_blank = True
            elif value.__class__ is ErrorValue:
                return combined([each for each in values if isinstance(each, ErrorValue)])
        if is_blank and on_blank is not KEEP:
            return on_blank  # type: ignore[no-any-return]  # a value
        try:
            return body(run, *values)
        except EvaluationError as error:
            return error.value

    return code

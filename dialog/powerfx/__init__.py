"""Power Fx, the formula language of topics: deterministic, bounded, errors as values.

`compile_formula(source).evaluate(scope)` is the whole of it. Functions are registered in the modules `logic`, `texts`,
`numbers`, `dates` and `tables`; another function is one more decorated function there.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache

from dialog.powerfx import dates, logic, numbers, tables, texts  # noqa: F401 - they register their functions
from dialog.powerfx.coercion import EvaluationError
from dialog.powerfx.evaluation import Evaluation
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.registry import FUNCTIONS
from dialog.powerfx.scope import UNRESOLVED, Scope, Unresolved, VariablesScope
from dialog.powerfx.syntax import Call, Field, Name, Node, parse
from dialog.powerfx.values import ErrorValue, Value
from dialog.powerfx.walk import parts_of

__all__ = [
    "UNRESOLVED",
    "Formula",
    "FormulaError",
    "Scope",
    "Unresolved",
    "VariablesScope",
    "compile_formula",
]


@dataclass(frozen=True)
class Formula:
    """A formula that has been read, and can be computed any number of times."""

    source: str
    tree: Node

    def evaluate(self, scope: Scope) -> Value:
        """The value of the formula in `scope`; an `ErrorValue` where it ends in an error."""
        try:
            return Evaluation(scope, FUNCTIONS).value(self.tree)
        except EvaluationError as error:
            return ErrorValue(error.kind, error.message)
        except RecursionError:
            return ErrorValue("Internal", "the formula is nested too deep")
        except (ArithmeticError, LookupError, AttributeError, TypeError, ValueError) as error:
            # What a function does not foresee of its arguments is the formula's error, never the conversation's.
            return ErrorValue("InvalidArgument", f"{type(error).__name__}: {error}"[:200])

    @cached_property
    def names(self) -> frozenset[str]:
        """The dotted paths that the formula reads, such as `Topic.Order` or `System.Error.Code`."""
        return frozenset(path for part in parts_of(self.tree) if (path := _path(part)))


@lru_cache(maxsize=10_000)
def compile_formula(source: str) -> Formula:
    """Read a formula, with or without the `=` before it.

    Raises:
        FormulaError: it is no Power Fx, or it calls a function that there is not.
    """
    stripped = source.lstrip()
    offset = len(source) - len(stripped) + stripped.startswith("=")
    try:
        tree = parse(source[offset:])
        _check_functions(tree)
    except FormulaError as error:
        raise FormulaError(error.message, error.position + offset) from None
    return Formula(source, tree)


def _check_functions(tree: Node) -> None:
    for part in parts_of(tree):
        if isinstance(part, Call) and part.function not in FUNCTIONS:
            close = get_close_matches(part.function, FUNCTIONS, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise FormulaError(f"there is no function {part.function}{hint}", part.position)


def _path(part: Node) -> str:
    if isinstance(part, Name):
        return part.name
    if isinstance(part, Field) and (of := _path(part.of)):
        return f"{of}.{part.name}"
    return ""

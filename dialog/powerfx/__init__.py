"""Power Fx, the formula language of topics: typed, deterministic, bounded, errors as values.

`compile_formula(source).evaluate(scope)` is the whole of it. A formula is read and bound once, to code that is then
computed any number of times; `functions` has a module for each family of functions.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

from dialog.powerfx import functions, joining, names, operators, written  # noqa: F401 - they register what they bind
from dialog.powerfx.binder import Binder, Code
from dialog.powerfx.kinds import EvaluationError, LimitError
from dialog.powerfx.language import COPILOT, Language
from dialog.powerfx.lexer import FormulaError, text_first_tokens, tokens_of
from dialog.powerfx.parser import parse
from dialog.powerfx.registry import FUNCTIONS
from dialog.powerfx.run import Run
from dialog.powerfx.scope import UNRESOLVED, Scope, Unresolved, VariablesScope
from dialog.powerfx.syntax import Field, Name, Node, parts_of
from dialog.powerfx.types import Type
from dialog.powerfx.values import ErrorValue, Value

__all__ = [
    "UNRESOLVED",
    "Formula",
    "FormulaError",
    "Scope",
    "Unresolved",
    "VariablesScope",
    "compile_formula",
]

MAX_LENGTH = 20_000
"""Characters of one formula; real ones reach 6,734."""


@dataclass(frozen=True)
class Formula:
    """A formula that has been read, and can be computed any number of times."""

    source: str
    tree: Node
    type: Type
    code: Code
    language: Language = COPILOT

    def evaluate(self, scope: Scope) -> Value:
        """The value of the formula in `scope`; an `ErrorValue` where it ends in an error."""
        run = Run(scope, floats=self.language.floats)
        try:
            return self.code(run)
        except EvaluationError as error:
            return error.value
        except LimitError as error:
            return ErrorValue("Timeout", str(error))
        except RecursionError:
            return ErrorValue("Internal", "the formula is nested too deep")
        finally:
            run.end()

    @cached_property
    def names(self) -> frozenset[str]:
        """The dotted paths that the formula reads, such as `Topic.Order` or `System.Error.Code`."""
        return frozenset(path for part in parts_of(self.tree) if (path := _path(part)))


@lru_cache(maxsize=10_000)
def compile_formula(source: str, language: Language = COPILOT) -> Formula:
    """Read a formula, with or without the `=` before it.

    Raises:
        FormulaError: it is no Power Fx, or it can never have a value.
    """
    if len(source) > MAX_LENGTH:
        raise FormulaError(f"a formula has at most {MAX_LENGTH} characters", MAX_LENGTH)
    offset = 0
    if not language.text_first:
        stripped = source.lstrip()
        offset = len(source) - len(stripped) + stripped.startswith("=")
    try:
        text = source[offset:]
        tokens = text_first_tokens(text) if language.text_first else tokens_of(text, reserved=language.reserved_words)
        tree = parse(tokens)
        bound = Binder(language, FUNCTIONS).bind(tree)
    except FormulaError as error:
        raise FormulaError(error.message, error.position + offset) from None
    except RecursionError:
        raise FormulaError("nested too deep", offset) from None
    return Formula(source, tree, bound.type, bound.code, language)


def _path(part: Node) -> str:
    if isinstance(part, Name):
        return part.name
    if isinstance(part, Field) and (of := _path(part.of)):
        return f"{of}.{part.name}"
    return ""

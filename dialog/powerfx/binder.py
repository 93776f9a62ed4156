"""From a formula's tree to code: types are found, mistakes are told, and each part becomes a function of the run.

That happens once for a formula. What is computed each time is only `code(run)`.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from dialog.powerfx.enumerations import ENUMERATIONS
from dialog.powerfx.language import Language
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Call, Node
from dialog.powerfx.types import DECIMAL, NUMBER, OptionSet, Type
from dialog.powerfx.values import Value

Code = Callable[[Run], Value]
"""A part of a formula, ready to be computed. It gives errors as values, and raises only a LimitError."""


class NotConstant:
    """The value is not known before the run."""


VARIES: Final = NotConstant()


@dataclass(frozen=True, slots=True)
class Bound:
    """A part of a formula with its type. `constant` is its value where that is known without a run."""

    type: Type
    code: Code
    node: Node
    constant: Value | NotConstant = VARIES


def constant(kind: Type, value: Value, node: Node) -> Bound:
    """A part whose value is known."""
    return Bound(kind, lambda _run: value, node, value)


@dataclass(frozen=True, slots=True)
class Frame:
    """A row that parts of the formula stand in. `shown`: its columns are names; `alias`: what it is called by As."""

    row: Type
    alias: str | None = None
    shown: bool = True


Binding = Callable[["Binder", Any], Bound]
"""What takes a part of a tree to its code: for each class of node one, and for each function."""

_NODES: dict[type[Node], Binding] = {}


def binds(node: type[Node]) -> Callable[[Binding], Binding]:
    """Register what binds the nodes of a class."""

    def register(binding: Binding) -> Binding:
        _NODES[node] = binding
        return binding

    return register


class Binder:
    """Binds the parts of one formula."""

    def __init__(self, language: Language, functions: Mapping[str, Binding]) -> None:
        self.language = language
        self.frames: list[Frame] = []
        self._functions = functions

    @property
    def number(self) -> Type:
        """The type of a plain number."""
        return NUMBER if self.language.floats else DECIMAL

    def options(self, name: str) -> OptionSet | None:
        """The enumeration or option set of this name, where the language or its host has one."""
        return self.language.option_sets.get(name) or ENUMERATIONS.get(name)

    @contextmanager
    def frame(self, row: Type, alias: str | None = None, *, shown: bool = True) -> Iterator[int]:
        """Stand in one more row; gives the row's place in the run."""
        self.frames.append(Frame(row, alias, shown=shown))
        try:
            yield len(self.frames) - 1
        finally:
            self.frames.pop()

    def bind(self, node: Node) -> Bound:
        """The code of `node`.

        Raises:
            FormulaError: it is none.
        """
        binding = _NODES.get(type(node))
        if binding is None:
            # A name for rows is bound by the functions that go over rows; nowhere else has it a meaning.
            raise FormulaError("As names the rows of a table, as in Filter(Table As Row, …)", node.position)
        return binding(self, node)

    def call(self, node: Call) -> Bound:
        """The code of a call.

        Raises:
            FormulaError: there is no such function, or it does not take these arguments.
        """
        binding = self.language.functions.get(node.function) or self._functions.get(node.function)
        if binding is None:
            close = get_close_matches(node.function, self._functions, 1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise FormulaError(f"there is no function {node.function}{hint}", node.position)
        bound: Bound = binding(self, node)
        return bound

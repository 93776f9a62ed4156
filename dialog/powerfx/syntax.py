"""The parts of a parsed Power Fx expression."""

from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True)
class Literal:
    """A number, text, truth value or Blank."""

    value: Any


@dataclass(frozen=True)
class Name:
    """A name on its own: a root such as `Topic`, a column, an enumeration."""

    name: str


@dataclass(frozen=True)
class Member:
    """`of.name`."""

    of: "Node"
    name: str


@dataclass(frozen=True)
class Unary:
    """`-x`, `!x` or `x%`."""

    operator: str
    operand: "Node"


@dataclass(frozen=True)
class Chain:
    """`first op x op y`, evaluated from the left: flat, so that a long chain of `&` needs no deep stack."""

    first: "Node"
    rest: tuple[tuple[str, "Node"], ...]


@dataclass(frozen=True)
class Apply:
    """`function(arguments)`."""

    function: str
    arguments: tuple["Node", ...]
    position: int


@dataclass(frozen=True)
class MakeRecord:
    """`{name: value, …}`."""

    fields: tuple[tuple[str, "Node"], ...]


@dataclass(frozen=True)
class MakeTable:
    """`[value, …]`."""

    rows: tuple["Node", ...]


@dataclass(frozen=True)
class Interpolated:
    """`$"text {expression}"`."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class As:
    """`table As name`."""

    of: "Node"
    name: str


@dataclass(frozen=True)
class Sequence:
    """`a; b`: the last one's value."""

    steps: tuple["Node", ...]


Node: TypeAlias = Literal | Name | Member | Unary | Chain | Apply | MakeRecord | MakeTable | Interpolated | As | Sequence


class FormulaError(ValueError):
    """An expression that cannot be compiled; `position` is the offset in its source, from 0."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.position = position

"""A formula as a tree."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a formula; `position` is where it stands."""

    position: int


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number, as it was written."""

    text: str


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A text, a Boolean, or Blank (what an empty formula is)."""

    value: str | bool | None


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable, a column of a row in scope, a scope, or an option set. A `[@name]` looks past the rows."""

    name: str
    is_global: bool = False


@dataclass(frozen=True, slots=True)
class Field(Node):
    """`of.name`."""

    of: Node
    name: str


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function and its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """An operator before, or behind, one operand."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """An operator between two operands."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Joined(Node):
    """`&`, `&&` or `||` over two or more operands: long rows of them are common, and shall not nest."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class RecordLiteral(Node):
    """`{name: value, …}`."""

    fields: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class TableLiteral(Node):
    """`[value, …]`."""

    rows: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Interpolated(Node):
    """`$"text {formula} text"`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Aliased(Node):
    """`table As name`."""

    of: Node
    alias: str


@dataclass(frozen=True, slots=True)
class Chain(Node):
    """`first; second; …`: each is computed, the last is the value."""

    steps: tuple[Node, ...]


def children_of(node: Node) -> tuple[Node, ...]:
    """The parts right below `node`."""
    match node:
        case Field(of=of) | Aliased(of=of):
            return (of,)
        case Call(arguments=parts) | TableLiteral(rows=parts) | Interpolated(parts=parts):
            return parts
        case Joined(operands=parts) | Chain(steps=parts):
            return parts
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case RecordLiteral(fields=fields):
            return tuple(value for _, value in fields)
        case _:
            return ()


def parts_of(tree: Node) -> Iterator[Node]:
    """`tree` and all below it."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(children_of(node)))


def height_of(tree: Node) -> int:
    """How many parts stand inside one another."""
    height, level = 0, [tree]
    while level:
        height, level = height + 1, [child for node in level for child in children_of(node)]
    return height

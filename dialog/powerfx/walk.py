"""Every part of a formula's tree."""

from collections.abc import Iterator

from dialog.powerfx.syntax import (
    Aliased,
    Binary,
    Call,
    Field,
    Interpolated,
    Node,
    RecordLiteral,
    TableLiteral,
    Unary,
)


def parts_of(tree: Node) -> Iterator[Node]:
    """`tree` and all below it."""
    yield tree
    for child in _children(tree):
        yield from parts_of(child)


def _children(node: Node) -> tuple[Node, ...]:
    match node:
        case Field(of=of) | Aliased(of=of):
            return (of,)
        case Call(arguments=arguments):
            return arguments
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case RecordLiteral(fields=fields):
            return tuple(value for _, value in fields)
        case TableLiteral(rows=rows):
            return rows
        case Interpolated(parts=parts):
            return parts
        case _:
            return ()

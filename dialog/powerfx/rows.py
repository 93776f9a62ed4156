"""Going through a table's rows: parts of a formula that are computed for each row."""

from collections.abc import Callable
from dataclasses import dataclass

from dialog.powerfx.binder import Binder, Bound, Code
from dialog.powerfx.conversion import type_name, untyped
from dialog.powerfx.converting import converted
from dialog.powerfx.kinds import EvaluationError, mismatched
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Aliased, Call, Name, Node, parts_of
from dialog.powerfx.syntax import Literal as TextLiteral
from dialog.powerfx.types import ANY, BOOLEAN, DYNAMIC, Type
from dialog.powerfx.values import ErrorValue, Record, Table, Untyped, Value

Body = Callable[[Run, Table], Value]


@dataclass(frozen=True)
class Source:
    """The table that a function goes through, and what its rows are called by As."""

    table: Bound
    alias: str | None

    @property
    def row(self) -> Type:
        """The type of its rows."""
        kind = self.table.type
        return kind.row if kind.kind == "Table" else DYNAMIC if kind.kind == "Dynamic" else ANY

    @property
    def columns(self) -> dict[str, Type]:
        """The columns, where they are known; none where they are not."""
        return dict(self.table.type.columns or {})

    def per_row(self, binder: Binder, node: Node) -> "PerRow":
        """A part that is computed for each row."""
        with binder.frame(self.row, self.alias):
            part = binder.bind(node)
        return PerRow(part, weight_of(node))


@dataclass(frozen=True)
class PerRow:
    """A part that is computed for each row, and what it costs to do so."""

    part: Bound
    weight: int

    def condition(self) -> Code:
        """Its code as a Boolean.

        Raises:
            FormulaError: it never is one.
        """
        return converted(self.part, BOOLEAN)


def weight_of(node: Node) -> int:
    """How many parts there are in a part."""
    return sum(1 for _ in parts_of(node))


def unaliased(node: Node) -> tuple[Node, str | None]:
    """A part without its `As`, and the name that it gives."""
    return (node.of, node.alias) if isinstance(node, Aliased) else (node, None)


def source(binder: Binder, node: Node, *, dynamic: bool = False, blank: bool = False) -> Source:
    """The table that an argument gives. `dynamic`: an array of JSON will do; `blank`: so will Blank, or an error.

    Raises:
        FormulaError: it never gives one.
    """
    node, alias = unaliased(node)
    table = binder.bind(node)
    allowed = {"Table": True, "Any": True, "Dynamic": dynamic, "Blank": blank}
    if not allowed.get(table.type.kind):
        raise FormulaError(f"a {table.type} is no table", node.position)
    return Source(table, alias)


def over(table: Code, body: Body, *, blank: Code | None = None) -> Code:
    """The code of a function over a table's rows; an error stays one, and Blank gives `blank`."""

    def code(run: Run) -> Value:
        value = table(run)
        if value is None:
            return blank(run) if blank else None
        if isinstance(value, ErrorValue):
            return value
        try:
            return body(run, rows_of(run, value))
        except EvaluationError as error:
            return error.value

    return code


def rows_of(run: Run, value: Value) -> Table:
    """The rows of a table, or of an array of JSON.

    Raises:
        EvaluationError: it is neither.
    """
    if isinstance(value, Table):
        return value
    if isinstance(value, Untyped) and isinstance(value.data, list):
        run.rows(len(value.data))
        return Table(untyped(item) for item in value.data)
    raise mismatched(type_name(value), "table")


def each(
    run: Run, rows: Table, per_row: PerRow, code: Code | None = None, until: Callable[[Value], bool] | None = None
) -> list[tuple[Value, Value]]:
    """Each row with the value that the part has for it; `until`: the value behind which no other is computed."""
    compute = code or per_row.part.code
    weight = per_row.weight
    found: list[tuple[Value, Value]] = []
    with run.frame() as frames:
        place = len(frames) - 1
        for row in rows:
            run.spend(weight)
            frames[place] = row
            value = compute(run)
            found.append((row, value))
            if until is not None and until(value):
                break
    return found


def column_name(binder: Binder, node: Node, columns: dict[str, Type], *, new: bool = False) -> str:
    """A column as it is named in a call: by its bare name, or as a text where the host has it so.

    Raises:
        FormulaError: it is no name, or that of no column.
    """
    if isinstance(node, Name) and binder.language.column_names:
        name = node.name
    elif (isinstance(node, TextLiteral) and isinstance(node.value, str) and not binder.language.column_names) or (
        isinstance(node, TextLiteral) and isinstance(node.value, str) and binder.language.names is None
    ):
        name = node.value
    else:
        raise FormulaError("a column's name is wanted", node.position)
    if not new and columns and name not in columns:
        raise FormulaError(f'there is no column "{name}"', node.position)
    return name


def field_of(row: Value, name: str) -> Value:
    """A row's column; an error where the row is one."""
    if isinstance(row, Record):
        return row.get(name)
    if isinstance(row, Untyped) and isinstance(row.data, dict):
        return untyped(row.data.get(name))
    return row if isinstance(row, ErrorValue) else None


def counted(call: Call, least: int, most: int | None = None) -> None:
    """Whether a call has as many arguments as it may have.

    Raises:
        FormulaError: it has not.
    """
    count = len(call.arguments)
    if count < least or (most is not None and count > most):
        wanted = str(least) if least == most else f"{least} to {most}" if most else f"{least} or more"
        raise FormulaError(f"{call.function} takes {wanted} arguments, not {count}", call.position)

"""Names: what `Topic`, `ThisRecord`, a column or an option stands for, and `value.name`."""

from dialog.powerfx.binder import Binder, Bound, Code, Frame, binds, constant
from dialog.powerfx.conversion import to_color, type_name, untyped
from dialog.powerfx.enumerations import member
from dialog.powerfx.kinds import mismatched
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.run import Run
from dialog.powerfx.scope import Unresolved
from dialog.powerfx.syntax import Field, Name, Node
from dialog.powerfx.types import ANY, COLOR, DYNAMIC, TEXT, OptionSet, Type
from dialog.powerfx.values import ErrorValue, Option, Record, Table, Untyped, Value


@binds(Name)
def name(binder: Binder, node: Name) -> Bound:
    """A name: the innermost row that has it, and what is called so outside of all rows."""
    if node.is_global:
        return _outside(binder, node)
    perhaps: list[int] = []
    for place in range(len(binder.frames) - 1, -1, -1):
        frame = binder.frames[place]
        found = _in_frame(frame, place, node)
        if found:
            return _first_of(perhaps, node, found)
        if frame.shown and frame.alias is None and frame.row.columns is None and frame.row.kind in {"Any", "Record"}:
            perhaps.append(place)
    return _first_of(perhaps, node, _outside(binder, node, dynamic=bool(perhaps)))


def _in_frame(frame: Frame, place: int, node: Name) -> Bound | None:
    if node.name == (frame.alias or "ThisRecord") and frame.shown:
        return Bound(frame.row, lambda run: run.frames[place], node)
    if frame.alias is None and frame.row.kind == "Record" and frame.row.columns is not None:
        column = frame.row.columns.get(node.name)
        if column is not None:
            return Bound(column, _column_of_row(place, node.name), node)
    return None


def _column_of_row(place: int, column: str) -> Code:
    def code(run: Run) -> Value:
        row = run.frames[place]
        return row.get(column) if row.__class__ is Record else row if isinstance(row, ErrorValue) else None

    return code


def _first_of(places: list[int], node: Name, otherwise: Bound) -> Bound:
    """A name that may be a column of rows whose columns are not known before they come."""
    if not places:
        return otherwise
    wanted, last = node.name, otherwise.code

    def code(run: Run) -> Value:
        for place in places:
            row = run.frames[place]
            if isinstance(row, Record) and wanted in row:
                return row[wanted]
            if isinstance(row, Untyped) and isinstance(row.data, dict) and wanted in row.data:
                return untyped(row.data[wanted])
        return last(run)

    return Bound(ANY, code, node)


def _outside(binder: Binder, node: Name, *, dynamic: bool = False) -> Bound:
    wanted = node.name
    known = binder.language.names
    kind = ANY if known is None else known.get(wanted)
    if kind is None and not dynamic:
        raise FormulaError(f'nothing is called "{wanted}"', node.position)

    def code(run: Run) -> Value:
        if run.changed and wanted in run.changed:
            return run.changed[wanted]
        found = run.scope.name(wanted)
        return ErrorValue("Unknown", f'nothing is called "{wanted}"') if isinstance(found, Unresolved) else found

    return Bound(kind or ANY, code, node)


@binds(Field)
def field(binder: Binder, node: Field) -> Bound:
    """`of.name`: a member of an enumeration, a column of a record, or a table's one column."""
    options = _enumeration(binder, node.of)
    if options is not None:
        return option(binder, options, node.name, node)
    of = binder.bind(node.of)
    return Bound(_column_type(of.type, node), _column(of.code, node.name), node)


def _enumeration(binder: Binder, node: Node) -> OptionSet | None:
    if not isinstance(node, Name):
        return None
    for frame in binder.frames:
        if frame.alias == node.name or (frame.alias is None and frame.row.columns and node.name in frame.row.columns):
            return None
    return binder.options(node.name)


def option(binder: Binder, options: OptionSet, label: str, node: Node) -> Bound:
    """A member of an enumeration, by its name or by its display name."""
    known = next((name for name, shown in options.display_names.items() if shown == label), label)
    if label in options.members and known not in options.members:
        known = label
    if known not in options.members:
        raise FormulaError(f"{options.name} has no member {label}", node.position)
    if not binder.language.strong_enums and options.backing and not options.display_names:
        return _plain_member(options, known, node)
    return constant(Type("Option", options=options), member(options, known), node)


def _plain_member(options: OptionSet, known: str, node: Node) -> Bound:
    """A member as the value behind it, as hosts have it whose enumerations are no types of their own."""
    if options.backing == "Color":
        return Bound(COLOR, lambda run: to_color(run, member(options, known)), node)
    if options.backing in {"Text", "Number", "Boolean"} and options.name not in {"DateTimeFormat", "JSONFormat"}:
        return constant(Type(options.backing), options.members[known], node)
    return constant(Type("Option", options=options), member(options, known), node)


def _column_type(of: Type, node: Field) -> Type:
    match of.kind:
        case "Any" | "Blank":
            return ANY
        case "Dynamic":
            return DYNAMIC
        case "Record" | "Table":
            column = of.column(node.name)
            if column is None:
                raise FormulaError(f'there is no column "{node.name}"', node.position)
            return column if of.kind == "Record" else Type("Table", {node.name: column})
        case "Option":
            return TEXT
        case _:
            raise FormulaError(f"a {of} has no columns", node.position)


def _column(of: Code, wanted: str) -> Code:
    def code(run: Run) -> Value:
        value = of(run)
        if value.__class__ is Record:
            return value.get(wanted)
        return _column_of(value, wanted)

    return code


def _column_of(value: Value, wanted: str) -> Value:
    match value:
        case None | ErrorValue():
            return value
        case Table():
            return Table(_cut(row, wanted) for row in value)
        case Untyped(data=dict() as data):
            return untyped(data.get(wanted))
        case Untyped(data=list()):
            return ErrorValue("InvalidArgument", "an array of JSON has no columns")
        case Option() if wanted in {"Value", "DisplayName"}:
            return value.display_name
        case _:
            return mismatched(type_name(value), "record").value


def _cut(row: Value, wanted: str) -> Value:
    return Record({wanted: row.get(wanted)}) if isinstance(row, Record) else row

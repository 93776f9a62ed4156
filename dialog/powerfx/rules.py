"""Which type may stand for which, and what the type of either of two values is."""

from dialog.powerfx.types import ANY, NUMERIC, OPEN, TEMPORAL, Kind, Type

_SOURCES: dict[Kind, frozenset[Kind]] = {
    "Boolean": frozenset(["Text", "Decimal", "Number", "Dynamic"]),
    "Decimal": frozenset(["Text", "Boolean", "Number", "Date", "Time", "DateTime", "Dynamic"]),
    "Number": frozenset(["Text", "Boolean", "Decimal", "Date", "Time", "DateTime", "Dynamic"]),
    "Text": frozenset(["Boolean", "Decimal", "Number", "Date", "Time", "DateTime", "GUID", "Dynamic"]),
    "Date": frozenset(["Text", "Decimal", "Number", "Time", "DateTime", "Dynamic"]),
    "Time": frozenset(["Text", "Decimal", "Number", "Date", "DateTime", "Dynamic"]),
    "DateTime": frozenset(["Text", "Decimal", "Number", "Date", "Time", "Dynamic"]),
    "GUID": frozenset(["Text", "Dynamic"]),
    "Color": frozenset(["Dynamic"]),
}


class MismatchError(Exception):
    """Two types have nothing in common."""


def coerces(source: Type, target: Type) -> bool:
    """Whether a value of `source` may stand where one of `target` is wanted, as it is or converted."""
    if source.kind in OPEN or target.kind == "Any" or source.kind == target.kind != "Option":
        return not source.is_aggregate or source.kind == "Any" or _columns_coerce(source, target)
    if target.kind == "Option":
        return _is_member(source, target)
    if source.kind == "Option":
        return _stands_for(source, target)
    return source.kind in _SOURCES.get(target.kind, ())


def _columns_coerce(source: Type, target: Type) -> bool:
    if target.kind == "Any" or source.columns is None or target.columns is None:
        return True
    return all(
        name in source.columns and coerces(source.columns[name], wanted) for name, wanted in target.columns.items()
    )


def _is_member(source: Type, target: Type) -> bool:
    options = target.options
    if source.kind == "Option":
        return options is None or source.options is None or options.name == source.options.name
    if source.kind == "Dynamic":
        return True
    return options is not None and options.from_backing and same_backing(source.kind, options.backing)


def same_backing(kind: Kind, backing: Kind | None) -> bool:
    """Whether a plain value of this kind is what stands behind such members."""
    return kind == backing or (kind in NUMERIC and backing == "Number")


def _stands_for(source: Type, target: Type) -> bool:
    options = source.options
    if target.kind == "Text":
        return True
    return options is not None and options.to_backing and same_backing(target.kind, options.backing)


def accepts(target: Type, source: Type) -> bool:
    """Whether a value of `source` is one of `target` without being converted."""
    if source.kind in OPEN or target.kind == "Any":
        return True
    if source.kind == "Option" and target.kind == "Option":
        return _is_member(source, target)
    if target.kind == "DateTime":
        return source.kind in TEMPORAL
    return source.kind == target.kind


def united(left: Type, right: Type) -> Type:
    """The type of a value that is one of the two; where they differ, the right one is converted to the left.

    Raises:
        MismatchError: it cannot be.
    """
    if left.kind == "Blank" or right.kind == "Any":
        return right
    if right.kind == "Blank" or left.kind == "Any":
        return left
    if left.is_aggregate or right.is_aggregate:
        return _united_columns(left, right)
    if left.kind in NUMERIC and right.kind in NUMERIC:
        return left
    if left.kind in TEMPORAL and right.kind in TEMPORAL:
        return left
    if left.kind == "Dynamic" and right.kind == "Dynamic":
        return left
    if left.kind == right.kind == "Option" and accepts(left, right):
        return left
    if left.kind == right.kind != "Option" or coerces(right, left):
        return left
    raise MismatchError(f"{left} and {right}")


def _united_columns(left: Type, right: Type) -> Type:
    if left.kind != right.kind:
        raise MismatchError(f"{left} and {right}")
    if left.columns is None or right.columns is None:
        return Type(left.kind)
    columns = dict(left.columns)
    for name, column in right.columns.items():
        columns[name] = united(columns[name], column) if name in columns else column
    return Type(left.kind, columns)


def united_all(types: list[Type]) -> Type:
    """The type of a value that is one of all these.

    Raises:
        MismatchError: it cannot be.
    """
    result = types[0]
    for other in types[1:]:
        result = ANY if "Any" in {result.kind, other.kind} else united(result, other)
    return result

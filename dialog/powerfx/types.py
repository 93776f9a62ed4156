"""What is known of a value before there is one.

Types are found when a formula is read: a mistake is told where it stands, and no value is looked at twice. What a
conversation's variables hold is not known so early; it has the type `ANY`, and is looked at when it comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "Any", "Blank", "Boolean", "Decimal", "Number", "Text", "Date", "Time", "DateTime", "Color", "GUID",
    "Option", "Dynamic", "Record", "Table", "Void",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class OptionSet:
    """An option set or an enumeration: what stands behind its members, and what they may be used as.

    `from_backing`: the plain value may stand for a member. `to_backing`: a member may stand for the plain value.
    `comparable`: members have an order. `concatenates`: members may be joined into a new one.
    """

    name: str
    backing: Kind | None
    members: Mapping[str, "bool | float | str | None"] = field(hash=False, compare=False)
    from_backing: bool = False
    to_backing: bool = False
    comparable: bool = False
    concatenates: bool = False
    display_names: Mapping[str, str] = field(default_factory=dict, hash=False, compare=False)


@dataclass(frozen=True, slots=True)
class Type:
    """A type: its kind, the columns of a record or table (None where they are not known), the set of an option."""

    kind: Kind
    columns: "Mapping[str, Type] | None" = field(default=None, hash=False)
    options: OptionSet | None = None

    def __str__(self) -> str:
        return f"Option ({self.options.name})" if self.options else self.kind

    @property
    def is_aggregate(self) -> bool:
        """Whether it is a record or a table."""
        return self.kind in {"Record", "Table"}

    def column(self, name: str) -> "Type | None":
        """The type of a column; ANY where columns are not known, None where there is none of this name."""
        return ANY if self.columns is None else self.columns.get(name)

    @property
    def row(self) -> "Type":
        """The type of a table's rows."""
        return Type("Record", self.columns)

    @property
    def single(self) -> "tuple[str, Type] | None":
        """The one column of a table that has no other."""
        if self.columns is None or len(self.columns) != 1:
            return None
        return next(iter(self.columns.items()))


ANY = Type("Any")
BLANK = Type("Blank")
BOOLEAN = Type("Boolean")
DECIMAL = Type("Decimal")
NUMBER = Type("Number")
TEXT = Type("Text")
DATE = Type("Date")
TIME = Type("Time")
DATE_TIME = Type("DateTime")
COLOR = Type("Color")
GUID = Type("GUID")
DYNAMIC = Type("Dynamic")
VOID = Type("Void")
RECORD = Type("Record")
TABLE = Type("Table")

NUMERIC: frozenset[Kind] = frozenset(["Decimal", "Number"])
TEMPORAL: frozenset[Kind] = frozenset(["Date", "Time", "DateTime"])
OPEN: frozenset[Kind] = frozenset(["Any", "Blank"])


def table_of(columns: Mapping[str, Type] | None) -> Type:
    """A table with these columns."""
    return Type("Table", columns)


def record_of(columns: Mapping[str, Type] | None) -> Type:
    """A record with these columns."""
    return Type("Record", columns)


def column_of(value: Type, name: str = "Value") -> Type:
    """A table of single values."""
    return Type("Table", {name: value})

"""Which Power Fx is spoken: the rules that differ between hosts, and the names that a host adds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dialog.powerfx.types import OptionSet, Type


@dataclass(frozen=True, eq=False)
class Language:
    """The rules of one host. The defaults are those of Copilot Studio: Power Fx 1.0, with decimals.

    Only the tests of the language itself speak another one.
    """

    floats: bool = False
    """A number that is written down is a float."""
    value_columns: bool = True
    """The one column of a table that a function gives is called Value."""
    bare_records: bool = True
    """`[{a: 1}]` has the column a, not a column Value of records."""
    column_names: bool = True
    """A column is named in a call by its bare name; otherwise by a text."""
    strong_enums: bool = True
    """An enumeration's members are of its own type, not of that of the values behind them."""
    counts_required: bool = True
    """FirstN and LastN say how many."""
    chaining: bool = False
    """Formulas may follow one another behind semicolons; topics change nothing in a formula."""
    reserved_words: bool = True
    """Some words cannot be names."""
    text_first: bool = False
    """A formula is a text with `${…}` in it unless it begins with `=`."""
    names: Mapping[str, Type] | None = None
    """The names there are and their types; None: whatever the scope knows."""
    option_sets: Mapping[str, OptionSet] = field(default_factory=dict)
    """Enumerations beside the language's own."""
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """Functions beside the language's own."""


COPILOT = Language()
"""What topics speak."""

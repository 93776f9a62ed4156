from datetime import UTC, date, datetime, time
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from dialog.powerfx import FormulaError, VariablesScope, compile_formula
from dialog.powerfx.encoding import from_json, to_json
from dialog.powerfx.values import ErrorValue, Option, Record, Table

SCOPE = VariablesScope({"Topic": {"X": "hi"}}, now=datetime(2026, 11, 24, tzinfo=UTC), random=Random(1))  # noqa: S311 - a seed, no secret


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('=IsBlank("")', True),
        ('Blank() = ""', False),
        ("Blank() = 0", False),
        ('"A" & Blank() & "B"', "AB"),
        ("If(Blank(), 1, 2)", 2),
        ('StartsWith("Hello", "hE")', True),
        ('"e" in "applE"', True),
        ('"e" exactin "applE"', False),
        ("First([])", None),
        ("IfError(1/0, 7)", 7),
        ('Text(1.5, "000")', "002"),
        ('Concat(ForAll([1, 2, 3], Value * 2), Text(Value), ",")', "2,4,6"),
        ("0.1 + 0.2", Decimal("0.3")),
        ("Topic.X = 'a set'.b || Topic.X = \"hi\"", True),
    ],
)
def test_a_rule_of_power_fx_holds(source: str, value: Any) -> None:
    """The formula has the value that Power Fx's own cases give it."""
    assert compile_formula(source).evaluate(SCOPE) == value


def test_an_error_is_a_value() -> None:
    """Nothing is raised by a division by zero."""
    found = compile_formula("1/0").evaluate(SCOPE)
    assert isinstance(found, ErrorValue)
    assert found.kind == "Div0"


def test_an_unknown_function_names_its_neighbour() -> None:
    """A misspelt function is told when the formula is read, with the one that was meant."""
    with pytest.raises(FormulaError, match="IsBlank"):
        compile_formula("=IsBlnk(Topic.X)")


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "x",
        Decimal("1.50"),
        date(2026, 3, 4),
        datetime(2026, 3, 4, 5, 6),  # noqa: DTZ001 - Power Fx has no zones
        time(5, 6),
        Option("s", "b", "B"),
        ErrorValue("Div0", "no"),
        Record({"a": Table([Record({"Value": Decimal(1)})])}),
    ],
)
def test_state_comes_back_as_it_was(value: Any) -> None:
    """What a conversation carries into its next run is what it had."""
    assert from_json(to_json(value)) == value

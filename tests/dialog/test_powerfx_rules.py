from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

from dialog.powerfx import FormulaError, VariablesScope, compile_formula
from dialog.powerfx.encoding import from_json, plain, text_of, to_json
from dialog.powerfx.values import Color, ErrorValue, JsonNumber, Option, Record, Table, Untyped

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
        timedelta(hours=5, minutes=6),
        1.5e300,
        UUID(int=7),
        Color(1, 2, 3, 4),
        Untyped({"a": [1, None, JsonNumber("12.50")]}),
        Untyped(JsonNumber("1e400")),
        Option("s", "b", "B"),
        ErrorValue("Div0", "no"),
        Record({"a": Table([Record({"Value": Decimal(1)})])}),
    ],
)
def test_state_comes_back_as_it_was(value: Any) -> None:
    """What a conversation carries into its next run is what it had."""
    assert from_json(to_json(value)) == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ({"$fx": "time", "value": "05:06:00"}, timedelta(hours=5, minutes=6)),
        ({"$fx": "datetime", "value": "2026-03-04T05:06:00+01:00"}, datetime(2026, 3, 4, 4, 6)),  # noqa: DTZ001
        ({"$fx": "option", "value": ["s", "b", "B"]}, Option("s", "b", "B")),
        ({"$fx": "error", "value": ["Div0", "no"]}, ErrorValue("Div0", "no")),
        ([{"$fx": "record", "value": {"Value": 1}}], Table([Record({"Value": Decimal(1)})])),
    ],
)
def test_older_state_is_still_read(written: Any, value: Any) -> None:
    """What conversations carried before times were spans and moments had no zone."""
    assert from_json(written) == value


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Decimal("2.50"), 2.5),
        (Decimal(3), 3),
        (date(2026, 3, 4), "2026-03-04"),
        (timedelta(hours=5, minutes=6), "05:06:00"),
        (Option("s", "b", "B"), "B"),
        (Table([Record({"Value": "a"})]), ["a"]),
        (Untyped({"a": JsonNumber("12.50")}), {"a": 12.5}),
        (ErrorValue("Div0", "no"), None),
        (Color(255, 0, 16), "#ff0010ff"),
    ],
)
def test_other_systems_get_plain_json(value: Any, told: Any) -> None:
    """A hub's fields and an event's value are no Power Fx."""
    assert plain(value) == told


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (None, ""),
        (True, "true"),
        (Decimal("1234.50"), "1234,5"),
        (date(2026, 3, 4), "04.03.2026"),
        (Option("s", "b", "B"), "B"),
        (Table([Record({"Value": "a"}), Record({"Value": Decimal(1)})]), "a, 1"),
        (Untyped(JsonNumber("12.50")), "12.50"),
    ],
)
def test_a_message_has_values_as_its_language_writes_them(value: Any, printed: str) -> None:
    """`{Topic.X}` in a German conversation."""
    assert text_of(value, "de-DE") == printed


@pytest.mark.parametrize("formula", ["0 As Abs", "(1 As X)", "Abs(1 As Y)", "1 As X + 2"])
def test_a_name_for_rows_where_there_are_none_is_refused(formula: str) -> None:
    """It is a mistake with a place, not a crash."""
    with pytest.raises(FormulaError, match="As names the rows"):
        compile_formula(formula)

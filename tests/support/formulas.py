"""Formulas in tests: computed at one moment, over a few variables, and printed as Power Fx writes values."""

from datetime import UTC, datetime
from random import Random
from typing import Any

from dialog.powerfx import VariablesScope, compile_formula
from dialog.powerfx.literals import literal_of
from dialog.powerfx.values import Value

VARIABLES: dict[str, Any] = {
    "Topic": {
        "Name": "Ada",
        "Count": 3,
        "Price": 12.5,
        "Tags": ["red", "green"],
        "Orders": [{"Id": 1, "Total": 20}, {"Id": 2, "Total": 30}],
        "Address": {"City": "Bern"},
        "Day": "2026-03-04",
    },
    "Global": {"Vip": True},
}


def scope(locale: str = "en-US", timezone: str = "UTC", seed: int = 1) -> VariablesScope:
    """24 November 2026, 13:14:15 UTC."""
    now = datetime(2026, 11, 24, 13, 14, 15, tzinfo=UTC)
    chance = Random(seed)  # noqa: S311 - a seed, no secret
    return VariablesScope(VARIABLES, now=now, random=chance, locale=locale, timezone=timezone)


def value_of(formula: str, locale: str = "en-US", timezone: str = "UTC") -> Value:
    """What a formula gives."""
    return compile_formula(formula).evaluate(scope(locale, timezone))


def shown(formula: str, locale: str = "en-US", timezone: str = "UTC") -> str:
    """What a formula gives, as Power Fx writes it."""
    return literal_of(value_of(formula, locale, timezone))

from datetime import UTC, datetime
from random import Random

import pytest

from dialog.powerfx import VariablesScope
from dialog.template import compile_template

SCOPE = VariablesScope({"Topic": {"Name": "Ann"}}, now=datetime(2026, 11, 24, tzinfo=UTC), random=Random(1))  # noqa: S311 - a seed, no secret


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("Hello {Topic.Name}!", "Hello Ann!"),
        ("[{Topic.Unset}]", "[]"),
        ('="Hello " & Topic.Name', "Hello Ann"),
        ('{If(Topic.Name = "Ann", "known", "new")}', "known"),
        ("a { b", "a { b"),
    ],
)
def test_formulas_stand_in_text(source: str, printed: str) -> None:
    """Values stand where their formulas stood, Blank is nothing, and `=` makes the whole text a formula."""
    template = compile_template(source)
    assert template.render(SCOPE) == printed
    assert template.problems == ()


def test_prose_in_braces_is_printed_and_told() -> None:
    """What is no formula stays as it is, and the loader hears of it."""
    template = compile_template("say {this or that thing} now")
    assert template.render(SCOPE) == "say {this or that thing} now"
    assert len(template.problems) == 1

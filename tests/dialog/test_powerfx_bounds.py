"""Nothing that an author writes, or a customer says into it, keeps a worker busy: every formula comes to an end."""

import pytest

from dialog.powerfx import MAX_LENGTH, FormulaError, compile_formula
from dialog.powerfx.regex.machine import ExhaustedError, Machine
from dialog.powerfx.regex.reader import read
from dialog.powerfx.run import MAX_TEXT, Run
from dialog.powerfx.scope import MAX_STEPS
from dialog.powerfx.values import ErrorValue
from tests.support.formulas import scope, value_of
from tests.support.talking import customer, put, say, topic


@pytest.mark.parametrize(
    "formula",
    [
        "ForAll(Sequence(500), ForAll(Sequence(500), ForAll(Sequence(500), 1)))",
        "Filter(Sequence(50000), Value in Sequence(1000))",
        "With({a: Sequence(50000)}, Filter(a, CountRows(Filter(a, Value > 0)) > 0))",
        "Sort(Sequence(50000), -Value)",
        'Concat(Sequence(50000), Rept("a", 100))',
        'Rept(Rept("ab", 1000), 1000)',
        'Substitute(Rept("a", 100000), "a", Rept("b", 100000))',
        'With({a: Rept("a", 100000)}, With({b: a & a & a & a & a}, b & b & b & b))',
        'ForAll(Sequence(50000), Rept("a", 100000))',
        'Split(Rept("a,", 400000), ",")',
        'EncodeUrl(Rept("ü", 900000))',
        'PlainText(Rept("<", 900000) & "x") & Rept("y", 900000)',
        'ForAll(Sequence(50000), IsMatch(Rept("a", 40), "^(a+)+$b"))',
        "JSON(ForAll(Sequence(50000), Sequence(50000)))",
        'Summarize(Sequence(50000), Value, Concat(ThisGroup, Rept("a", 9999)) As T)',
    ],
)
def test_a_formula_that_would_go_on_and_on_times_out(formula: str) -> None:
    """It ends in an error that nothing in the formula catches; the worker goes on."""
    assert isinstance(found := value_of(f"If(IsError({formula}), 1, 2)"), ErrorValue)
    assert found.kind == "Timeout"


@pytest.mark.parametrize(
    "formula",
    [
        'Value(Rept("9", 100000))',
        'ParseJSON(Rept("[", 100000))',
        'Value(ParseJSON("1e999999999"))',
        'Text(ParseJSON("1e999999999") + 1)',
        "Sequence(1E20)",
        'Text(1, Rept("#", 5000))',
        "Dec2Hex(1E25)",
        "DateAdd(Date(2024, 1, 1), 1E27, TimeUnit.Years)",
        "Date(2024, 1E20, 1)",
        "Round(1, 1E20) / 0",
    ],
)
def test_what_is_too_large_is_an_error_at_once(formula: str) -> None:
    """No number makes the evaluator count to it."""
    run = Run(scope())
    try:
        code = compile_formula(formula).code
    except FormulaError:
        return
    assert isinstance(code(run), ErrorValue)
    assert MAX_STEPS - run._steps < 100_000


@pytest.mark.parametrize(
    "formula",
    [
        "(" * 300 + "1" + ")" * 300,
        "Abs(" * 300 + "1" + ")" * 300,
        "[" * 300 + "]" * 300,
        "-" * 5_000 + "1",
        "1" + "+1" * 5_000,
        '$"{' * 200 + "1" + '}"' * 200,
        "a" + ".b" * 3_000,
        "x" * (MAX_LENGTH + 1),
    ],
)
def test_what_is_nested_too_deep_is_refused_when_it_is_read(formula: str) -> None:
    """With a message, not with Python's stack."""
    with pytest.raises(FormulaError, match=r"deep|row|most"):
        compile_formula(formula)


def test_a_long_row_of_texts_does_not_nest() -> None:
    """Cards are put together with `&` over thousands of characters."""
    assert value_of(" & ".join(['"ab"'] * 1_500)) == "ab" * 1_500


def test_a_text_may_be_as_long_as_it_may_be() -> None:
    """The limit itself is reached."""
    assert value_of(f'Len(Rept("a", {MAX_TEXT}))') == MAX_TEXT
    assert isinstance(value_of(f'Len(Rept("a", {MAX_TEXT + 1}))'), ErrorValue)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("^(a+)+$", "a" * 40 + "b"),
        ("^(a|aa)+$", "a" * 60 + "b"),
        ("(a*b?)(a*b?)(a*b?)(a*b?)(a*b?)c", "a" * 100),
        ("^(?<x>a+)+\\k<x>$", "a" * 60 + "b"),
        ("(?=(a+)+$)b", "a" * 40 + "c"),
        ("(x+x+)+y", "x" * 60),
        (
            "^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$",
            "a" * 60,
        ),
    ],
)
def test_a_catastrophic_pattern_runs_out_of_steps(pattern: str, text: str) -> None:
    """Python's own `re` would go on for longer than the world has been."""
    machine = Machine(read(pattern, "c"))
    with pytest.raises(ExhaustedError):
        machine.search(text)


def test_a_pattern_that_runs_out_is_an_error_as_a_value() -> None:
    """The formula can go on without it."""
    formula = 'IfError(IsMatch(Rept("a", 60), "^(a+)+$b"), FirstError.Kind = ErrorKind.Timeout)'
    assert value_of(formula) is True
    assert isinstance(found := value_of('MatchAll(Rept("ab", 400000), "")'), ErrorValue)
    assert found.kind == "Timeout"


def test_a_long_text_and_an_honest_pattern_come_through() -> None:
    """Ten thousand characters are no reason to give up."""
    assert value_of('CountRows(MatchAll(Rept("ab1 ", 2500), "\\d"))') == 2_500


def test_the_formulas_of_a_turn_share_their_steps() -> None:
    """A turn of many slow nodes ends as one slow formula does; On Error and the next turn have steps of their own."""
    slow = [put(f"Topic.N{number}", "=CountRows(Filter(Sequence(50000), Value > 0))") for number in range(40)]
    talker = customer(
        Slow=topic("OnRecognizedIntent", *slow, say("never"), phrases=("slow",)),
        Error=topic("OnError", say("{Sum(Sequence(100), Value)}: {System.Error.Message}")),
    )
    said = talker.says("slow")
    assert len(said) == 1
    assert said[0].startswith("5050: ")
    assert said[0].endswith("the formula takes too long")
    assert talker.says("slow") == said

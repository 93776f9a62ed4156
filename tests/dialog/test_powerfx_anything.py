"""Any row of tokens, and any nest of calls: refused when it is read, or a value; and the same one each time."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dialog.powerfx import Formula, FormulaError, compile_formula
from dialog.powerfx.encoding import from_json, plain, text_of, to_json
from dialog.powerfx.enumerations import ENUMERATIONS
from dialog.powerfx.registry import FUNCTIONS
from tests.support.formulas import scope

NAMES = sorted(FUNCTIONS)
MEMBERS = [f"{name}.{member}" for name, options in ENUMERATIONS.items() for member in list(options.members)[:3]]
ATOMS = [
    "0", "1", "-1", "2.5", "1E27", "79228162514264337593543950335", '""', '"a"', '"12"', '"2026-03-04"', '"de-DE"',
    '"#,##0.0"', '"(a+)+$"', "true", "false", "Blank()", "1/0", "Now()", "Date(2024,2,29)", "DateTime(2024,2,29,1,2,3)",
    "Date(1,1,1)", "Date(9999,12,31)", "Time(1,2,3)", "GUID()", "Color.Red", "[1,2]", '["b",""]', "[]", "{a:1}",
    "[{a:1},{a:2}]", "Table({a:1},Blank())", 'ParseJSON("[1,null]")', 'ParseJSON("{""a"":{}}")', 'ParseJSON("1e400")',
    "Topic.Name", "Topic.Orders", "Topic.Nothing", "ThisRecord", "Value", "a", "Global.Vip", "Nowhere.At.All",
]  # fmt: skip
OPERATORS = ["+", "-", "*", "/", "^", "&", "=", "<>", "<", "<=", "&&", "||", " in ", " exactin ", " As ", "."]
TOKENS = [
    *ATOMS,
    *OPERATORS,
    *NAMES,
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ";",
    "%",
    "!",
    '"',
    "'",
    '$"',
    "//",
    "/*",
    "=",
]

leaves = st.sampled_from([*ATOMS, *MEMBERS])


def _wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    calls = st.tuples(st.sampled_from(NAMES), st.lists(inner, max_size=4)).map(
        lambda call: f"{call[0]}({', '.join(call[1])})"
    )
    pairs = st.tuples(inner, st.sampled_from(OPERATORS), inner).map(lambda three: f"({three[0]}){three[1]}({three[2]})")
    return calls | pairs


formulas = st.recursive(leaves, _wider, max_leaves=8)
soups = st.lists(st.sampled_from(TOKENS), max_size=14).map("".join)


def _once(source: str) -> str | None:
    try:
        formula = compile_formula(source)
    except FormulaError as error:
        refused = error
    else:
        return _evaluated(formula)
    assert 0 <= refused.position <= len(source) + 1
    assert refused.message
    return None


def _evaluated(formula: Formula) -> str:
    value = formula.evaluate(scope())
    text_of(value, "de-DE")
    plain(value)
    assert repr(from_json(to_json(value))) == repr(value)
    return repr(value)


@settings(max_examples=500, deadline=None)
@given(soups | formulas)
def test_anything_is_refused_or_has_a_value_and_the_same_one_again(source: str) -> None:
    """No other exception comes out; time and chance come from the scope alone; a value survives a worker's restart."""
    first = _once(source)
    compile_formula.cache_clear()
    assert _once(source) == first


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_refused_or_has_a_value(source: str) -> None:
    """Whatever stands between braces in a message."""
    _once(source)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab1.*+?()[]{}|^$\\dwk<>=!:-, ", max_size=16), st.text(alphabet="ab1 .\n", max_size=20))
def test_any_pattern_is_refused_or_comes_to_an_end(pattern: str, text: str) -> None:
    """Over any text."""
    quoted = [part.replace('"', '""') for part in (text, pattern)]
    _once(f'MatchAll("{quoted[0]}", "{quoted[1]}")')

"""Records, tables and their scopes; JSON as it came; patterns; types, options and what formulas cannot say."""

import pytest

from dialog.powerfx import FormulaError, compile_formula
from dialog.powerfx.values import Option, Record
from tests.support.formulas import scope, shown, value_of

TABLES = [
    ("First(Topic.Orders).Total + Last(Topic.Orders).Total + Index(Topic.Orders, 2).Id", "52"),
    ("FirstN([1, 2, 3], 2)", "Table({Value:1},{Value:2})"),
    ("LastN([1, 2, 3], 0)", "Table()"),
    ("Index([1], 2)", "Error({Kind:ErrorKind.InvalidArgument})"),
    ("Filter(Topic.Orders, Total > 20)", "Table({Id:2,Total:30})"),
    ("LookUp(Topic.Orders, Id = 2, Total)", "30"),
    ("LookUp(Topic.Orders, Id = 9)", "Blank()"),
    ("CountRows(Topic.Orders) & CountIf(Topic.Orders, Total > 20)", '"21"'),
    ('Count([1, 2]) & CountA(["a", ""])', '"22"'),
    ("Sort([3, 1, 2], Value, SortOrder.Descending)", "Table({Value:3},{Value:2},{Value:1})"),
    ("SortByColumns(Topic.Orders, Total, SortOrder.Descending)", "Table({Id:2,Total:30},{Id:1,Total:20})"),
    ('Distinct(["a", "b", "a"], Value)', 'Table({Value:"a"},{Value:"b"})'),
    ("AddColumns([1, 2], Double, Value * 2)", "Table({Double:2,Value:1},{Double:4,Value:2})"),
    ("DropColumns(Topic.Orders, Id)", "Table({Total:20},{Total:30})"),
    ("ShowColumns(Topic.Orders, Id)", "Table({Id:1},{Id:2})"),
    ("RenameColumns(Topic.Orders, Id, Number)", "Table({Number:1,Total:20},{Number:2,Total:30})"),
    ("Sequence(3, 10, 5)", "Table({Value:10},{Value:15},{Value:20})"),
    ("Table({a: 1}, {b: 2})", "Table({a:1,b:Blank()},{a:Blank(),b:2})"),
    ("ForAll(Topic.Orders, {Twice: Total * 2})", "Table({Twice:40},{Twice:60})"),
    ('Search([{n: "Ann"}, {n: "Bob"}], "an", n)', 'Table({n:"Ann"})'),
    ("Patch({a: 1, b: 2}, {b: 3})", "{a:1,b:3}"),
    (
        "Summarize([{g: 1, v: 2}, {g: 1, v: 3}, {g: 2, v: 4}], g, Sum(ThisGroup, v) As Total)",
        "Table({Total:5,g:1},{Total:4,g:2})",
    ),
    ('"red" in Topic.Tags && !("blue" in Topic.Tags)', "true"),
    ('"RED" in Topic.Tags && !("RED" exactin Topic.Tags)', "true"),
    ("CountRows(Shuffle([1, 2, 3]))", "3"),
]

SCOPES = [
    ("ForAll([1, 2] As Outer, Sum([10, 20], Value * Outer.Value))", "Table({Value:30},{Value:60})"),
    ("ForAll([{a: 1}], ThisRecord.a + a)", "Table({Value:2})"),
    ("With({Value: 5}, Filter([1, 9], Value > 5))", "Table({Value:9})"),
    ("With({x: 1}, With({x: 2}, x))", "2"),
    ("Topic.Address.City", '"Bern"'),
    ("Topic.Missing.Deeper", "Blank()"),
]

JSON = [
    ('Value(ParseJSON("{""a"": 12.50}").a)', "12.5"),
    ('Text(Index(ParseJSON("[""x"", ""y""]"), 2))', '"y"'),
    ('CountRows(ParseJSON("[1, 2, 3]"))', "3"),
    ('Sum(ForAll(ParseJSON("[1, 2, 3]"), Value(ThisRecord)), Value)', "6"),
    ('IsBlank(ParseJSON("{""a"": null}").a) && IsBlank(ParseJSON("{}").b)', "true"),
    ('ParseJSON("{")', "Error({Kind:ErrorKind.InvalidJSON})"),
    ('DateValue(ParseJSON("""2026-03-04"""))', "Date(2026,3,4)"),
    ('ParseJSON("{""a"": 1, ""b"": true}", Type({a: Number, b: Boolean}))', "{a:1,b:true}"),
    ('ColumnNames(ParseJSON("{""a"": 1, ""b"": 2}"))', 'Table({Value:"a"},{Value:"b"})'),
    ('Value(Column(ParseJSON("{""a b"": 1}"), "a b"))', "1"),
    (
        'JSON({a: 1, b: "x", c: [true], d: Date(2026, 3, 4)})',
        '"{""a"":1,""b"":""x"",""c"":[{""Value"":true}],""d"":""2026-03-04""}"',
    ),
    ("JSON([1, 2], JSONFormat.FlattenValueTables)", '"[1,2]"'),
]

PATTERNS = [
    ('IsMatch("joan@contoso.com", Match.Email)', "true"),
    ('IsMatch("a1", "[a-z]\\d", MatchOptions.Complete) && !IsMatch("xa1", "[a-z]\\d", MatchOptions.Complete)', "true"),
    ('Match("order 4711", "(?<number>\\d+)")', '{FullMatch:"4711",StartMatch:7,number:"4711"}'),
    ('Match("none", "\\d")', "Blank()"),
    ('Concat(MatchAll("a1b22", "\\d+"), FullMatch, "+")', '"1+22"'),
    ('IsMatch("HELLO", "hello", MatchOptions.IgnoreCase)', "true"),
    ('IsMatch("abab", "^(?<p>ab)\\k<p>$")', "true"),
    ('IsMatch("price: 10€", "(?<=: )\\d+(?=€)")', "true"),
    ('Match("Straße", "\\w+").FullMatch', '"Straße"'),
]

TYPES = [
    ('IsType(ParseJSON("1"), Number)', "true"),
    ('AsType(ParseJSON("[1]"), Type([Number]))', "Table({Value:1})"),
    ('IsNumeric("12") & IsNumeric("x")', '"truefalse"'),
    ('Boolean("true") && !Boolean("false")', "true"),
    ('GUID("00000000-0000-0000-0000-000000000001")', 'GUID("00000000-0000-0000-0000-000000000001")'),
    ("Float(1.5) = Decimal(1.5)", "true"),
]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [*TABLES, *SCOPES, *JSON, *PATTERNS, *TYPES],
)
def test_a_formula_over_structure(formula: str, expected: str) -> None:
    """The value, as Power Fx writes it."""
    assert shown(formula) == expected


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("=IsBlnk(1)", "IsBlank"),
        ("Left(1)", "takes"),
        ("1 +", "expected"),
        ("First([1]).Nope", "Nope"),
        ("{a: 1}.b", "b"),
        ('Match("a", "(")', "group"),
        ('IsMatch("a", "a{2}{3}")', "quantifier"),
        ("If(1)", "takes"),
        ("[1] + 1", "number"),
        ("1; 2", "semicolon"),
        ("Color.Red < 1", "order"),
    ],
)
def test_a_formula_that_cannot_be_is_told_when_it_is_read(formula: str, said: str) -> None:
    """Before any conversation runs it, with what is wrong."""
    with pytest.raises(FormulaError, match=said):
        compile_formula(formula)


def test_an_option_compares_by_its_id_and_prints_its_name() -> None:
    """As a question's answer does: `Topic.Size = 'My set'.large`."""
    large = Option("Size", "large", "Large")

    class Choosing:
        """A scope with an option set and a variable that holds one of its members."""

        def __init__(self) -> None:
            base = scope()
            self.now, self.timezone, self.random, self.locale = base.now, base.timezone, base.random, base.locale
            self.steps = base.steps

        def name(self, name: str) -> Record | None:
            """The option set, and the topic."""
            return {"My set": Record({"large": large}), "Topic": Record({"Size": large})}.get(name)

    def told(formula: str) -> object:
        return compile_formula(formula).evaluate(Choosing())

    assert told("Topic.Size = 'My set'.large") is True
    assert told("Topic.Size <> 'My set'.large") is False
    assert told("Text(Topic.Size)") == "Large"
    assert told('Switch(Topic.Size, \'My set\'.large, "L", "other")') == "L"


def test_a_formula_names_what_it_reads() -> None:
    """Checks of agents ask for it."""
    formula = compile_formula("Topic.Orders.Total + System.Error.Code + Len(Global.Vip)")
    assert {"Topic.Orders", "System.Error.Code", "Global.Vip"} <= formula.names


def test_untyped_values_go_on_as_they_came() -> None:
    """A number of JSON keeps its digits until someone says what it is."""
    assert value_of('Text(ParseJSON("12.50"))') == "12.50"

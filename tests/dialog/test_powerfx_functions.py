"""The functions of Power Fx, a family a test: what the language's reference says of each."""

import pytest

from tests.support.formulas import shown

TEXT = [
    ('Left("abc", 2) & Right("abc", 1) & Mid("abcdef", 3, 2)', '"abccd"'),
    ('Left("abc", 9)', '"abc"'),
    ('Left("abc", -1)', "Error({Kind:ErrorKind.InvalidArgument})"),
    ('Len("")', "0"),
    ('Len("🙂")', "2"),
    ('Lower("ÀB") & Upper("é") & Proper("john o\'neil SMITH")', '"àbÉJohn O\'neil Smith"'),
    ('Trim("  a   b  ") & "|" & TrimEnds("  a   b  ")', '"a b|a   b"'),
    ('Substitute("aXbXc", "X", "-")', '"a-b-c"'),
    ('Substitute("aXbXc", "X", "-", 2)', '"aXb-c"'),
    ('Replace("abcdef", 2, 3, "-")', '"a-ef"'),
    ('Find("b", "abcb") & Find("b", "abcb", 3)', '"24"'),
    ('Find("z", "abc")', "Blank()"),
    ('StartsWith("Hello", "HE") && EndsWith("Hello", "LO")', "true"),
    ('Concatenate("a", 1, true)', '"a1true"'),
    ('Concat(["a", "b", "c"], Value, ", ")', '"a, b, c"'),
    ('Split("a,b", ",")', 'Table({Value:"a"},{Value:"b"})'),
    ("Char(65) & UniChar(128512)", '"A😀"'),
    ('EncodeUrl("a b&c/ü") & EncodeHTML("<a href=\'x\'>")', '"a%20b%26c%2F%C3%BC&lt;a href=&#39;x&#39;&gt;"'),
    ('PlainText("<p>Hi <b>you</b></p>")', '"Hi you"'),
    ('Rept("ab", 3)', '"ababab"'),
    ('$"{Topic.Name} has {Topic.Count + 1}"', '"Ada has 4"'),
    ('Upper(["a", "b"])', 'Table({Value:"A"},{Value:"B"})'),
]

NUMBERS = [
    ("0.1 + 0.2", "0.3"),
    ("7 / 2", "3.5"),
    ("1 / 0", "Error({Kind:ErrorKind.Div0})"),
    ("-2 ^ 2", "-4"),
    ("50%", "0.5"),
    ("79228162514264337593543950335 + 1", "Error({Kind:ErrorKind.Numeric})"),
    ("Abs(-3) + Sqrt(16) + Power(2, 3) + Exp(0) + Ln(1) + Log(100)", "18"),
    ("Mod(-7, 3)", "2"),
    ("Int(-1.5) & Trunc(-1.5)", '"-2-1"'),
    ("Round(2.5, 0) & RoundUp(2.1, 0) & RoundDown(2.9, 0)", '"332"'),
    ("Round(1234.5, -2)", "1200"),
    ("Sum(1, 2, 3) & Average(1, 2, 3) & Max(1, 5) & Min(1, 5)", '"6251"'),
    ("Sum([1, 2, 3], Value * 2)", "12"),
    ("StdevP(2, 4, 4, 4, 5, 5, 7, 9) & VarP(2, 4, 4, 4, 5, 5, 7, 9)", '"24"'),
    ("Average(Filter([1], false), Value)", "Error({Kind:ErrorKind.Div0})"),
    ('Value("1,234.5") + Value("50%")', "1235"),
    ('Value("1.234,5", "de-DE")', "1234.5"),
    ('Value("x")', "Error({Kind:ErrorKind.InvalidArgument})"),
    ('Hex2Dec("FF") & Dec2Hex(255)', '"255FF"'),
    ("Round(Sin(Pi() / 2) + Cos(0) + Degrees(Pi()) + Radians(0), 6)", "182"),
    ('"3" * "4"', "12"),
    ("true + 1", "2"),
]

PRINTED = [
    ('Text(1234.5, "#,##0.00")', '"1,234.50"'),
    ('Text(0.256, "0.0%")', '"25.6%"'),
    ('Text(7, "000")', '"007"'),
    ('Text(1234567, "0.00E+00")', '"1.23E+06"'),
    ('Text(-5, "0;(0)")', '"(5)"'),
    ('Text(1234.5, "#,##0.00", "de-DE")', '"1.234,50"'),
    ("Text(true)", '"true"'),
    ('Text(DateTime(2026, 3, 4, 15, 6, 7), "yyyy-mm-dd hh:mm:ss")', '"2026-03-04 15:06:07"'),
    ('Text(DateTime(2026, 3, 4, 15, 6, 7), "h:mm AM/PM")', '"3:06 PM"'),
    ("Text(Date(2026, 3, 4), DateTimeFormat.ShortDate)", '"3/4/2026"'),
    ('Text(Date(2026, 3, 4), "mmmm d, dddd")', '"March 4, Wednesday"'),
    ('Text(Date(2026, 3, 4), "dd mmmm", "fr-FR")', '"04 mars"'),
]

BLANKS = [
    ("Blank() = 0", "false"),
    ('Blank() = ""', "false"),
    ("Blank() + 1", "1"),
    ('IsBlank("") && IsBlank(Topic.Missing) && !IsBlank(0)', "true"),
    ('Coalesce(Blank(), "", "x")', '"x"'),
    ("IsEmpty(Filter([1], Value > 1)) && !IsEmpty([1])", "true"),
    ("If(Blank(), 1, 2)", "2"),
    ("Not(Blank())", "true"),
]

CHOICES = [
    ("If(false, 1, false, 2, 3)", "3"),
    ("If(false, 1)", "Blank()"),
    ('Switch(2, 1, "a", 2, "b", "c")', '"b"'),
    ('Switch("x", "y", 1)', "Blank()"),
    ("With({a: 2, b: 3}, a * b)", "6"),
    ("true || 1 / 0 = 1", "true"),
    ("false && 1 / 0 = 1", "false"),
    ("1 / 0 = 1 || true", "Error({Kind:ErrorKind.Div0})"),
]

ERRORS = [
    ("IfError(1 / 0, 7)", "7"),
    ("IfError(1, 7, 8)", "8"),
    ("IfError(1 / 0, FirstError.Kind)", "13"),
    ('IfError(Value("x") = 1, FirstError.Kind = ErrorKind.InvalidArgument)', "true"),
    ('IfError(Error("mine"), FirstError.Message)', '"mine"'),
    ("IsError(1 / 0) && !IsError(1)", "true"),
    ("IsBlankOrError(1 / 0) && IsBlankOrError(Blank())", "true"),
    ('Error({Kind: ErrorKind.Custom, Message: "x"})', "Error({Kind:ErrorKind.Custom})"),
    ("CountRows([1 / 0])", "1"),
    ("Sum([1 / 0, 2], Value)", "Error({Kind:ErrorKind.Div0})"),
]

COLORS = [
    ('ColorValue("#ff8000") = RGBA(255, 128, 0, 1)', "true"),
    ("ColorFade(Color.Red, -1)", "RGBA(0,0,0,1)"),
    ("RGBA(300, 0, 0, 1)", "Error({Kind:ErrorKind.InvalidArgument})"),
]


@pytest.mark.parametrize(("formula", "expected"), [*TEXT, *NUMBERS, *PRINTED, *BLANKS, *CHOICES, *ERRORS, *COLORS])
def test_a_function_gives_what_its_reference_says(formula: str, expected: str) -> None:
    """The value, as Power Fx writes it."""
    assert shown(formula) == expected


@pytest.mark.parametrize(
    ("locale", "formula", "expected"),
    [
        ("de-DE", "Text(1234.5)", '"1234,5"'),
        ("de-DE", 'Value("1.234,5")', "1234.5"),
        ("fr-FR", "Text(Date(2026, 3, 4))", '"04/03/2026"'),
        ("en-GB", 'DateValue("04/03/2026")', "Date(2026,3,4)"),
        ("en-US", 'DateValue("04/03/2026")', "Date(2026,4,3)"),
        ("de-DE", "Language()", '"de-DE"'),
    ],
)
def test_the_conversations_language_reads_and_prints(locale: str, formula: str, expected: str) -> None:
    """Numbers and dates are written as the customer's language has them; formulas are not."""
    assert shown(formula, locale) == expected


@pytest.mark.parametrize("unknown", ["", "🙂", "xx-YY", "../etc"])
def test_a_channel_may_call_language_and_zone_what_it_likes(unknown: str) -> None:
    """What is none is taken for American English, and for UTC; the conversation goes on."""
    told = shown('Text(1234.5, "#,##0.0") & Text(Date(2026, 3, 4)) & Value("1.5") & Hour(Now())', unknown, unknown)
    assert told == '"1,234.53/4/20261.513"'

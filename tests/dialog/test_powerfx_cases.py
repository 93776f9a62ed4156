"""`python -m dialog.powerfx --cases FILE…`, and Power Fx's own cases where they are at hand."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from dialog.powerfx.__main__ import main
from dialog.powerfx.cases import Case, CaseRunner, functions_called, read_cases, verdicts

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpora" / "powerfx"
PAGE = (ROOT / "docs" / "powerfx.md").read_text(encoding="utf-8")
FILE = """#SETUP: PowerFxV1CompatibilityRules,NumberIsFloat
// a comment
>> 1 + 1
2

>> Concatenate("a",
  "b")  // goes on
"ab"

>> 1/0
Error({Kind:ErrorKind.Div0})

>> Len(1, 2)
Errors: Error 0-9: Invalid number of arguments: received 2, expected 1.

>> 0.1 + 0.2
0.3

>> "x"
#SKIP waits

>> Launch("x")
true

>> 2 + 2
5
"""


def test_a_file_is_read_as_it_is_meant(tmp_path: Path) -> None:
    """Formulas over several lines, comments, and what the file's head says."""
    (tmp_path / "some.txt").write_text(FILE, encoding="utf-8")
    cases = read_cases(tmp_path / "some.txt")
    assert [case.line for case in cases] == [3, 6, 10, 13, 16, 19, 22, 25]
    assert cases[1].formula == 'Concatenate("a",\r\n  "b")  // goes on'
    assert cases[0].setup == ("PowerFxV1CompatibilityRules", "NumberIsFloat")


def test_a_run_says_what_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Numbers may differ in their last digit; what topics cannot call is not counted; misses are shown where asked."""
    (tmp_path / "some.txt").write_text(FILE, encoding="utf-8")
    assert main(["--cases", str(tmp_path / "some.txt"), "--misses"]) == 1
    said = capsys.readouterr().out
    assert "5 of 6 pass (83.33 %); 1 are skipped, 1 call functions that topics do not have" in said
    assert "some.txt:25: 2 + 2\n    expected: 5\n    actual:   4" in said


@pytest.mark.parametrize(
    ("setup", "formula", "expected"),
    [
        (("NumberIsFloat",), "1/3", "0.3333333333333333"),
        ((), "1/3", "0.3333333333333333333333333333"),
        (("disable:TableSyntaxDoesntWrapRecords",), "[{a: 1}]", "Table({Value:{a:1}})"),
        (("disable:ConsistentOneColumnTableResult",), "Distinct([1], Value)", "Table({Result:1})"),
        (("disable:SupportColumnNamesAsIdentifiers",), 'DropColumns([1], "Value")', "Table({})"),
        (("TextFirst",), "Hello ${1+1}", '"Hello 2"'),
        (("EnableExpressionChaining",), "1;2", "2"),
        (('TimeZoneInfo("Romance Standard Time")',), "TimeZoneOffset(Date(2024,7,1))", "-120"),
        (("disable:PowerFxV1CompatibilityRules",), "1", "2"),
    ],
)
def test_a_files_head_selects_the_rules(setup: tuple[str, ...], formula: str, expected: str) -> None:
    """Each flag that the runner knows, by what it changes."""
    assert CaseRunner().run(Case("f", 1, formula, expected, setup)).outcome in {"pass", "skip"}


def test_functions_are_found_outside_texts() -> None:
    """What stands in quotes calls nothing."""
    assert functions_called('Left("Right(1)", 1) & Mid ("a", 1)') == {"Left", "Mid"}


def _known_misses() -> dict[str, set[int]]:
    """The table of the page: files, lines, and why."""
    known: dict[str, set[int]] = {}
    section = PAGE.partition("<!-- misses -->")[2].partition("<!-- end -->")[0]
    for file, lines, reason in re.findall(r"^\| `(\S+\.txt)` \| ([\d, ]+) \| (.+) \|$", section, re.MULTILINE):
        assert len(reason) > 20, f"{file} has no reason"
        known.setdefault(file, set()).update(int(line) for line in lines.split(","))
    return known


@pytest.mark.skipif(not CORPUS.is_dir(), reason="Power Fx's own cases are not at hand")
@pytest.mark.timeout(300)
def test_power_fxs_own_cases_pass() -> None:
    """At least 97 % of those whose functions topics have; every miss is on the page, with its reason."""
    text = re.sub(r"^[^:\n]*:", "", (CORPUS / "functions.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
    functions = set(re.findall(r"\w+", text.partition("\n")[2]))
    passed, missed = 0, defaultdict(set)
    for verdict in verdicts(sorted(CORPUS.glob("*.txt"))):
        if verdict.outcome == "skip" or not functions_called(verdict.case.formula) <= functions:
            continue
        if verdict.outcome == "pass":
            passed += 1
        else:
            missed[verdict.case.file].add(verdict.case.line)
    count = passed + sum(map(len, missed.values()))
    assert passed / count >= 0.97
    assert missed == _known_misses()
    assert f"{passed:,} of {count:,}" in PAGE

"""Case files of Power Fx: `>> formula`, and what it shall give (github.com/microsoft/Power-Fx, ExpressionTestCases).

A formula goes on over indented lines; `//` begins a comment. `#SETUP:` at a file's head names the rules and the names
that its formulas count on. What shall be given is a value as Power Fx writes it, `Error({Kind:…})` for an error as a
value, or `Errors: …` for a formula that cannot be read.

A case passes where the value prints as it shall; a number may differ in the 15th digit, as the language's own runner
allows it; and a formula that cannot be read passes where it was to be so, whatever the message says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from random import Random
from typing import Literal

from dialog.powerfx import FormulaError, compile_formula
from dialog.powerfx.case_worlds import WORLDS, World
from dialog.powerfx.language import Language
from dialog.powerfx.literals import literal_of
from dialog.powerfx.scope import MAX_STEPS, UNRESOLVED, Unresolved
from dialog.powerfx.values import Value

Outcome = Literal["pass", "fail", "skip"]


@dataclass(frozen=True)
class Case:
    """One formula, and what it shall give."""

    file: str
    line: int
    formula: str
    expected: str
    setup: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What came of a case."""

    case: Case
    outcome: Outcome
    actual: str = ""


def read_cases(path: Path) -> list[Case]:
    """The cases of a file, in order."""
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    setup: list[str] = []
    cases: list[Case] = []
    at = 0
    while at < len(lines):
        line = lines[at].rstrip("\r")
        if match := re.match(r"#SETUP:(.*)", line, re.IGNORECASE):
            setup += [flag.strip() for flag in match[1].partition("//")[0].split(",") if flag.strip()]
        if line.startswith(">>"):
            begin = at
            at, formula, expected = _case(lines, at)
            cases.append(Case(path.name, begin + 1, formula, expected, tuple(setup)))
            continue
        at += 1
    return cases


def _case(lines: list[str], at: int) -> tuple[int, str, str]:
    formula = [lines[at].rstrip("\r")[2:].strip()]
    at += 1
    while at < len(lines) and lines[at][:1].isspace() and lines[at].strip():
        formula.append(lines[at].rstrip("\r"))
        at += 1
    while at < len(lines) and (not lines[at].strip() or lines[at].startswith("//")):
        at += 1
    expected: list[str] = []
    while at < len(lines) and lines[at].strip() and not lines[at].startswith(">>"):
        if not lines[at].startswith("//"):
            expected.append(lines[at].rstrip())
        at += 1
    return at, "\r\n".join(formula), "\n".join(expected)


_CALL = re.compile(r"\b([A-Za-z_]\w*)\s*\(")
_TEXT = re.compile(r'"(?:[^"]|"")*"')
NOT_FUNCTIONS = frozenset(["Type", "And", "Or", "Not", "in", "exactin", "As"])


def functions_called(formula: str) -> frozenset[str]:
    """The names of the functions that a formula calls."""
    return frozenset(_CALL.findall(_TEXT.sub('""', formula))) - NOT_FUNCTIONS


_FLAGS = {
    "NumberIsFloat": "floats",
    "ConsistentOneColumnTableResult": "value_columns",
    "TableSyntaxDoesntWrapRecords": "bare_records",
    "SupportColumnNamesAsIdentifiers": "column_names",
    "StronglyTypedBuiltinEnums": "strong_enums",
    "FirstLastNRequiresSecondArguments": "counts_required",
    "TextFirst": "text_first",
    "EnableExpressionChaining": "chaining",
}


def language_of(setup: tuple[str, ...], world: World) -> Language:
    """The language that a file's setup asks for."""
    language = Language(names=world.types, option_sets=world.option_sets, functions=world.functions)
    for flag in setup:
        name, wanted = flag.removeprefix("disable:"), not flag.startswith("disable:")
        if name == "DisableReservedKeywords":
            language = replace(language, reserved_words=not wanted)
        elif name in _FLAGS:
            language = replace(language, **{_FLAGS[name]: wanted})  # type: ignore[arg-type]  # all bool
    return language


_ZONES = {
    "Pacific Standard Time": "America/Los_Angeles",
    "Romance Standard Time": "Europe/Paris",
    "Middle East Standard Time": "Asia/Beirut",
    "Lord Howe Standard Time": "Australia/Lord_Howe",
    "Eastern Standard Time": "America/New_York",
    "Central Standard Time": "America/Chicago",
    "Mountain Standard Time": "America/Denver",
    "E. South America Standard Time": "America/Sao_Paulo",
    "GMT Standard Time": "Europe/London",
    "W. Europe Standard Time": "Europe/Berlin",
    "Central European Standard Time": "Europe/Warsaw",
    "FLE Standard Time": "Europe/Kiev",
    "India Standard Time": "Asia/Kolkata",
    "China Standard Time": "Asia/Shanghai",
    "Tokyo Standard Time": "Asia/Tokyo",
    "AUS Eastern Standard Time": "Australia/Sydney",
    "New Zealand Standard Time": "Pacific/Auckland",
    "UTC": "UTC",
}


class CaseScope:
    """What a case's formula sees."""

    def __init__(self, world: World, timezone: str) -> None:
        self.now = datetime(2026, 11, 24, 13, 14, 15, 678_000, tzinfo=UTC)
        self.timezone = timezone
        self.random = Random(1)  # noqa: S311 - a seed, no secret
        self.locale = "en-US"
        self.steps = MAX_STEPS
        self._values = world.values

    def name(self, name: str) -> Value | Unresolved:
        """A name of the world's."""
        return self._values.get(name, UNRESOLVED)


class CaseRunner:
    """Runs cases; what files of the same setup share is made once."""

    def __init__(self) -> None:
        self._languages: dict[tuple[str, ...], tuple[Language, World, str]] = {}

    def run(self, case: Case) -> Verdict:
        """What comes of a case."""
        if case.expected.lower().startswith("#skip") or "disable:PowerFxV1CompatibilityRules" in case.setup:
            return Verdict(case, "skip")
        language, world, timezone = self._setup(case.setup)
        try:
            formula = compile_formula(case.formula, language)
        except FormulaError as error:
            outcome: Outcome = "pass" if case.expected.startswith("Errors:") else "fail"
            return Verdict(case, outcome, f"Errors: Error {error.position}: {error.message}")
        if formula.type.kind == "Void":
            return Verdict(case, "fail", "no value")
        value = formula.evaluate(CaseScope(world, timezone))
        actual = literal_of(value)
        return Verdict(case, "pass" if _same(value, actual, case.expected) else "fail", actual)

    def _setup(self, setup: tuple[str, ...]) -> tuple[Language, World, str]:
        if setup not in self._languages:
            world = next((WORLDS[flag](setup) for flag in setup if flag in WORLDS), World())
            zones = [match[1] for flag in setup if (match := re.match(r'TimeZoneInfo\("(.*)"\)', flag))]
            timezone = _ZONES.get(zones[0], "UTC") if zones else "America/Los_Angeles"
            self._languages[setup] = language_of(setup, world), world, timezone
        return self._languages[setup]


def _same(value: Value, actual: str, expected: str) -> bool:
    if actual == expected:
        return True
    if isinstance(value, bool) or not isinstance(value, float | Decimal):
        return False
    try:
        if isinstance(value, Decimal):
            return value == Decimal(expected)
        wanted = float(expected)
    except (ValueError, InvalidOperation):
        return False
    away = abs(value - wanted)
    return away < 1e-5 or (wanted != 0 and away / abs(wanted) < 1e-14)


def verdicts(paths: list[Path]) -> Iterator[Verdict]:
    """What comes of all cases of these files."""
    runner = CaseRunner()
    for path in paths:
        for case in read_cases(path):
            yield runner.run(case)

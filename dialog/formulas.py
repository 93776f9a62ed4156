"""What is wrong with the formulas and texts of a part, each told where it stands."""

from collections.abc import Iterator, Mapping
from typing import Any

from dialog.powerfx import FormulaError, compile_formula
from dialog.problems import Problem
from dialog.source import Path, Source
from dialog.template import compile_template

_TEXTS = (
    "activity",
    "prompt",
    "text",
    "speak",
    "unrecognizedPrompt",
    "invalidPrompt",
    "defaultValueResponse",
    "messageToAgent",
    "latencyMessage",
)
"""Properties that hold text with `{formulas}` in it."""


def formula_problems(value: Any, path: Path, source: Source, *, text: bool = False) -> Iterator[Problem]:
    """Every formula in `value` and below it that is none."""
    if isinstance(value, Mapping):
        for name, child in value.items():
            yield from formula_problems(child, (*path, name), source, text=text or name in _TEXTS)
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from formula_problems(child, (*path, number), source, text=text)
    elif isinstance(value, str) and value.lstrip().startswith("="):
        try:
            compile_formula(value)
        except FormulaError as error:
            yield source.problem(path, f"{error.message} (at character {error.position} of {_shown(value)})")
    elif isinstance(value, str) and (text or path[-1] in _TEXTS):
        for problem in compile_template(value).problems:
            yield source.problem(path, problem, "warning")


def _shown(formula: str) -> str:
    line = " ".join(formula.split())
    return line if len(line) <= 60 else f"{line[:57]}..."

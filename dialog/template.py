"""Text with `{formulas}` in it, as every message of a topic has.

A segment that is no formula (prose in braces, a bit of JSON) is printed as it stands, and told as a problem.
"""

from dataclasses import dataclass
from functools import lru_cache

from dialog.powerfx import Formula, FormulaError, Scope, compile_formula
from dialog.powerfx.encoding import text_of
from dialog.powerfx.kinds import EvaluationError
from dialog.powerfx.values import ErrorValue


@dataclass(frozen=True)
class Template:
    """A text that has been read: what stands as it is, and what is computed."""

    parts: tuple[str | Formula, ...]
    problems: tuple[str, ...] = ()

    def render(self, scope: Scope) -> str:
        """The text with every formula's value in its place; Blank prints as nothing.

        Raises:
            EvaluationError: a formula ends in an error.
        """
        return "".join(part if isinstance(part, str) else _printed(part, scope) for part in self.parts)


def _printed(formula: Formula, scope: Scope) -> str:
    value = formula.evaluate(scope)
    if isinstance(value, ErrorValue):
        raise EvaluationError(value.kind, f"{{{formula.source}}}: {value.message}")
    return text_of(value, scope.locale)


@lru_cache(maxsize=10_000)
def compile_template(source: str) -> Template:
    """Read a text; one that begins with `=` is a formula as a whole."""
    if source.lstrip().startswith("="):
        try:
            return Template((compile_formula(source),))
        except FormulaError as error:
            return Template((source,), (f"{error.message} (at character {error.position})",))
    parts: list[str | Formula] = []
    problems: list[str] = []
    rest = source
    while rest:
        text, brace, rest = rest.partition("{")
        parts.append(text)
        if not brace:
            break
        inner, rest = _segment(rest)
        if inner is None:
            parts.append("{")
            continue
        try:
            parts.append(compile_formula(inner))
        except FormulaError as error:
            parts.append(f"{{{inner}}}")
            problems.append(f"{{{inner}}} is printed as it stands: {error.message}")
    return Template(tuple(part for part in parts if part != ""), tuple(problems))


def _segment(rest: str) -> tuple[str | None, str]:
    """What stands before the brace that closes, and what stands behind it; None where none closes."""
    depth, quoted = 1, False
    for index, character in enumerate(rest):
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "{}":
            depth += 1 if character == "{" else -1
            if depth == 0:
                return rest[:index], rest[index + 1 :]
    return None, rest

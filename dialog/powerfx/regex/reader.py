"""Reading a regular expression of Power Fx: what .NET, JavaScript and PCRE2 all take, and nothing else."""

import re

from dialog.powerfx.regex.characters import NEWLINES, Test, exactly, ignoring_case
from dialog.powerfx.regex.classes import read_class
from dialog.powerfx.regex.escapes import read_escape
from dialog.powerfx.regex.sizes import Groups, PatternError
from dialog.powerfx.regex.tree import (
    Again,
    Anchor,
    Around,
    Captured,
    Dot,
    Either,
    Expression,
    Repeated,
    Sequence,
    Tree,
    Unit,
)
from dialog.powerfx.utf16 import units

MAX_PATTERN = 2_000
"""Characters of a pattern."""

_REFERENCE = re.compile(r"\\k<(\w+)>|\\([1-9]\d*)")
_NAME = re.compile(r"\(\?<([^\W\d][^\W]*)>")
_OPTIONS = re.compile(r"\(\?([imnsx]+)\)")
_QUANTIFIER = re.compile(r"([*+?])(\??)|\{(\d+)(?:(,)(\d*))?\}(\??)")
_WRONG_QUANTIFIER = re.compile(r"[*+?][+*]|\{\d+\}[+*?]|\{\d+,\d*\}[+|*]")


def read(pattern: str, options: str) -> Expression:
    """A pattern with MatchOptions' letters as an expression.

    Raises:
        PatternError: it is none.
    """
    if len(pattern) > MAX_PATTERN:
        raise PatternError(f"a pattern has at most {MAX_PATTERN} characters")
    return _Reader(units(pattern), options).read()


class _Reader:
    def __init__(self, pattern: str, options: str) -> None:
        self._text = pattern
        self._at = 0
        self._options = options
        self._groups = Groups()
        self._names: list[str | None] = []
        inline = _OPTIONS.match(pattern)
        if inline:
            self._inline(inline[1])
            self._at = inline.end()
        self._numbered = "N" in options

    def _inline(self, letters: str) -> None:
        if len(set(letters)) != len(letters):
            raise PatternError("an option is given twice")
        if "n" in letters and "N" in self._options:
            raise PatternError("the option n forbids numbered captures")
        self._options += letters

    def read(self) -> Expression:
        """The whole pattern."""
        options = self._alternatives()
        self._groups.finish()
        if "^" in self._options:
            options[0] = [self._start(), *options[0]]
        if "$" in self._options:
            options[-1] = [*options[-1], self._end()]
        return Expression(_either(options), tuple(self._names), "i" in self._options, self._numbered)

    def _start(self) -> Tree:
        return Anchor("line start" if "m" in self._options else "start")

    def _end(self) -> Tree:
        return Anchor("line end" if "m" in self._options else "end")

    def _alternatives(self) -> list[list[Tree]]:
        """The alternatives up to the parenthesis that closes, or the end."""
        options: list[list[Tree]] = [[]]
        while self._at < len(self._text):
            letter = self._text[self._at]
            if letter == ")":
                break
            if letter == "|":
                self._at += 1
                self._groups.alternate()
                options.append([])
            elif not self._skipped(letter):
                self._part(options[-1])
        return options

    def _skipped(self, letter: str) -> bool:
        """Whether a comment, or what free spacing leaves out, has just been skipped."""
        if self._text.startswith("(?#", self._at):
            end = self._text.find(")", self._at)
            if end < 0:
                raise PatternError("a comment is not closed")
            self._at = end + 1
            return True
        if "x" not in self._options or not (letter == "#" or letter.isspace()):
            return False
        if letter == "#":
            while self._at < len(self._text) and self._text[self._at] not in NEWLINES:
                self._at += 1
        else:
            self._at += 1
            self._groups.character(0, 0)
        return True

    def _part(self, parts: list[Tree]) -> None:
        if self._text[self._at] in "*+?{":
            self._quantify(parts)
            return
        part = self._group() if self._text[self._at] == "(" else self._single()
        parts.append(part)

    def _quantify(self, parts: list[Tree]) -> None:
        if _WRONG_QUANTIFIER.match(self._text, self._at):
            raise PatternError("quantifiers follow one another")
        match = _QUANTIFIER.match(self._text, self._at)
        if not match:
            raise PatternError("a lone { must be written \\{")
        sign, lazy, low, comma, high, lazy_range = match.groups(default="")
        if any(len(digits) > 9 for digits in (low, high)):
            raise PatternError("a quantifier's number is too large")
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign) or (
            int(low), None if comma and not high else int(high or low),
        )  # fmt: skip
        self._groups.quantify(least, most)
        self._at = match.end()
        if not parts:
            raise PatternError("a quantifier stands behind nothing")
        parts[-1] = Repeated(parts[-1], least, most, lazy=bool(lazy or lazy_range))

    def _group(self) -> Tree:
        text, at = self._text, self._at
        if match := _NAME.match(text, at):
            return self._capture(match[1], match.end())
        for opening, ahead, wanted in (
            ("(?=", True, True),
            ("(?!", True, False),
            ("(?<=", False, True),
            ("(?<!", False, False),
        ):
            if text.startswith(opening, at):
                self._groups.open(ahead=ahead, behind=not ahead)
                inner, size = self._inside(at + len(opening))
                return Around(inner, ahead, wanted, size or 0)
        if text.startswith("(?:", at):
            self._groups.open()
            return self._inside(at + 3)[0]
        if text[at + 1 : at + 2] in {"?", "*", "+"}:
            raise PatternError("this kind of group is not supported")
        if self._numbered:
            return self._capture(None, at + 1)
        self._groups.open()
        return self._inside(at + 1)[0]

    def _capture(self, name: str | None, begin: int) -> Tree:
        if name is not None and self._numbered:
            raise PatternError("captures are named or numbered, not both")
        if name is not None and len(name) > 62:
            raise PatternError("a capture's name has at most 62 characters")
        self._names.append(name)
        number = len(self._names)
        self._groups.open(name or str(number))
        return Captured(self._inside(begin)[0], number)

    def _inside(self, begin: int) -> tuple[Tree, int | None]:
        """What stands in the group that has been opened, and how long it can be."""
        self._at = begin
        options = self._alternatives()
        if self._at >= len(self._text):
            raise PatternError("a group is not closed")
        self._at += 1
        group = self._groups.close()
        return _either(options), group.most

    def _single(self) -> Tree:
        letter = self._text[self._at]
        match letter:
            case "\\":
                return self._escape()
            case "[":
                test, self._at = read_class(self._text, self._at, ignores_case="i" in self._options)
                self._groups.character()
                return Unit(test)
            case "^" | "$":
                self._at += 1
                return self._start() if letter == "^" else self._end()
            case ".":
                self._at += 1
                self._groups.character()
                return Dot((lambda _unit: True) if "s" in self._options else (lambda unit: unit not in NEWLINES))
            case "}" | "]":
                raise PatternError(f"a lone {letter} must be written \\{letter}")
            case _:
                return self._literal()

    def _literal(self) -> Tree:
        letter = self._text[self._at]
        self._at += 1
        if "\ud800" <= letter <= "\udbff" and "\udc00" <= self._text[self._at : self._at + 1] <= "\udfff":
            low = self._text[self._at]
            self._at += 1
            return self._pair(letter, low)
        if "\ud800" <= letter <= "\udfff":
            raise PatternError("half of a Unicode pair")
        return self._character(exactly(letter))

    def _pair(self, high: str, low: str) -> Tree:
        self._groups.character()
        return Sequence((Unit(exactly(high)), Unit(exactly(low))))

    def _character(self, test: Test) -> Tree:
        self._groups.character()
        return Unit(ignoring_case(test) if "i" in self._options else test)

    def _escape(self) -> Tree:
        text, at = self._text, self._at
        if match := _REFERENCE.match(text, at):
            return self._reference(match)
        letter = text[at + 1 : at + 2]
        if letter in {"b", "B"}:
            self._at += 2
            return Anchor("edge" if letter == "b" else "no edge")
        tests, self._at = read_escape(text, at, ignores_case="i" in self._options)
        self._groups.character()
        return Unit(tests[0]) if len(tests) == 1 else Sequence(tuple(map(Unit, tests)))

    def _reference(self, match: re.Match[str]) -> Tree:
        self._at = match.end()
        name = match[1] or match[2]
        if bool(match[1]) == self._numbered:
            raise PatternError("captures are referred to by names, or by numbers where MatchOptions say so")
        self._groups.refer(name)
        number = int(match[2]) if match[2] else self._names.index(name) + 1
        return Again(number)


def _either(options: list[list[Tree]]) -> Tree:
    made: list[Tree] = [parts[0] if len(parts) == 1 else Sequence(tuple(parts)) for parts in options]
    return made[0] if len(made) == 1 else Either(tuple(made))

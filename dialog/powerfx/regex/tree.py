"""A regular expression as a tree."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Test = Callable[[str], bool]
"""Whether one UTF-16 code unit is among those that are meant."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One code unit."""

    test: Test


@dataclass(frozen=True, slots=True)
class Dot:
    """Any character: a code unit for which `test` holds, or a pair that makes one character."""

    test: Test


@dataclass(frozen=True, slots=True)
class Sequence:
    """One thing behind the other."""

    parts: "tuple[Tree, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """One of several things, the first that goes."""

    options: "tuple[Tree, ...]"


@dataclass(frozen=True, slots=True)
class Repeated:
    """A thing so many times; `most` is None for any number."""

    of: "Tree"
    least: int
    most: int | None
    lazy: bool


@dataclass(frozen=True, slots=True)
class Captured:
    """A thing whose text is kept, under a number from 1."""

    of: "Tree"
    number: int


@dataclass(frozen=True, slots=True)
class Again:
    """What was kept under a number."""

    number: int


@dataclass(frozen=True, slots=True)
class Around:
    """A look ahead, or behind over up to `longest` code units; nothing is consumed."""

    of: "Tree"
    ahead: bool
    wanted: bool
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place: the start or end of the text or of a line, the edge of a word or none."""

    place: Literal["start", "line start", "end", "line end", "edge", "no edge"]


Tree = Unit | Dot | Sequence | Either | Repeated | Captured | Again | Around | Anchor


@dataclass(frozen=True)
class Expression:
    """A regular expression that has been read. `names`: of the captures, from number 1 on; None has a number only."""

    tree: Tree
    names: tuple[str | None, ...]
    ignores_case: bool
    numbered: bool

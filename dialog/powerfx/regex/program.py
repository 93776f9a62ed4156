"""A regular expression as a program for the machine: short steps, and jumps between them."""

from dataclasses import dataclass
from enum import IntEnum

from dialog.powerfx.regex.sizes import PatternError
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
    Test,
    Tree,
    Unit,
)

MAX_STEPS = 20_000
"""Steps of one program: `(a{100}){100}` is one of 10,000."""


class Op(IntEnum):
    """What a step does."""

    UNIT = 0
    DOT = 1
    RUN = 2
    JUMP = 3
    SPLIT = 4
    SAVE = 5
    MARK = 6
    MOVED = 7
    AGAIN = 8
    ANCHOR = 9
    AROUND = 10
    MATCH = 11


@dataclass(slots=True)
class Step:
    """One step. What `first`, `second` and `what` mean depends on it."""

    op: Op
    first: int = 0
    second: int = 0
    what: "Test | str | Program | None" = None
    lazy: bool = False
    look: Around | None = None


@dataclass(frozen=True)
class Program:
    """The steps, and how many places a state remembers."""

    steps: list[Step]
    places: int


def compiled(expression: Expression) -> Program:
    """The program of an expression.

    Raises:
        PatternError: it is too large.
    """
    builder = _Builder(len(expression.names))
    builder.add(expression.tree)
    return builder.finished()


class _Builder:
    def __init__(self, captures: int, marks: int = 0) -> None:
        self._steps: list[Step] = []
        self._captures = captures
        self._marks = marks

    def finished(self) -> Program:
        """The program, with its last step."""
        self._emit(Step(Op.MATCH))
        return Program(self._steps, 2 * (self._captures + 1) + self._marks)

    def _emit(self, step: Step) -> int:
        if len(self._steps) >= MAX_STEPS:
            raise PatternError("the pattern is too large")
        self._steps.append(step)
        return len(self._steps) - 1

    def add(self, tree: Tree) -> None:  # noqa: C901 - one case a kind
        """The steps of a part."""
        match tree:
            case Unit(test=test):
                self._emit(Step(Op.UNIT, what=test))
            case Dot(test=test):
                self._emit(Step(Op.DOT, what=test))
            case Sequence(parts=parts):
                for part in parts:
                    self.add(part)
            case Either(options=options):
                self._either(options)
            case Repeated():
                self._repeated(tree)
            case Captured(of=of, number=number):
                self._emit(Step(Op.SAVE, 2 * number))
                self.add(of)
                self._emit(Step(Op.SAVE, 2 * number + 1))
            case Again(number=number):
                self._emit(Step(Op.AGAIN, number))
            case Anchor(place=place):
                self._emit(Step(Op.ANCHOR, what=place))
            case Around():
                inner = _Builder(self._captures, self._marks + 100)
                inner.add(tree.of)
                self._emit(Step(Op.AROUND, what=inner.finished(), look=tree))

    def _either(self, options: tuple[Tree, ...]) -> None:
        ends: list[int] = []
        for option in options[:-1]:
            split = self._emit(Step(Op.SPLIT))
            self._steps[split].first = split + 1
            self.add(option)
            ends.append(self._emit(Step(Op.JUMP)))
            self._steps[split].second = len(self._steps)
        self.add(options[-1])
        for end in ends:
            self._steps[end].first = len(self._steps)

    def _repeated(self, tree: Repeated) -> None:
        if isinstance(tree.of, Unit):
            most = -1 if tree.most is None else tree.most
            self._emit(Step(Op.RUN, tree.least, most, tree.of.test, lazy=tree.lazy))
            return
        for _ in range(tree.least):
            self.add(tree.of)
        if tree.most is None:
            self._loop(tree)
            return
        splits: list[int] = []
        for _ in range(tree.most - tree.least):
            splits.append(self._emit(Step(Op.SPLIT, lazy=tree.lazy)))
            self._steps[splits[-1]].first = len(self._steps)
            self.add(tree.of)
        for split in splits:
            self._steps[split].second = len(self._steps)

    def _loop(self, tree: Repeated) -> None:
        """Any number of times, but never again where nothing was consumed."""
        mark = 2 * (self._captures + 1) + self._marks
        self._marks += 1
        split = self._emit(Step(Op.SPLIT, lazy=tree.lazy))
        self._steps[split].first = len(self._steps)
        self._emit(Step(Op.MARK, mark))
        self.add(tree.of)
        moved = self._emit(Step(Op.MOVED, mark, split))
        self._steps[moved].second = split
        self._steps[split].second = len(self._steps)

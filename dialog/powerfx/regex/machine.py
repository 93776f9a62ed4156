"""Running a program over a text: backtracking with a stack of its own, and an end to it.

The machine never recurses over the text, and counts each step; where they are used up, the match has run out of time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dialog.powerfx.regex.characters import NEWLINES, cases, is_edge_word
from dialog.powerfx.regex.program import Op, Program, Step, compiled
from dialog.powerfx.regex.tree import Expression

BUDGET = 400_000
"""Steps of one call of a match function: about half a second."""
MAX_WAITING = 200_000
"""Ways that may wait to be tried."""

State = tuple[int, ...]
_FOUND = 10
"""Steps that a match costs beside those that found it."""
_PLACES = frozenset([Op.SAVE, Op.MARK])


class ExhaustedError(Exception):
    """The steps are used up."""


@dataclass(frozen=True)
class Found:
    """A match: where it begins and ends, and what each capture kept (None: nothing)."""

    start: int
    end: int
    captures: tuple[str | None, ...]


class Machine:
    """Matches one expression; its budget is for one call."""

    def __init__(self, expression: Expression, budget: int = BUDGET) -> None:
        self._program = compiled(expression)
        self._names = expression.names
        self._ignores_case = expression.ignores_case
        self.left = budget

    def search(self, text: str, begin: int = 0) -> Found | None:
        """The first match from `begin` on, over UTF-16 code units.

        Raises:
            ExhaustedError: it takes too long.
        """
        fresh = (-1,) * self._program.places
        for start in range(begin, len(text) + 1):
            self._spend(1)
            ended = self._run(self._program, text, start, fresh)
            if ended is not None:
                end, state = ended
                return Found(start, end, tuple(self._kept(text, state, index + 1) for index in range(len(self._names))))
        return None

    def all(self, text: str) -> Iterator[Found]:
        """All matches, one behind the other.

        Raises:
            ExhaustedError: it takes too long.
        """
        begin = 0
        while begin <= len(text) and (found := self.search(text, begin)):
            yield found
            self._spend(_FOUND)
            begin = found.end if found.end > found.start else found.end + 1

    def _kept(self, text: str, state: State, number: int) -> str | None:
        first, last = state[2 * number], state[2 * number + 1]
        return None if first < 0 or last < 0 else text[first:last]

    def _spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise ExhaustedError

    def _run(  # noqa: C901, PLR0912, PLR0915 - the machine: one branch a step, in one loop for speed
        self, program: Program, text: str, position: int, state: State, must_end: int = -1
    ) -> tuple[int, State] | None:
        steps = program.steps
        if len(state) < program.places:
            state = state + (-1,) * (program.places - len(state))
        waiting: list[tuple[int, int, State]] = []
        counter, size = 0, len(text)
        while True:
            self.left -= 1
            if self.left < 0 or len(waiting) > MAX_WAITING:
                raise ExhaustedError
            step = steps[counter]
            op = step.op
            failed = False
            if op == Op.UNIT:
                if position < size and step.what(text[position]):  # type: ignore[operator, misc]  # a test
                    position += 1
                    counter += 1
                else:
                    failed = True
            elif op == Op.DOT:
                width = self._dot(step, text, position)
                failed = width == 0
                position += width
                counter += 1
            elif op == Op.RUN:
                ways = self._run_ways(step, text, position)
                if ways is None:
                    failed = True
                else:
                    waiting.extend((counter + 1, way, state) for way in reversed(ways[1:]))
                    self._spend(len(ways))
                    position = ways[0]
                    counter += 1
            elif op == Op.JUMP:
                counter = step.first
            elif op == Op.SPLIT:
                now, later = (step.second, step.first) if step.lazy else (step.first, step.second)
                waiting.append((later, position, state))
                counter = now
            elif op in _PLACES:
                state = (*state[: step.first], position, *state[step.first + 1 :])
                counter += 1
            elif op == Op.MOVED:
                counter = step.second if state[step.first] != position else counter + 1
            elif op == Op.AGAIN:
                width = self._again(text, position, state, step.first)
                failed = width < 0
                position += max(width, 0)
                counter += 1
            elif op == Op.ANCHOR:
                failed = not _stands(str(step.what), text, position)
                counter += 1
            elif op == Op.AROUND:
                seen = self._around(step, text, position, state)
                failed = seen is None
                state = seen if seen is not None else state
                counter += 1
            elif must_end < 0 or position == must_end:
                return position, state
            else:
                failed = True
            if failed:
                if not waiting:
                    return None
                counter, position, state = waiting.pop()

    def _dot(self, step: Step, text: str, position: int) -> int:
        unit = text[position : position + 1]
        if not unit:
            return 0
        if "\ud800" <= unit <= "\udbff" and "\udc00" <= text[position + 1 : position + 2] <= "\udfff":
            return 2
        return 1 if step.what(unit) else 0  # type: ignore[operator, misc]  # a test

    def _run_ways(self, step: Step, text: str, position: int) -> range | None:
        """Where a repeated single character may end, the way that is tried first in front."""
        test = step.what
        most = len(text) if step.second < 0 else min(len(text), position + step.second)
        end = position
        while end < most and test(text[end]):  # type: ignore[operator, misc]  # a test
            end += 1
        self._spend((end - position) // 2)
        least = position + step.first
        if end < least:
            return None
        return range(least, end + 1) if step.lazy else range(end, least - 1, -1)

    def _again(self, text: str, position: int, state: State, number: int) -> int:
        """How long what was kept is, where it stands here again; -1 where it does not."""
        first, last = state[2 * number], state[2 * number + 1]
        if first < 0 or last < 0:
            return -1
        kept = text[first:last]
        here = text[position : position + len(kept)]
        self._spend(len(kept) // 8)
        if kept == here:
            return len(kept)
        same = (
            self._ignores_case
            and len(kept) == len(here)
            and all(one in cases(other) for one, other in zip(kept, here, strict=True))
        )
        return len(kept) if same else -1

    def _around(self, step: Step, text: str, position: int, state: State) -> State | None:
        look, program = step.look, step.what
        if look is None or not isinstance(program, Program):
            return None
        found: tuple[int, State] | None = None
        if look.ahead:
            found = self._run(program, text, position, state)
        else:
            for begin in range(position, max(position - 2 * look.longest, 0) - 1, -1):
                found = self._run(program, text, begin, state, must_end=position)
                if found:
                    break
        if look.wanted:
            return None if found is None else found[1][: len(state)]
        return state if found is None else None


def _stands(place: str, text: str, at: int) -> bool:
    before, after = text[at - 1 : at] if at else "", text[at : at + 1]
    match place:
        case "start":
            return at == 0
        case "line start":
            return at == 0 or (before in NEWLINES and not (before == "\r" and after == "\n"))
        case "end":
            rest = text[at : at + 3]
            if before == "\r" and after == "\n":
                return False
            return rest in {"", "\r\n"} or (len(rest) == 1 and rest in NEWLINES)
        case "line end":
            return not after or (after in NEWLINES and not (before == "\r" and after == "\n"))
        case _:
            edge = bool(before and is_edge_word(before)) != bool(after and is_edge_word(after))
            return edge == (place == "edge")

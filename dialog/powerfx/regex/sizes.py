"""What Power Fx forbids of groups: where engines disagree, it takes neither side (docs/regular-expressions.md there).

While a pattern is read, each group keeps how long a text it can match, and whether a quantifier on it would be
ambiguous: an optional capture within a repeated group is kept by .NET and forgotten by JavaScript.
"""

from dataclasses import dataclass, field

MAX_DEPTH = 32
LONGEST_BEHIND = 250


class PatternError(Exception):
    """A pattern that is none."""


def _added(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


@dataclass(eq=False)
class Group:
    """A group, or one character; `most` is None where there is no limit."""

    parent: "Group | None" = None
    captures: bool = False
    is_group: bool = True
    around: bool = False
    least: int = 0
    most: int | None = 0
    closed: bool = False
    ambiguous: bool = False
    unrepeatable: bool = False
    optional: bool = False
    has_capture: bool = False
    alternative: int = 0
    options: list[tuple[int, int | None]] = field(default_factory=list)

    def alternate(self) -> None:
        """Another alternative begins."""
        self.options.append((self.least, self.most))
        self.least, self.most = 0, 0

    def end(self) -> None:
        """The group's last alternative ends."""
        if not self.options:
            return
        self.alternate()
        self.least = min(least for least, _ in self.options)
        lengths = [most for _, most in self.options]
        self.most = None if None in lengths else max(length for length in lengths if length is not None)
        self.ambiguous = self.ambiguous or self.has_capture


class Groups:
    """The groups of a pattern as it is read."""

    def __init__(self) -> None:
        self._open = [Group()]
        self._target: Group | None = None
        self._behind: Group | None = None
        self._captures: dict[str, Group] = {}
        self._references: list[tuple[Group, list[tuple[Group, int]]]] = []

    def open(self, name: str | None = None, *, ahead: bool = False, behind: bool = False) -> None:
        """A group begins; `name` is that of its capture."""
        if len(self._open) >= MAX_DEPTH:
            raise PatternError("too many groups are nested")
        if behind and self._behind:
            raise PatternError("a look behind stands in another")
        parent = self._open[-1]
        group = Group(parent, captures=name is not None, around=ahead or behind, alternative=len(parent.options))
        if name is not None:
            if self._behind:
                raise PatternError("a look behind keeps no text")
            if name in self._captures:
                raise PatternError("two groups have the same name")
            self._captures[name] = group
        if behind:
            self._behind = group
        self._open.append(group)
        self._target = None

    def close(self) -> Group:
        """The group ends; gives it."""
        if len(self._open) == 1:
            raise PatternError("a ) closes nothing")
        group = self._open.pop()
        self._target = group
        if group is self._behind:
            self._behind = None
            if group.most is None or group.most > LONGEST_BEHIND:
                raise PatternError(f"a look behind sees at most {LONGEST_BEHIND} characters")
        group.unrepeatable = group.unrepeatable or group.around
        group.end()
        group.closed = True
        group.ambiguous = group.ambiguous or group.least == 0
        parent = self._open[-1]
        parent.ambiguous = parent.ambiguous or group.ambiguous
        parent.unrepeatable = parent.unrepeatable or group.unrepeatable
        parent.has_capture = parent.has_capture or group.captures
        if not group.around:
            parent.most = _added(parent.most, group.most)
            parent.least += group.least
        return group

    def alternate(self) -> None:
        """An alternative begins."""
        self._target = None
        self._open[-1].alternate()

    def character(self, least: int = 1, most: int | None = 1) -> None:
        """Something that is no group."""
        current = self._open[-1]
        current.least += least
        current.most = _added(current.most, most)
        self._target = Group(is_group=False, least=least, most=most)

    def quantify(self, low: int, high: int | None) -> None:
        """What stands before is to be repeated."""
        if self._behind and high is None:
            raise PatternError("a look behind sees only so far: no unlimited quantifier")
        target, self._target = self._target, None
        if target is None:
            raise PatternError("a quantifier stands behind nothing")
        if high is not None and high < low:
            raise PatternError("a quantifier's numbers are the wrong way round")
        current = self._open[-1]
        if target.is_group:
            self._quantify_group(current, target, low)
        current.least += target.least * (low - 1)
        if current.most is not None:
            unlimited = high is None or target.most is None
            current.most = None if unlimited else current.most + target.most * (high - 1)  # type: ignore[operator]

    def _quantify_group(self, current: Group, target: Group, low: int) -> None:
        if target.unrepeatable:
            raise PatternError("a look ahead or behind has no quantifier")
        if target.ambiguous:
            raise PatternError("a quantifier on a group with another quantifier or an empty alternative is ambiguous")
        target.optional = low == 0
        keeps = target.captures or target.has_capture
        if keeps and (low == 0 or target.least == 0 or target.has_capture):
            current.ambiguous = True

    def refer(self, name: str) -> None:
        """A reference back to a capture."""
        group = self._captures.get(name)
        if group is None:
            raise PatternError(f"nothing is kept as {name}")
        if not group.closed:
            raise PatternError("a group refers to itself")
        if self._behind and group.most is None:
            raise PatternError("a look behind sees only so far")
        self.character(group.least, group.most)
        self._references.append((group, [(parent, len(parent.options)) for parent in self._open]))

    def finish(self) -> None:
        """The pattern ends."""
        self._open[-1].end()
        if len(self._open) != 1:
            raise PatternError("a group is not closed")
        for group, place in self._references:
            self._check_reference(group, {id(parent): alternative for parent, alternative in place})

    def _check_reference(self, group: Group, place: dict[int, int]) -> None:
        """What is referred to must be there: up to the group in which both stand, in the same alternative."""
        may_not = "a reference back to what may not be there"
        if group.optional or group.least == 0:
            raise PatternError(may_not)
        child, parent = group, group.parent
        while parent is not None:
            if id(parent) in place:
                if place[id(parent)] != child.alternative:
                    raise PatternError(may_not)
                return
            if parent.around:
                raise PatternError("a reference back into a look ahead or behind")
            if parent.optional or parent.options or parent.least == 0:
                raise PatternError(may_not)
            child, parent = parent, parent.parent

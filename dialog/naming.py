"""What a redirect means by the name that it gives.

Nearly all say a schema name, `<bot>.topic.Escalate`. Some were written by hand, or copied from another agent: a display
name, a bare `Escalate`, another bot's prefix. Those mean the one topic that fits, where it is one.
"""

from collections.abc import Iterable, Mapping


def tail_of(name: str) -> str:
    """What comes after the bot and the kind: `Escalate` of `<bot>.topic.Escalate`."""
    parts = name.split(".", 2)
    return parts[2] if len(parts) > 2 else name


class Names:
    """The parts of one agent that can be redirected to, by every name that they go by."""

    def __init__(self, named: Mapping[str, str]) -> None:
        """`named`: display names by schema name."""
        self._exact = frozenset(named)
        self._tails = _unique((_kinded(name), name) for name in named)
        self._shorts = _unique((tail_of(name), name) for name in named)
        self._displayed = _unique((display.strip(), name) for name, display in named.items())
        self._folded = _unique((_folded(each), name) for name, display in named.items() for each in (name, display))

    def resolve(self, said: str) -> str | None:
        """The schema name that is meant: exactly that, else by kind and tail, tail, display name, or any case of it."""
        said = said.strip()
        if said in self._exact:
            return said
        ways = (
            self._tails.get(_kinded(said)),
            self._shorts.get(said),
            self._displayed.get(said),
            self._folded.get(_folded(said)),
        )
        return next((name for name in ways if name), None)


def _kinded(name: str) -> str:
    return name.partition(".")[2] if name.count(".") >= 2 else ""


def _folded(name: str) -> str:
    return "".join(name.casefold().split())


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What each key stands for, of those that stand for one thing only."""
    found: dict[str, str | None] = {}
    for key, name in pairs:
        found[key] = name if found.get(key, name) == name else None
    return {key: name for key, name in found.items() if key and name}

"""Marks of what LivePerson has told us it got from us: all there is to settle an unclear outcome by.

It knows none of our ids, but every message of the consumer's comes back with its text and its number in the dialog. A
mark is the two: the number tells identical texts apart, and the texts stay unreadable.
"""

import hashlib
from collections.abc import Iterable, Sequence

_CONVERSATION = "conversation:"
NOTHING = -1
"""The number before the first."""


def conversation_mark(conversation: str) -> str:
    """The mark of a conversation that our consumer has open."""
    return f"{_CONVERSATION}{conversation}"


def conversation_in(marks: Iterable[str]) -> str | None:
    """The conversation that the marks tell of; a consumer of ours opens one."""
    return next((mark.removeprefix(_CONVERSATION) for mark in marks if mark.startswith(_CONVERSATION)), None)


def text_mark(sequence: int, text: str) -> str:
    """The mark of a message."""
    return f"{sequence}:{_digest(text)}"


def told(marks: Iterable[str], texts: Sequence[str], after: int = NOTHING) -> list[int]:
    """The numbers of as many of `texts`, from the first, as the marks show in this order after the number `after`."""
    wanted = [_digest(text) for text in texts]
    numbers: list[int] = []
    for sequence, digest in sorted(_messages(marks)):
        if sequence > after and len(numbers) < len(wanted) and digest == wanted[len(numbers)]:
            numbers.append(sequence)
    return numbers


def _messages(marks: Iterable[str]) -> Iterable[tuple[int, str]]:
    for mark in marks:
        if not mark.startswith(_CONVERSATION):
            sequence, _, digest = mark.partition(":")
            yield int(sequence), digest


def _digest(text: str) -> str:
    # White space is what a service on the way is most likely to change.
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]

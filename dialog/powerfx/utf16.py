"""Texts as Power Fx counts them: in UTF-16 code units, of which an emoji has two.

A cut through the middle of a pair leaves a half that no other system can read; it becomes U+FFFD.
"""

from collections.abc import Callable


def length(text: str) -> int:
    """How many code units."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def units(text: str) -> str:
    """The text with a character for each code unit."""
    if text.isascii() or not any(character > "\uffff" for character in text):
        return text
    data = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(data[index] | data[index + 1] << 8) for index in range(0, len(data), 2))


def joined(text: str) -> str:
    """Code units as a text again."""
    if not any("\ud800" <= character <= "\udfff" for character in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def cut(text: str, cutting: Callable[[str], str]) -> str:
    """What `cutting` makes of the code units."""
    return joined(cutting(units(text)))

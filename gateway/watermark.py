"""Watermarks as clients send them back."""

from gateway.answers import bad


def watermark_of(text: str | None) -> int:
    """The watermark in `text`; none means from the beginning, and so does what careless clients make of none.

    Raises:
        RequestError: 400, it is none of ours.
    """
    if text is None or text in ("", "null", "undefined"):
        return 0
    if not (text.isascii() and text.isdecimal()) or len(text) > 15:
        raise bad("a watermark is a number that this service gave out")
    return int(text)

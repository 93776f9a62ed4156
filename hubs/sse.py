"""Server-sent events, as they come in pieces over a connection (html.spec.whatwg.org, "Server-sent events", 9.2.6).

A frame counts when its blank line has come: what a dropped connection cut in the middle is no event.
"""

import re
from dataclasses import dataclass, field

MAX_FRAME = 1024 * 1024
"""Bytes of a frame that has not ended; a server that sends more sends no events."""
_BREAK = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class ServerEvent:
    """One event. `id` is what a connection that is made anew names as `Last-Event-ID`."""

    id: str
    event: str
    data: str


@dataclass
class SseParser:
    """Events out of the bytes of one connection."""

    stray: str = ""
    """The newest line that belongs to no event: some servers say in plain text why they end the stream."""
    _rest: bytes = b""
    _skips_newline: bool = False
    _begun: bool = False
    _id: str = ""
    _event: str = ""
    _data: list[str] = field(default_factory=list)
    _size: int = 0

    def feed(self, chunk: bytes) -> list[ServerEvent]:
        r"""The events that `chunk` completes. Lines end with `\n`, `\r` or both, wherever the bytes were cut.

        Raises:
            ValueError: a frame is larger than any event.
        """
        if not chunk:
            return []
        whole = self._rest + (chunk.removeprefix(b"\n") if self._skips_newline else chunk)
        self._skips_newline = chunk.endswith(b"\r")
        *lines, self._rest = _BREAK.split(whole)
        found = [event for line in lines if (event := self._take(line))]
        if self._size + len(self._rest) > MAX_FRAME:
            raise ValueError("a frame of server-sent events does not end")
        return found

    @property
    def unfinished(self) -> str:
        """What has come of a line that has not ended."""
        return self._rest.decode(errors="replace")

    def _take(self, line: bytes) -> ServerEvent | None:
        if not self._begun:
            self._begun, line = True, line.removeprefix(_BOM)
        if not line:
            return self._dispatch()
        self._size += len(line)
        name, _, value = line.decode(errors="replace").partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
            case "event":
                self._event = value
            case "id":
                self._id = self._id if "\0" in value else value
            case "" | "retry":
                pass  # a comment, and a pace that is ours to choose
            case _:
                self.stray = line.decode(errors="replace")
        return None

    def _dispatch(self) -> ServerEvent | None:
        event = ServerEvent(self._id, self._event or "message", "\n".join(self._data)) if self._data else None
        self._event, self._data, self._size = "", [], 0
        return event

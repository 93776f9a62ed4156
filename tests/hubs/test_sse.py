"""Server-sent events, wherever the bytes are cut."""

import pytest

from hubs.sse import MAX_FRAME, ServerEvent, SseParser

STREAM = (
    "\ufeff: welcome\n\n"
    'id: 1\nevent: GREETING\ndata: {"a":\ndata: 1}\n\n'
    "event: ping\r\ndata: 0\r\n\r\n"
    "retry: 5\rdata:no space\r\r"
    "id: 2\ndata: äöü 🙂: colon\n\n"
    "data\n\n"
    "event: nothing\n\n"
    "id: un\0fit\ndata: x\n\n"
    "id: 3\nevent: CUT\ndata: never en"
).encode()
EVENTS = [
    ServerEvent("1", "GREETING", '{"a":\n1}'),
    ServerEvent("1", "ping", "0"),
    ServerEvent("1", "message", "no space"),
    ServerEvent("2", "message", "äöü 🙂: colon"),
    ServerEvent("2", "message", ""),
    ServerEvent("2", "message", "x"),
]


def test_a_stream_is_read_however_it_is_cut() -> None:
    """In one piece, byte by byte, and in two pieces at every place."""
    assert SseParser().feed(STREAM) == EVENTS
    whole = SseParser()
    assert [event for at in range(len(STREAM)) for event in whole.feed(STREAM[at : at + 1])] == EVENTS
    for at in range(len(STREAM)):
        parser = SseParser()
        assert [*parser.feed(STREAM[:at]), *parser.feed(STREAM[at:])] == EVENTS, at


def test_a_frame_that_does_not_end_is_no_event() -> None:
    """A connection that drops in the middle has told nothing of it."""
    parser = SseParser()
    assert parser.feed(b"id: 7\nevent: A\ndata: half of i") == []
    assert parser.unfinished == "data: half of i"
    assert SseParser().feed(b"t\n\n") == []


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_plain_text_is_seen(ending: str) -> None:
    """Some servers say why they end a stream in words that are no event."""
    parser = SseParser()
    assert parser.feed(f"Jwt is expired{ending}".encode()) == []
    assert "Jwt is expired" in parser.stray + parser.unfinished


@pytest.mark.parametrize("line", [b"data: " + b"x" * 1000 + b"\n", b"x"])
def test_a_frame_without_end_is_refused(line: bytes) -> None:
    """As lines, and as one line."""
    parser = SseParser()
    parser.feed(line * (MAX_FRAME // len(line) // 2))
    with pytest.raises(ValueError, match="does not end"):
        parser.feed(line * (MAX_FRAME // len(line)))

"""What goes down a stream: frames of activities, ready as JSON, so that many sockets share the work."""

from collections.abc import Iterable, Sequence

from protocol.activity import Activity
from protocol.models import Owned

KEEP_ALIVE = ""
"""An empty frame says only that the stream lives."""
FRAME_ACTIVITIES = 100
"""A replay is cut into frames of so many."""


class Entry(Owned):
    """One activity as JSON, with its place in the conversation; an ephemeral one (typing) has none."""

    sequence: int | None
    json_text: str


class Parcel(Owned):
    """Activities that came together, and the watermark after them."""

    entries: tuple[Entry, ...]
    watermark: int

    @classmethod
    def of(cls, activities: Iterable[Activity], watermark: int) -> "Parcel":
        """The parcel of `activities`, those of the log in its order."""
        entries = [
            Entry(sequence=sequence(activity), json_text=activity.model_dump_json(by_alias=True, exclude_none=True))
            for activity in activities
        ]
        return cls(entries=tuple(sorted(entries, key=lambda entry: entry.sequence or 0)), watermark=watermark)


def sequence(activity: Activity) -> int | None:
    """The place of an activity in its conversation, which the end of its id tells."""
    _, separator, digits = (activity.id or "").rpartition("|")
    return int(digits) if separator and digits.isdecimal() else None


def frame(entries: Sequence[Entry]) -> str:
    """One frame. One that has only ephemeral activities carries no watermark, for it must not move the client's."""
    last = max((entry.sequence for entry in entries if entry.sequence is not None), default=None)
    mark = "" if last is None else f',"watermark":"{last}"'
    return f'{{"activities":[{",".join(entry.json_text for entry in entries)}]{mark}}}'


def replay(entries: Sequence[Entry]) -> list[str]:
    """The frames of a longer stretch."""
    return [frame(entries[at : at + FRAME_ACTIVITIES]) for at in range(0, len(entries), FRAME_ACTIVITIES)]

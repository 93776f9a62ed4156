"""The conversation's log: every activity once, in order, under the number that is its watermark.

The workflow keeps the recent stretch; what is older is written to the transcript store page by page, and only the
pages' names stay, so that a conversation's three-thousandth turn costs what its tenth does.
"""

from collections.abc import Sequence
from datetime import datetime

from protocol.activity import EVENT, MESSAGE, Activity, ChannelAccount, ConversationAccount
from protocol.conversation import ActivitySet, Page

PAGE = 100
"""Activities in one page."""
WINDOW = 2 * PAGE
"""At so many activities the oldest page leaves the workflow's state."""


class Log:
    """The activities of one conversation."""

    def __init__(
        self,
        conversation: str,
        activities: Sequence[Activity] = (),
        watermark: int = 0,
        pages: Sequence[Page] = (),
    ) -> None:
        self.conversation = conversation
        self.watermark = watermark
        self.pages = list(pages)
        # As JSON: an activity takes a tenth of the memory that its model takes, and most are never read again here.
        self._recent = [_packed(activity) for activity in activities]

    @property
    def recent(self) -> tuple[Activity, ...]:
        """The stretch that the workflow still keeps."""
        return _unpacked(self._recent)

    def append(
        self, activity: Activity, sender: ChannelAccount, now: datetime, reply_to: str | None = None
    ) -> Activity:
        """Write `activity` down as said by `sender` now, and return it with its id."""
        self.watermark += 1
        written = activity.model_copy(
            update={
                "id": f"{self.conversation}|{self.watermark:07d}",
                "timestamp": now,
                "from_": sender,
                "conversation": ConversationAccount(id=self.conversation),
                "reply_to_id": activity.reply_to_id or reply_to,
            }
        )
        self._recent.append(_packed(written))
        return written

    def since(self, watermark: int) -> ActivitySet:
        """The activities after `watermark`, and the pages where the older of them are."""
        first = self.watermark - len(self._recent)
        return ActivitySet(
            activities=_unpacked(self._recent[max(0, watermark - first) :]),
            watermark=self.watermark,
            pages=tuple(page for page in self.pages if page.last > watermark),
        )

    @property
    def page_is_full(self) -> bool:
        """Whether it is time for the oldest stretch to leave."""
        return len(self._recent) >= WINDOW

    def full_page(self) -> tuple[Activity, ...]:
        """The oldest stretch, where it is time for it to leave; empty where it is not."""
        return _unpacked(self._recent[:PAGE]) if self.page_is_full else ()

    def turn_page(self, name: str) -> None:
        """The stretch of `full_page` is in the store under `name`: let go of it here."""
        first = self.watermark - len(self._recent)
        self.pages.append(Page(name=name, first=first, last=first + PAGE))
        del self._recent[:PAGE]


def for_representatives(activities: Sequence[Activity]) -> tuple[Activity, ...]:
    """What a representative is shown of the log: everything that anybody said or that was said to the customer."""
    return tuple(
        activity
        for activity in activities
        if activity.type == MESSAGE or (activity.type == EVENT and activity.role == "user")
    )


def _packed(activity: Activity) -> bytes:
    return activity.model_dump_json(by_alias=True, exclude_unset=True).encode()


def _unpacked(packed: Sequence[bytes]) -> tuple[Activity, ...]:
    return tuple(map(Activity.model_validate_json, packed))

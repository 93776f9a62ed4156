"""Who is on shift: LivePerson's Shift Status API (developers.liveperson.com/shift-status-api-overview.html).

It takes a token of a user's and none of the application's, so it is asked only where one is configured.
"""

from datetime import UTC, datetime

from pydantic import TypeAdapter, ValidationError

from hubs.base import Availability
from hubs.errors import HubUnavailableError
from hubs.line import Line
from hubs.liveperson_access import Access
from hubs.liveperson_words import ANY_SKILL, skill_of
from protocol.models import Foreign
from settings.hubs import LivePersonSettings


class _Shift(Foreign):
    on_shift: bool
    next_on: int | None = None
    """Milliseconds since 1970."""


_SHIFTS = TypeAdapter(list[_Shift])


class Shifts:
    """The shifts of one account."""

    def __init__(self, name: str, settings: LivePersonSettings, access: Access, token: str) -> None:
        self._settings = settings
        self._access = access
        headers = {"Authorization": f"Bearer {token}"}
        self._line = Line(
            name, settings.directory, headers=headers, credentials="shift_token", timeout=settings.timeout_seconds
        )

    async def of(self, queue: str | None) -> Availability:
        """Whether the queue's skill is on shift; without a skill, whether any is. Raises as `Line.call` does.

        GET …/skills/{skillId}/shift-status-skill, or GET …/shift-status.
        """
        account = f"{await self._access.address('shiftstatus')}/api/account/{self._settings.account}"
        skill = skill_of(queue, self._settings)
        one = skill != ANY_SKILL
        answer = await self._line.call(
            "GET", f"{account}/skills/{skill}/shift-status-skill" if one else f"{account}/shift-status"
        )
        try:
            shifts = [_Shift.model_validate_json(answer.content)] if one else _SHIFTS.validate_json(answer.content)
        except ValidationError:
            raise HubUnavailableError(f'hub "{self._line.name}" told something else than its shifts') from None
        return _availability(shifts)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()


def _availability(shifts: list[_Shift]) -> Availability:
    if not shifts or any(shift.on_shift for shift in shifts):
        return Availability(open=True)
    opens = min((shift.next_on for shift in shifts if shift.next_on), default=None)
    return Availability(open=False, opens_at=datetime.fromtimestamp(opens / 1000, UTC) if opens else None)

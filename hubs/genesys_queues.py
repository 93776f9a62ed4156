"""Who is on a queue of Genesys', and how long one waits there; only of queues whose ids are configured."""

from collections.abc import Mapping
from typing import Any

from hubs.base import Availability
from hubs.errors import HubError, HubUnavailableError
from hubs.line import Line
from protocol.models import Foreign


class _Prediction(Foreign):
    estimated_wait_time_seconds: float | None = None


class _Predictions(Foreign):
    results: tuple[_Prediction, ...] = ()


class Queues:
    """The queues of one connection, by Baton's names of them."""

    def __init__(self, line: Line, ids: Mapping[str, str]) -> None:
        self._line = line
        self._ids = ids

    async def availability(self, queue: str | None) -> Availability:
        """POST /api/v2/analytics/queues/observations/query: users on the queue, by what they do, and who waits."""
        identifier = self._ids.get(queue or "")
        if identifier is None:
            return Availability(open=True)
        predicate = {"type": "dimension", "dimension": "queueId", "operator": "matches", "value": identifier}
        body = {"filter": {"type": "and", "predicates": [predicate]}, "metrics": ["oOnQueueUsers", "oWaiting"]}
        answer = await self._line.call("POST", "/api/v2/analytics/queues/observations/query", body)
        try:
            data = [each for result in answer.json().get("results", []) for each in result.get("data", [])]
            users, waiting = _count(data, "oOnQueueUsers"), _count(data, "oWaiting")
        except (AttributeError, TypeError, ValueError):
            raise HubUnavailableError(f'hub "{self._line.name}" told no observations of its queue') from None
        wait = await self.wait(queue)
        return Availability(open=users > 0, representatives=users, waiting=waiting, wait_seconds=wait)

    async def wait(self, queue: str | None) -> int | None:
        """GET /api/v2/routing/queues/{id}/mediatypes/message/estimatedwaittime; None where nobody can tell."""
        identifier = self._ids.get(queue or "")
        if identifier is None:
            return None
        path = f"/api/v2/routing/queues/{identifier}/mediatypes/message/estimatedwaittime"
        try:
            found = self._line.parsed(_Predictions, await self._line.call("GET", path)).results
        except HubError:
            # Nice to know, and no reason to ask for a conversation once more.
            return None
        seconds = found[0].estimated_wait_time_seconds if found else None
        return None if seconds is None else round(seconds)


def _count(data: list[dict[str, Any]], metric: str) -> int:
    return sum(int((each.get("stats") or {}).get("count", 0)) for each in data if each.get("metric") == metric)

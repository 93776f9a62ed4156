"""What has happened, where a hub tells only how a handoff stands: the difference to how it stood before."""

from handoff.record import HandoffRecord
from protocol.hub_events import HubEvent, HubEventKind


def news_of(record: HandoffRecord, stands: HubEvent) -> HubEventKind | None:
    """What must have happened to the handoff since it stood as `record` has it; None where nothing has.

    `stands` may be told twice, and be overtaken by a newer one: its `order` says so.
    """
    if stands.order <= record.as_of:
        return None
    live = record.state == "live"
    if stands.representative:
        before = record.representative
        same = live and before is not None and before.id == stands.representative.id
        return None if same else HubEventKind.JOINED
    queue = record.queue or (record.route and record.route.queue)
    if stands.queue and stands.queue != queue:
        return HubEventKind.TRANSFERRED
    if live:
        return HubEventKind.LEFT
    return HubEventKind.QUEUED if stands.wait_seconds != record.wait_seconds else None

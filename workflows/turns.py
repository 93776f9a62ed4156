"""What an update is answered with: what everybody who watches the conversation should now see."""

from contextlib import suppress
from datetime import timedelta

from temporalio import workflow

from protocol.activity import Activity
from protocol.conversation import Turn
from workflows.life import Life

ANSWERED_WITHIN = timedelta(seconds=8)
"""How long a customer's turn waits for what the bot asks the world; the update itself may take 15 s."""


class Turns:
    """Makes the answers to one conversation's updates."""

    def __init__(self, life: Life) -> None:
        self._life = life

    def turn(
        self, written: str, *, since: int | None = None, repeated: bool = False, ephemeral: tuple[Activity, ...] = ()
    ) -> Turn:
        """What has come since the watermark `since`."""
        log = self._life.log
        news = log.since(since).activities if since is not None else ()
        return Turn(
            id=written,
            activities=news + ephemeral,
            watermark=log.watermark,
            phase=self._life.phase,
            version=self._life.bot.version,
            repeated=repeated,
        )

    async def with_answer(self, turn: Turn, before: int) -> Turn:
        """The turn with what came of asking the world, if that is soon enough; else it is told as it comes."""
        if not self._life.hearing.busy:
            return turn
        with suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: not self._life.hearing.busy, timeout=ANSWERED_WITHIN, timeout_summary="the world's answer"
            )
        return self.turn(turn.id, since=before)

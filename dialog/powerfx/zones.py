"""Clocks that are put forward and back: moments that no clock shows, and time that really passes."""

from datetime import datetime, timedelta

from dialog.powerfx.run import Run


def shown(run: Run, moment: datetime) -> datetime:
    """`moment` where the conversation's clock shows it, else the first that it shows behind the hour it leaves out."""
    try:
        zone = run.zone
        before = (moment - timedelta(hours=4)).replace(tzinfo=zone).utcoffset()
        after = (moment + timedelta(hours=4)).replace(tzinfo=zone).utcoffset()
        if before is None or after is None or after <= before or run.from_utc(run.to_utc(moment)) == moment:
            return moment
    except (OverflowError, ValueError):
        return moment
    return _first_behind(run, moment, after - before)


def _first_behind(run: Run, moment: datetime, gap: timedelta) -> datetime:
    """The first moment, to the minute, that the clock shows behind the gap in which `moment` lies."""
    low, high = moment - gap, moment
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if run.from_utc(run.to_utc(middle)) == middle:
            low = middle
        else:
            high = middle
    minute = (high + timedelta(seconds=30)).replace(second=0, microsecond=0)
    return minute + gap


def later(run: Run, moment: datetime, span: timedelta) -> datetime:
    """What the clock shows when so much time has passed.

    Raises:
        OverflowError: there is no such date.
        ValueError: likewise.
    """
    return run.from_utc(run.to_utc(moment) + span)

"""`Retry-After`, as every service of HTTP says how long it wants to be left alone (RFC 9110)."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def seconds_of(value: str) -> float | None:
    """Seconds to wait, from either form of the header, a number or a date; None where it is neither."""
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None

"""Times in milliseconds, as percentiles."""

from collections.abc import Sequence
from statistics import median

from pydantic import BaseModel


class Figures(BaseModel):
    """Many times of one thing that was done over and over."""

    count: int
    p50: float
    """Milliseconds, as the other two."""
    p95: float
    p99: float
    per_second: float

    @classmethod
    def of(cls, seconds: Sequence[float], elapsed: float) -> "Figures":
        """The figures of what took so many seconds each, `elapsed` altogether."""
        ordered = sorted(seconds)

        def at(share: float) -> float:
            return round(ordered[min(int(share * len(ordered)), len(ordered) - 1)] * 1_000, 2)

        return cls(
            count=len(ordered), p50=at(0.5), p95=at(0.95), p99=at(0.99), per_second=round(len(ordered) / elapsed, 1)
        )

    @classmethod
    def middle(cls, rounds: Sequence["Figures"]) -> "Figures":
        """The middle of several rounds, each figure by itself."""
        return cls(
            count=sum(each.count for each in rounds),
            p50=round(median(each.p50 for each in rounds), 2),
            p95=round(median(each.p95 for each in rounds), 2),
            p99=round(median(each.p99 for each in rounds), 2),
            per_second=round(median(each.per_second for each in rounds), 1),
        )

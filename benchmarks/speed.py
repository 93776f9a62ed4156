"""Turns, handoffs and relays, in rounds: each engine in its turn, so that a slow minute is slow for all."""

import json
from collections.abc import Iterable
from statistics import median
from typing import Any

from pydantic import BaseModel

from benchmarks.engines import Engines
from benchmarks.figures import Figures

DIRECT, BARE, BATON = "bare, called directly", "bare, HTTP and WebSocket", "Baton, HTTP and WebSocket"


class Ratios(BaseModel):
    """Baton beside the bare engine behind the same HTTP and WebSocket: the middle of the rounds' ratios."""

    p50: float
    per_second: float


class Speed(BaseModel):
    """The figures at one number of conversations at once."""

    at_once: int
    turn: dict[str, Figures]
    """By engine."""
    ratios: Ratios
    handoff: dict[str, Figures]
    """The handoff itself, and the relay both ways."""


async def speed(engines: Engines, at_once: int, seconds: float, rounds: int) -> Speed:
    """Measure with so many conversations at once."""
    how: dict[str, Any] = {"at_once": at_once, "seconds": seconds}
    jobs = {DIRECT: engines.direct_job(**how), BARE: engines.bare_job(**how), BATON: engines.job("turns", **how)}
    taken: dict[str, list[Figures]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            taken[name].append(Figures.model_validate(json.loads(await engines.do(job))["turn"]))
    handed = [json.loads(await engines.do(engines.job("handoffs", **how))) for _ in range(rounds)]
    return Speed(
        at_once=at_once,
        turn={name: Figures.middle(each) for name, each in taken.items()},
        ratios=_ratios(taken[BATON], taken[BARE]),
        handoff={name: Figures.middle([Figures.model_validate(each[name]) for each in handed]) for name in handed[0]},
    )


def _ratios(baton: Iterable[Figures], bare: Iterable[Figures]) -> Ratios:
    pairs = list(zip(baton, bare, strict=True))
    return Ratios(
        p50=round(median(ours.p50 / theirs.p50 for ours, theirs in pairs), 2),
        per_second=round(median(ours.per_second / theirs.per_second for ours, theirs in pairs), 2),
    )

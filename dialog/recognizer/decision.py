"""What follows from a recognition: one topic, several that the customer must choose from, or none."""

from dataclasses import dataclass

from protocol.conversation import Ranked, Recognition

CERTAIN = 0.26
"""From this score on a topic is taken as meant. Recognitions stand in histories with their scores, so a recogniser that
is improved fits its scores to this number; the number itself stays."""
CLOSE = 0.04
"""Topics that are behind the best by no more than this may be meant as well."""


@dataclass(frozen=True)
class Decision:
    """What follows from a recognition: one topic, several that are close, or none."""

    winner: str | None = None
    several: tuple[Ranked, ...] = ()


def decide(recognition: Recognition) -> Decision:
    """One clear winner, several close ones, or nothing."""
    likely = [ranked for ranked in recognition.ranked if ranked.score >= CERTAIN]
    if not likely:
        return Decision()
    # Word for word, only what is word for word as well comes near.
    margin = CLOSE if likely[0].score < 1 else 0.0
    close = tuple(ranked for ranked in likely if likely[0].score - ranked.score <= margin)
    if len(close) > 1:
        return Decision(several=close)
    return Decision(winner=likely[0].topic)

"""How far each phrase speaks for each topic: ridge regression over the phrases' likeness, in closed form.

A phrase speaks for its own topic, and against another whose phrases look like it. What `learnt` gives is
`(K + PENALTY I)^-1 Y`: K holds how alike each two phrases are, Y which phrase is which topic's. It is solved by
Cholesky's decomposition, so that the same phrases always give the same numbers.
"""

import math
from collections.abc import Sequence
from operator import mul

PENALTY = 0.4
"""How little a single phrase is trusted."""
DIGITS = 4
"""Decimals that are kept, so that what is learnt is short where it is published."""
MOST = 600
"""Phrases that are learnt from: time grows with their cube, some 1.5 s here. An agent with more is not learnt."""


def learnt(alike: Sequence[Sequence[float]], topics: Sequence[int], count: int) -> list[list[float]]:
    """For each of `count` topics, what each phrase says of it; `topics` names each phrase's own.

    `alike` is the lower half of a symmetric matrix, the diagonal included.
    """
    lower = _decomposed(alike)
    upper = [[lower[row][column] for row in range(len(lower) - 1, column, -1)] for column in range(len(lower))]
    solved = (_solved(lower, upper, [float(topic == wanted) for topic in topics]) for wanted in range(count))
    return [[round(value, DIGITS) for value in speaks] for speaks in solved]


def _decomposed(alike: Sequence[Sequence[float]]) -> list[list[float]]:
    """L, with L Lᵀ = `alike` + PENALTY I."""
    lower: list[list[float]] = []
    for number, likeness in enumerate(alike):
        row: list[float] = []
        for column in range(number):
            other = lower[column]
            # `map` ends with the shorter of the two, which is what there is of the row.
            row.append((likeness[column] - sum(map(mul, row, other))) / other[column])
        row.append(math.sqrt(likeness[number] + PENALTY - sum(map(mul, row, row))))
        lower.append(row)
    return lower


def _solved(lower: Sequence[Sequence[float]], upper: Sequence[Sequence[float]], wanted: Sequence[float]) -> list[float]:
    """x, with L Lᵀ x = `wanted`; `upper` are the columns of L below the diagonal, from the bottom."""
    halfway: list[float] = []
    for row, value in zip(lower, wanted, strict=True):
        halfway.append((value - sum(map(mul, halfway, row))) / row[len(halfway)])
    backwards: list[float] = []
    for number in range(len(lower) - 1, -1, -1):
        known = sum(map(mul, backwards, upper[number]))
        backwards.append((halfway[number] - known) / lower[number][number])
    return backwards[::-1]

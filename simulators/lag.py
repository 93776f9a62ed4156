"""Eventual consistency: what was just written is not shown by the next reads."""


class Lag:
    """After a write, so many reads of it show what was before; by default none."""

    def __init__(self) -> None:
        self.reads = 0
        """How many, for what is written from now on."""
        self._left: dict[str, int] = {}

    def wrote(self, key: str) -> None:
        """Something was written under `key`."""
        self._left[key] = self.reads

    def shows(self, key: str) -> bool:
        """Whether this read shows what was written under `key`."""
        left = self._left.get(key, 0)
        self._left[key] = max(0, left - 1)
        return left == 0

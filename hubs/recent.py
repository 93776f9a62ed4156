"""What is made on demand for each of many handoffs, and forgotten for those that were not asked for longest."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")
KEPT = 5_000


class Recent(Generic[Value]):
    """At most `kept` values by key. Whoever holds a forgotten one may go on with it."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._values: OrderedDict[str, Value] = OrderedDict()

    def get(self, key: str, make: Callable[[], Value]) -> Value:
        """The value of `key`, made where there is none."""
        value = self._values[key] if key in self._values else self._values.setdefault(key, make())
        self._values.move_to_end(key)
        if len(self._values) > self._kept:
            self._values.popitem(last=False)
        return value

    def forget(self, key: str) -> None:
        """The value of `key` will not be asked for again."""
        self._values.pop(key, None)

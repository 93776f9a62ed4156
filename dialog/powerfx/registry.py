"""The functions of Power Fx by name: one decorated function each.

An eager function gets values; a lazy one gets the parts of the formula, and computes those it needs.
"""

from collections.abc import Callable

from dialog.powerfx.evaluation import Evaluation, Function
from dialog.powerfx.syntax import Node
from dialog.powerfx.values import Value

FUNCTIONS: dict[str, Function] = {}


def lazy(*names: str) -> Callable[[Function], Function]:
    """Register a function that computes its arguments itself."""

    def register(function: Function) -> Function:
        FUNCTIONS.update(dict.fromkeys(names, function))
        return function

    return register


def eager(*names: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register a function that gets the run, and its arguments as values."""

    def register(function: Callable[..., Value]) -> Callable[..., Value]:
        def call(run: Evaluation, arguments: tuple[Node, ...]) -> Value:
            values = [run.value(argument) for argument in arguments]
            try:
                return function(run, *values)
            except TypeError as error:
                if "argument" not in str(error):
                    raise
                raise ValueError(f"takes other arguments than these {len(values)}") from None

        FUNCTIONS.update(dict.fromkeys(names, call))
        return function

    return register

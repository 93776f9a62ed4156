"""The functions of Power Fx by name.

Most are plain: `@function(...)` says what they take and give, and the decorated Python function gets values. Those that
compute their arguments themselves, or not at all, are `@special(...)`: they bind their call as they like.
"""

from collections.abc import Callable, Sequence
from typing import Any

from dialog.powerfx.binder import Binder, Binding, Bound
from dialog.powerfx.signature import KEEP, Gives, Parameter, Signature, plain_call
from dialog.powerfx.syntax import Call
from dialog.powerfx.tabular import tabular_call
from dialog.powerfx.values import Value

FUNCTIONS: dict[str, Binding] = {}


def special(*names: str) -> Callable[[Binding], Binding]:
    """Register a function that binds its calls itself."""

    def register(binding: Binding) -> Binding:
        FUNCTIONS.update(dict.fromkeys(names, binding))
        return binding

    return register


def function(  # noqa: PLR0913 - what may be said of a function
    *names: str,
    takes: Sequence[Parameter] = (),
    gives: Gives,
    required: int | None = None,
    rest: bool = False,
    on_blank: Any = KEEP,
    tables: bool = False,
    folds: bool = False,
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Register a plain function. `tables`: an argument may be a table of one column, and then the value is one."""
    signature = Signature(tuple(takes), gives, len(takes) if required is None else required, rest, on_blank, folds)

    def register(body: Callable[..., Value]) -> Callable[..., Value]:
        def binding(binder: Binder, call: Call) -> Bound:
            signature.check(call)
            arguments = [binder.bind(argument) for argument in call.arguments]
            if tables and any(argument.type.kind == "Table" for argument in arguments):
                return tabular_call(binder, call, signature, arguments, body)
            return plain_call(binder, call, signature, arguments, body)

        FUNCTIONS.update(dict.fromkeys(names, binding))
        return body

    return register

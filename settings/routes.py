"""What is wrong with a route that no type can say: hubs that there are not, and formulas that are none."""

from collections.abc import Collection

from dialog.powerfx import FormulaError, compile_formula
from dialog.problems import did_you_mean
from settings.model import RouteSettings


def mistake_of(route: RouteSettings, hubs: Collection[str]) -> str:
    """The first mistake, and what to do; nothing where there is none."""
    for name in (route.hub, *(fallback.partition("/")[0] for fallback in route.fallback)):
        if name not in hubs:
            return f'[hubs] has no connection "{name}"{did_you_mean(name, hubs) or ": " + ", ".join(hubs)}'
    formulas = {"when": route.when, **({"priority": route.priority} if isinstance(route.priority, str) else {})}
    for key, formula in formulas.items():
        try:
            compile_formula(formula)
        except FormulaError as error:
            return f"{key} = {formula!r} is no Power Fx: {error.message} (at character {error.position})"
    return ""

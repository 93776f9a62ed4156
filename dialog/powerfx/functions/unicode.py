"""Characters by their numbers: Char, UniChar."""

from dialog.powerfx.kinds import EvaluationError, invalid
from dialog.powerfx.registry import function
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter
from dialog.powerfx.types import NUMBER, TEXT
from dialog.powerfx.values import Value

_FLOAT = Parameter(NUMBER, blank=0.0)


@function("Char", takes=[_FLOAT], gives=TEXT, tables=True, folds=True)
def char(_run: Run, number: float) -> Value:
    """The character with a number from 1 to 255."""
    if not 1 <= number < 256:
        raise invalid("Char takes a number from 1 to 255")
    return chr(int(number))


@function("UniChar", takes=[_FLOAT], gives=TEXT, tables=True, folds=True)
def uni_char(_run: Run, number: float) -> Value:
    """The Unicode character with a number."""
    whole = int(number // 1) if abs(number) < 2**31 else 0
    if not 1 <= whole <= 0x10FFFF:
        raise invalid("there is no Unicode character with this number")
    if 0xD800 <= whole <= 0xDFFF:
        raise EvaluationError("NotApplicable", "this number is half of a character's")
    return chr(whole)

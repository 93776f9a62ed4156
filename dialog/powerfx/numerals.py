"""Decimals and floats as .NET has them: their ranges, their rounding, and how they print.

A Decimal has 96 bits and up to 28 places behind the point; what needs more is rounded half to even, what is larger than
79,228,162,514,264,337,593,543,950,335 is an overflow. A float is IEEE 754's double.
"""

import math
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation

WIDE = Context(prec=80, rounding=ROUND_HALF_EVEN, Emax=100_000, Emin=-100_000)
"""Wide enough that sums and products of two Decimals are exact."""
MOST_PLACES = 28
LARGEST = Decimal(2**96 - 1)
_SAFE_DIGITS = 28
_ONE = Decimal(1)
_MOST_ZEROS = 400


class OverflowedError(ArithmeticError):
    """The number does not fit."""


def fitted(number: Decimal) -> Decimal:
    """`number` as a Decimal of 96 bits.

    Raises:
        OverflowedError: it is too large.
    """
    if number.same_quantum(_ONE) and number.adjusted() < _SAFE_DIGITS:
        return number  # a whole number: most are
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise OverflowedError
    adjusted = number.adjusted()
    if exponent <= 0 and -exponent <= MOST_PLACES and adjusted - exponent < _SAFE_DIGITS:
        return number
    if adjusted > _SAFE_DIGITS:
        if number == 0:
            return Decimal(0)
        raise OverflowedError
    places = min(MOST_PLACES, _SAFE_DIGITS - max(adjusted, 0))
    return _rounded(number, places)


def _rounded(number: Decimal, places: int) -> Decimal:
    for fewer in range(3):
        at = max(places - fewer, 0)
        rounded = number.quantize(Decimal(1).scaleb(-at), ROUND_HALF_EVEN, WIDE)
        if rounded.copy_abs().scaleb(at, WIDE) <= LARGEST:
            return rounded
    raise OverflowedError


def decimal_of(number: float) -> Decimal:
    """A float as a Decimal: 15 significant digits, as .NET converts them.

    Raises:
        OverflowedError: it is no number, or too large.
    """
    if not math.isfinite(number) or abs(number) > float(LARGEST):
        raise OverflowedError
    return fitted(Decimal(f"{number:.15g}"))


def parsed_decimal(text: str) -> Decimal:
    """A numeral as a Decimal.

    Raises:
        OverflowedError: it is too large.
        InvalidOperation: it is no numeral.
    """
    number = Decimal(text)
    if number.is_finite() and abs(number.adjusted()) > 10_000:
        if number.adjusted() > 0 and number != 0:
            raise OverflowedError
        return Decimal(0)
    return fitted(number)


def number_text(number: Decimal | float) -> str:
    """A number as it prints: a Decimal without exponent and without idle zeros, a float in its shortest form."""
    return _decimal_text(number) if isinstance(number, Decimal) else float_text(number)


def _decimal_text(number: Decimal) -> str:
    if number == 0:
        return "0"
    if abs(number.adjusted()) > _MOST_ZEROS:
        return str(number)
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def float_text(number: float) -> str:
    """The shortest text that reads back as the same float; with an exponent from 1E+15 on, and below 1E-05."""
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    if number == 0:
        return "0"
    exact = Decimal(repr(number))
    exponent = exact.adjusted()
    if -5 <= exponent < 15:
        return _decimal_text(exact)
    digits = "".join(map(str, exact.as_tuple().digits)).rstrip("0")
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    sign, way = "-" if number < 0 else "", "-" if exponent < 0 else "+"
    return f"{sign}{digits[0]}{fraction}E{way}{abs(exponent):02d}"


__all__ = [
    "LARGEST",
    "MOST_PLACES",
    "WIDE",
    "InvalidOperation",
    "OverflowedError",
    "decimal_of",
    "fitted",
    "float_text",
    "number_text",
    "parsed_decimal",
]

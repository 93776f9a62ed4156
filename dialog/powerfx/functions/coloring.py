"""Colors: RGBA, ColorValue, ColorFade."""

import math
import re

from dialog.powerfx.colors import COLORS
from dialog.powerfx.conversion import to_color
from dialog.powerfx.kinds import invalid
from dialog.powerfx.registry import function
from dialog.powerfx.run import Run
from dialog.powerfx.signature import Parameter
from dialog.powerfx.types import COLOR, NUMBER, TEXT
from dialog.powerfx.values import Color, Option, Value

_FLOAT = Parameter(NUMBER, blank=0.0)
_HEX = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})?")


@function("RGBA", takes=[_FLOAT] * 4, gives=COLOR)
def rgba(_run: Run, red: float, green: float, blue: float, alpha: float) -> Value:
    """A color from its parts: 0 to 255, and how opaque it is from 0 to 1."""
    whole = [int(max(-1e6, min(1e6, part))) for part in (red, green, blue)]
    if not all(0 <= part <= 255 for part in whole) or not 0 <= alpha <= 1:
        raise invalid("red, green and blue go from 0 to 255, alpha from 0 to 1")
    return Color(whole[0], whole[1], whole[2], round(alpha * 255))


@function("ColorValue", takes=[Parameter(TEXT)], gives=COLOR, on_blank=None)
def color_value(run: Run, text: str) -> Value:
    """A color by its name, or from `#rrggbb` or `#rrggbbaa`."""
    if text == "":
        return None
    for name, code in COLORS.items():
        if name.lower() == text.lower():
            return to_color(run, Option("Color", name, name, code))
    match = _HEX.fullmatch(text)
    if not match:
        raise invalid("a color has a name, or is written #rrggbb")
    red, green, blue, alpha = (int(part, 16) for part in match.groups(default="ff"))
    return Color(red, green, blue, alpha)


@function("ColorFade", takes=[Parameter(COLOR, blank=Color(0, 0, 0, 0)), _FLOAT], gives=COLOR, tables=True)
def color_fade(_run: Run, color: Color, by: float) -> Value:
    """A color made lighter (up to 1) or darker (down to -1)."""
    if not -1 <= by <= 1:
        raise invalid("a color fades by -1 to 1")
    part, target = abs(by), 0.0 if by < 0 else 255.0
    red, green, blue = (math.floor(each * (1 - part) + target * part) for each in (color.red, color.green, color.blue))
    return Color(red, green, blue, color.alpha)

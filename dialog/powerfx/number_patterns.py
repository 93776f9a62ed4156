"""A number by a pattern such as `#,##0.00`, as .NET's custom numeric format strings have it."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from dialog.powerfx.cultures import Culture
from dialog.powerfx.numerals import WIDE

_Piece = tuple[str, str]


@dataclass
class _Section:
    """One section of a pattern: its pieces, and what they say of the digits."""

    pieces: list[_Piece] = field(default_factory=list)
    whole: int = 0
    fraction: int = 0
    first_zero: int = -1
    last_zero: int = -1
    thousands: bool = False
    scale: int = 0
    exponent: str = ""

    @property
    def digits(self) -> int:
        """How many places for digits there are."""
        return self.whole + self.fraction


def by_pattern(number: Decimal | float, pattern: str, culture: Culture) -> str:
    """`number` by a pattern of up to three sections: above, below, and at 0."""
    sections = _split(pattern)
    exact = number if isinstance(number, Decimal) else Decimal(f"{number:.15g}")
    chosen = 0
    if exact < 0 and len(sections) > 1 and sections[1]:
        chosen = 1
    elif exact == 0 and len(sections) > 2 and sections[2]:
        chosen = 2
    section = _parsed(sections[chosen])
    text, is_zero = _printed(exact.copy_abs(), section, culture)
    if is_zero and chosen != 2 and len(sections) > 2 and sections[2] and exact != 0:
        text, _ = _printed(Decimal(0), _parsed(sections[2]), culture)
        return text
    if exact < 0 and chosen == 0 and not is_zero:
        return "-" + text
    return text


def _split(pattern: str) -> list[str]:
    sections, current, at = [], "", 0
    while at < len(pattern):
        letter = pattern[at]
        if letter == ";":
            sections.append(current)
            current = ""
        elif letter == "\\":
            current += pattern[at : at + 2]
            at += 1
        elif letter in "\"'":
            end = pattern.find(letter, at + 1)
            end = len(pattern) if end < 0 else end
            current += pattern[at : end + 1]
            at = end
        else:
            current += letter
        at += 1
    return [*sections, current][:3]


def _parsed(pattern: str) -> _Section:  # noqa: C901 - one case a sign
    section = _Section()
    at, after_point, pending = 0, False, 0
    while at < len(pattern):
        letter = pattern[at]
        if letter in "0#":
            if pending and section.digits and not after_point:
                section.thousands = True
            pending = 0
            _digit(section, letter, after_point=after_point)
        elif letter == "," and section.digits and not after_point:
            pending += 1
        elif letter == ".":
            if not after_point:
                section.pieces.append(("point", "."))
            after_point = True
        elif letter in "%‰":
            section.scale += 2 if letter == "%" else 3
            section.pieces.append(("text", letter))
        elif letter == "\\":
            section.pieces.append(("text", pattern[at + 1 : at + 2]))
            at += 1
        elif letter in "\"'":
            end = pattern.find(letter, at + 1)
            end = len(pattern) if end < 0 else end
            section.pieces.append(("text", pattern[at + 1 : end]))
            at = end
        elif letter in "eE" and (taken := _exponent(pattern, at)):
            section.exponent = taken
            section.pieces.append(("exponent", taken))
            at += len(taken) - 1
        elif letter != ",":
            section.pieces.append(("text", letter))
        if letter == ".":
            section.scale -= 3 * pending
            pending = 0
        at += 1
    section.scale -= 3 * pending
    return section


def _exponent(pattern: str, at: int) -> str:
    """An exponent's pattern: `E+00`, `e-0`, `E0`; nothing where there is none."""
    end = at + 1
    if pattern[end : end + 1] and pattern[end] in "+-":
        end += 1
    start = end
    while pattern[end : end + 1] == "0":
        end += 1
    return pattern[at:end] if end > start else ""


def _digit(section: _Section, letter: str, *, after_point: bool) -> None:
    place = section.digits
    if letter == "0":
        section.first_zero = place if section.first_zero < 0 else section.first_zero
        section.last_zero = place
    section.pieces.append(("digit", letter))
    if after_point:
        section.fraction += 1
    else:
        section.whole += 1


def _printed(number: Decimal, section: _Section, culture: Culture) -> tuple[str, bool]:
    scaled = number.scaleb(section.scale, WIDE)
    exponent = 0
    if section.exponent and scaled:
        exponent = scaled.adjusted() - max(section.whole, 1) + 1
        scaled = _round(scaled.scaleb(-exponent, WIDE), section.fraction)
        if scaled.adjusted() + 1 > max(section.whole, 1):
            exponent, scaled = exponent + 1, _round(number.scaleb(section.scale - exponent - 1, WIDE), section.fraction)
    rounded = _round(scaled, section.fraction)
    whole, _, fraction = f"{rounded:f}".partition(".")
    whole = whole.lstrip("0")
    needed = section.whole - section.first_zero if 0 <= section.first_zero < section.whole else 0
    whole = whole.rjust(needed, "0")
    kept = max(len(fraction.rstrip("0")), section.last_zero + 1 - section.whole)
    return _assembled(section, whole, fraction[:kept], exponent, culture), rounded == 0


def _round(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, WIDE)


def _assembled(section: _Section, whole: str, fraction: str, exponent: int, culture: Culture) -> str:
    """The digits in their places: what is too long stands before the first, what is too short leaves some out."""
    out: list[str] = []
    place = 0
    for kind, text in section.pieces:
        match kind:
            case "digit":
                out.append(_digits_at(section, place, whole, fraction, culture))
                place += 1
            case "point":
                out.append(culture.point if fraction else "")
            case "exponent":
                out.append(_exponent_text(text, exponent))
            case _:
                out.append(text)
    if not section.digits and whole and any(kind == "point" for kind, _ in section.pieces):
        return "".join(out)
    return "".join(out)


def _digits_at(section: _Section, place: int, whole: str, fraction: str, culture: Culture) -> str:
    if place >= section.whole:
        return fraction[place - section.whole : place - section.whole + 1]
    extra = len(whole) - section.whole
    first, last = (0, extra + 1) if place == 0 and extra >= 0 else (extra + place, extra + place + 1)
    if last <= 0:
        return ""
    digits = ""
    for index in range(max(first, 0), last):
        digits += whole[index]
        left = len(whole) - index - 1
        if section.thousands and left and left % 3 == 0:
            digits += culture.group
    return digits


def _exponent_text(pattern: str, exponent: int) -> str:
    zeros = pattern.lstrip("eE+-")
    sign = "-" if exponent < 0 else "+" if "+" in pattern else ""
    return f"{pattern[0]}{sign}{abs(exponent):0{len(zeros)}d}"

"""The enumerations of the language, and those that topics use."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from dialog.powerfx.colors import COLORS
from dialog.powerfx.kinds import ERROR_KINDS
from dialog.powerfx.types import Kind, OptionSet
from dialog.powerfx.values import Option


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


def _numbered(names: str, start: float) -> dict[str, float]:
    return {name: start + index for index, name in enumerate(names.split())}


def _set(
    name: str, backing: Kind, members: Mapping[str, bool | float | str | None], **flags: bool
) -> tuple[str, OptionSet]:
    return name, replace(OptionSet(name, backing, members), **flags)  # type: ignore[arg-type]  # all bool


_EMAIL = (
    r'(?:(?:[\{\}]|[^\s@<>,;:\\"\p{Pi}\p{Ps}\p{Pe}\p{Pf}])+@'
    r"(?:(?:[\-_\xb7\u05f3\u05f4\u0f0b\u30fb]|[^\s\p{P}<=>+\|])+\.)+(?:[\-_\xb7\u05f3\u05f4\u0f0b\u30fb]|[^\s\p{P}<=>+\|])+)"
)
"""The language's own value of `Match.Email`."""

ENUMERATIONS: dict[str, OptionSet] = dict(
    [
        _set(
            "TimeUnit", "Text",
            _same("Years", "Quarters", "Months", "Days", "Hours", "Minutes", "Seconds", "Milliseconds"),
        ),
        _set("SortOrder", "Text", {"Ascending": "ascending", "Descending": "descending"}),
        _set(
            "JSONFormat", "Text",
            {"Compact": "", "IndentFour": "4", "IgnoreUnsupportedTypes": "I", "IgnoreBinaryData": "G",
             "IncludeBinaryData": "B", "FlattenValueTables": "_"},
            concatenates=True,
        ),
        _set(
            "DateTimeFormat", "Text",
            _same(
                "UTC", "LongDate", "ShortDate", "LongTime", "ShortTime", "LongTime24", "ShortTime24",
                "LongDateTime", "ShortDateTime", "LongDateTime24", "ShortDateTime24",
            ),
            from_backing=True,
        ),
        _set(
            "MatchOptions", "Text",
            {"BeginsWith": "^c", "Complete": "^c$", "Contains": "c", "EndsWith": "c$", "IgnoreCase": "i",
             "Multiline": "m", "FreeSpacing": "x", "DotAll": "s", "NumberedSubMatches": "N"},
            concatenates=True,
        ),
        _set(
            "Match", "Text",
            {
                "Any": ".", "Comma": ",", "Digit": r"\d", "Email": _EMAIL, "Hyphen": "-", "LeftParen": r"\(",
                "Letter": r"\p{L}", "MultipleDigits": r"\d+", "MultipleLetters": r"\p{L}+",
                "MultipleNonSpaces": r"\S+", "MultipleSpaces": r"\s+", "NonSpace": r"\S", "OptionalDigits": r"\d*",
                "OptionalLetters": r"\p{L}*", "OptionalNonSpaces": r"\S*", "OptionalSpaces": r"\s*", "Period": r"\.",
                "RightParen": r"\)", "Space": r"\s", "Tab": r"\t",
            },
            from_backing=True, concatenates=True,
        ),
        _set("StartOfWeek", "Number", {
            "Sunday": 1.0, "Monday": 2.0, "MondayZero": 3.0, "Tuesday": 12.0, "Wednesday": 13.0, "Thursday": 14.0,
            "Friday": 15.0, "Saturday": 16.0,
        }),
        _set(
            "ErrorKind", "Number", {name: float(number) for name, number in ERROR_KINDS.items()},
            to_backing=True, comparable=True,
        ),
        _set("Color", "Color", COLORS, to_backing=True),
        _set("TraceSeverity", "Number", {"Critical": -1.0, "Error": 0.0, "Warning": 1.0, "Information": 3.0}),
        _set("TraceOptions", "Text", {"None": "none", "IgnoreUnsupportedTypes": "ignoreUnsupportedTypes"}),
        _set("RemoveFlags", "Text", {"All": "all", "First": "first"}, from_backing=True),
        _set("SignInReason", "Text", _same("SignInRequired", "Initializer"), from_backing=True, to_backing=True),
        _set(
            "MultipleTopicsMatchedReason", "Text", _same("Interruption", "Recognition"),
            from_backing=True, to_backing=True,
        ),
    ]
)  # fmt: skip


@lru_cache(maxsize=2_000)
def member(options: OptionSet, name: str) -> Option:
    """The member of an enumeration by its name."""
    return Option(options.name, name, options.display_names.get(name, name), options.members[name])

"""The enumerations that formulas of topics use."""

from decimal import Decimal

from dialog.powerfx.values import Value


def _same(*names: str) -> dict[str, Value]:
    return {name: name for name in names}


ENUMS: dict[str, dict[str, Value]] = {
    "TimeUnit": _same("Years", "Quarters", "Months", "Days", "Hours", "Minutes", "Seconds", "Milliseconds"),
    "SortOrder": _same("Ascending", "Descending"),
    "JSONFormat": _same("Compact", "IndentFour", "FlattenValueTables", "IgnoreBinaryData", "IgnoreUnsupportedTypes"),
    "SignInReason": _same("SignInRequired", "Initializer"),
    "DateTimeFormat": _same(
        "UTC", "LongDate", "ShortDate", "LongTime", "ShortTime", "LongTime24", "ShortTime24",
        "LongDateTime", "ShortDateTime", "LongDateTime24", "ShortDateTime24",
    ),
    "MatchOptions": {
        "BeginsWith": "^c", "Complete": "^c$", "Contains": "c", "EndsWith": "c$", "IgnoreCase": "i", "Multiline": "m",
        "FreeSpacing": "x", "DotAll": "s", "NumberedSubMatches": "N",
    },
    "StartOfWeek": {
        name: Decimal(number)
        for number, name in enumerate(
            ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"), start=1
        )
    },
    "ErrorKind": _same("Div0", "InvalidArgument", "NotFound", "Custom", "Numeric", "Timeout", "Unknown", "Internal"),
    "MultipleTopicsMatchedReason": _same("Interruption", "Recognition"),
}  # fmt: skip

"""What the files of cases count on beside the language: the option sets, tables and functions that a setup names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from dialog.powerfx.binder import Binder, Binding, Bound
from dialog.powerfx.conversion import to_color
from dialog.powerfx.converting import converted
from dialog.powerfx.enumerations import member
from dialog.powerfx.lexer import FormulaError
from dialog.powerfx.rules import coerces
from dialog.powerfx.run import Run
from dialog.powerfx.syntax import Call
from dialog.powerfx.types import (
    BOOLEAN,
    COLOR,
    DATE_TIME,
    DECIMAL,
    NUMBER,
    TEXT,
    Kind,
    OptionSet,
    Type,
    column_of,
    record_of,
    table_of,
)
from dialog.powerfx.values import Color, ErrorValue, Option, Record, Table, Value


@dataclass(frozen=True)
class World:
    """Names with their types and values, option sets, and functions."""

    types: Mapping[str, Type] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    option_sets: Mapping[str, OptionSet] = field(default_factory=dict)
    functions: Mapping[str, Binding] = field(default_factory=dict)


def _choices(name: str, members: Mapping[str, str]) -> OptionSet:
    return OptionSet(name, None, dict.fromkeys(members), display_names=members)


_OPTION_SET = _choices(
    "OptionSet",
    {
        "option_1": "Option1", "option_2": "Option2", "option-3": "Option-3", "Is": "Option IS", "Self": "Option SELF",
        "is": "Option is low case", "self": "Option self low case",
    },
)  # fmt: skip
_OTHER_SET = _choices("OtherOptionSet", {"99": "OptionA", "112": "OptionB", "35694": "OptionC", "123412983": "OptionD"})


def _option_type(options: OptionSet) -> Type:
    return Type("Option", options=options)


def _option_sets(_setup: tuple[str, ...]) -> World:
    nested = record_of({"InnerOtherOptionSet": _option_type(_OTHER_SET)})
    return World(
        {"TopOptionSetField": _option_type(_OPTION_SET), "Nested": nested},
        {
            "TopOptionSetField": member(_OPTION_SET, "option_1"),
            "Nested": Record({"InnerOtherOptionSet": member(_OTHER_SET, "123412983")}),
        },
        {"OptionSet": _OPTION_SET, "OtherOptionSet": _OTHER_SET},
    )


def _sorted_options(_setup: tuple[str, ...]) -> World:
    options = _choices("OptionSet", {"option_1": "Option1", "option_2": "Option2"})
    names = ["option_1", "option_2", "option_1", "option_2"]
    rows = [
        Record({"OptionSetField1": member(options, name), "StrField1": f"test{number}"})
        for number, name in enumerate(names, start=1)
    ]
    kind = table_of({"OptionSetField1": _option_type(options), "StrField1": TEXT})
    return World({"t1": kind, "t2": kind}, {"t1": Table(rows[:2]), "t2": Table(rows)}, {"OptionSet": options})


def _tables(setup: tuple[str, ...]) -> World:
    floats = "NumberIsFloat" in setup
    number = NUMBER if floats else DECIMAL

    def row(count: int, name: str, month: int, *, flag: bool) -> Record:
        field1: Value = float(count) if floats else Decimal(count)
        moment = datetime(2022, month, 1)  # noqa: DTZ001 - Power Fx's moments have no zone
        return Record({"Field1": field1, "Field2": name, "Field3": moment, "Field4": flag})

    one, two = row(1, "earth", 1, flag=True), row(2, "moon", 2, flag=False)
    columns = {"Field1": number, "Field2": TEXT, "Field3": DATE_TIME, "Field4": BOOLEAN}
    empty = Table()
    types = {
        "t1": table_of(columns), "r1": record_of(columns), "r2": record_of(columns),
        "t_empty": column_of(number),
        "t_empty2": column_of(number), "t_an_bs": table_of({"a": number, "b": TEXT}),
        "t_name": table_of({"name": TEXT}),
        "t_bs1": table_of({"b": TEXT}), "t_bs2": table_of({"b": TEXT}), "r_empty": record_of({}),
    }  # fmt: skip
    values: dict[str, Value] = {
        "t1": Table([one]), "r1": one, "r2": two, "t_empty": empty, "t_empty2": empty, "t_an_bs": empty,
        "t_name": empty,
        "t_bs1": empty, "t_bs2": empty, "r_empty": Record({}),
    }  # fmt: skip
    return World(types, values)


def _traced(_setup: tuple[str, ...]) -> World:
    kind = record_of({"message": TEXT, "severity": NUMBER, "customRecord": TEXT})
    return World({"traceRecord": kind}, {"traceRecord": None})


def _backed(name: str, backing: Kind, members: Mapping[str, bool | float], *flags: str) -> OptionSet:
    return replace(OptionSet(name, backing, members), **dict.fromkeys(flags, True))  # type: ignore[arg-type]  # all bool


_ROMAN: Mapping[str, float] = {"X": 10.0, "V": 5.0, "V2": 5.0, "I": 1.0}
_BOTH = ("from_backing", "to_backing")
_TEST_SETS = [
    _backed("TestYesNo", "Boolean", {"Yes": True, "No": False}, *_BOTH),
    _backed("TestYeaNay", "Boolean", {"Yea": True, "Nay": False}, *_BOTH),
    _backed("TestBooleanNoCoerce", "Boolean", {"SuperTrue": True, "SuperFalse": False}),
    _backed("TestNumberCoerceTo", "Number", _ROMAN, "to_backing"),
    _backed("TestNumberCompareNumeric", "Number", _ROMAN, "comparable"),
    _backed("TestNumberCompareNumericCoerceFrom", "Number", _ROMAN, "comparable", "from_backing"),
    _backed(
        "TestBlueRamp", "Color",
        {"Blue100": float(0xFF0000FF), "Blue75": float(0xFF3F3FFF), "Blue50": float(0xFF7F7FFF),
         "Blue25": float(0xFFBFBFFF), "Blue0": float(0xFFFFFFFF)},
    ),
    _backed(
        "TestRedRamp", "Color",
        {"Red100": float(0xFFFF0000), "Red75": float(0xFFFF3F3F), "Red50": float(0xFFFF7F7F),
         "Red25": float(0xFFFFBFBF), "Red0": float(0xFFFFFFFF)},
    ),
]  # fmt: skip


def _as_option_set(options: OptionSet) -> OptionSet:
    """The same with members that are stored by their values, as Dataverse stores them, where they are Booleans."""
    if options.backing != "Boolean":
        return options
    members = {str(int(bool(value))): value for value in options.members.values()}
    names = {str(int(bool(value))): name for name, value in options.members.items()}
    return OptionSet(
        options.name, options.backing, members, options.from_backing, options.to_backing, display_names=names
    )


def _plain(takes: list[Type], gives: Type, body: Callable[..., Value]) -> Binding:
    def binding(binder: Binder, call: Call) -> Bound:
        parts = [binder.bind(argument) for argument in call.arguments]
        if len(parts) != len(takes):
            raise FormulaError(f"{call.function} takes {len(takes)} arguments", call.position)
        for part, wanted in zip(parts, takes, strict=True):
            if not coerces(part.type, wanted):
                raise FormulaError(f"a {part.type} is no {wanted}", part.node.position)
        codes = [converted(part, wanted) for part, wanted in zip(parts, takes, strict=True)]

        def code(run: Run) -> Value:
            values = [part(run) for part in codes]
            return next((value for value in values if isinstance(value, ErrorValue)), None) or body(run, *values)

        return Bound(gives, code, call)

    return binding


def _xor(_run: Run, left: Value, right: Value) -> Value:
    return _truth(left) != _truth(right)


def _truth(value: Value) -> bool:
    return bool(value.value) if isinstance(value, Option) else bool(value)


def _inverted(run: Run, value: Value) -> Value:
    color = to_color(run, value)
    return Color(255 - color.red, 255 - color.green, 255 - color.blue, color.alpha)


def _sign(run: Run, value: Value) -> Value:
    del run
    number = value if isinstance(value, float | Decimal) else 0.0
    return type(number)((number > 0) - (number < 0))


def _test_sets(sets: list[OptionSet]) -> World:
    by_name = {options.name: options for options in sets}
    yes_no, blue = _option_type(by_name["TestYesNo"]), _option_type(by_name["TestBlueRamp"])
    no_coerce = _option_type(by_name["TestBooleanNoCoerce"])
    functions = {
        "TestXORBoolean": _plain([BOOLEAN, BOOLEAN], BOOLEAN, _xor),
        "TestXORYesNo": _plain([yes_no, yes_no], BOOLEAN, _xor),
        "TestXORNoCoerce": _plain([no_coerce, no_coerce], BOOLEAN, _xor),
        "TestColorInvert": _plain([COLOR], COLOR, _inverted),
        "TestColorBlueRampInvert": _plain([blue], COLOR, _inverted),
        "TestSignNumber": _plain([NUMBER], NUMBER, _sign),
        "TestSignDecimal": _plain([DECIMAL], DECIMAL, _sign),
    }
    return World(option_sets=by_name, functions=functions)


WORLDS: dict[str, Callable[[tuple[str, ...]], World]] = {
    "OptionSetTestSetup": _option_sets,
    "OptionSetSortTestSetup": _sorted_options,
    "MutationFunctionsTestSetup": _tables,
    "TraceSetup": _traced,
    "AllEnumsSetup": lambda _setup: _test_sets(_TEST_SETS),
    "AllEnumsPlusTestEnumsSetup": lambda _setup: _test_sets(_TEST_SETS),
    "AllEnumsPlusTestOptionSetsSetup": lambda _setup: _test_sets([_as_option_set(each) for each in _TEST_SETS]),
}

from datetime import date, datetime
from decimal import Decimal

import pytest

from dialog.entities import PREBUILT, Boolean, Choice, ClosedList, Date, Heard, Number, Text

STORES = ClosedList(
    items=(
        Choice("Redmond", "Redmond"),
        Choice("seattle-1", "Seattle Downtown", ("the big one",)),
        Choice("bellevue", "Bellevue"),
    )
)


@pytest.mark.parametrize(("said", "value"), [("yes", True), ("Yep!", True), ("nope", False), ("Nein", False)])
def test_one_word_is_an_exact_answer(said: str, *, value: bool) -> None:
    """A yes or a no alone is exact, whatever its case or punctuation."""
    found = Boolean().match(said)
    assert found is not None
    assert found.value is value
    assert found.exact


def test_a_longer_yes_is_not_exact() -> None:
    """Words after the yes leave room for another topic."""
    found = Boolean().match("yes, I would like that")
    assert found is not None
    assert found.value is True
    assert not found.exact


@pytest.mark.parametrize("said", ["I would like a refund", "right away I need an agent", "not sure"])
def test_no_yes_is_heard_in_other_talk(said: str) -> None:
    """A sentence that answers nothing is no answer."""
    assert Boolean().match(said) is None


@pytest.mark.parametrize(
    ("said", "locale", "value"),
    [
        ("about 1,000 dollars", "en-US", "1000"),
        ("-2.5", "en-US", "-2.5"),
        ("1.000,50 Euro", "de-DE", "1000.50"),
        ("I have three of them", "en-US", "3"),
    ],
)
def test_a_number_is_read_as_its_locale_writes_it(said: str, locale: str, value: str) -> None:
    """Separators are the locale's, and words around the number do not matter."""
    found = Number().match(said, Heard(locale))
    assert found is not None
    assert found.value == Decimal(value)
    assert isinstance(found.value, Decimal)


@pytest.mark.parametrize("said", ["none at all", "room B12", ""])
def test_no_number_is_no_match(said: str) -> None:
    """Neither prose nor a code with digits is a number."""
    assert Number().match(said) is None


@pytest.mark.parametrize(
    ("said", "chosen", "exact"),
    [
        ("redmond", "Redmond", True),
        ("the big one", "seattle-1", True),
        ("seattle-1", "seattle-1", True),
        ("Belevue", "bellevue", False),
        ("I will go to Bellevue then", "bellevue", False),
        ("downtown", "seattle-1", False),
    ],
)
def test_a_choice_is_found(said: str, chosen: str, *, exact: bool) -> None:
    """Names and synonyms are exact; typos, and names inside a sentence, are smart matches."""
    found = STORES.match(said)
    assert found is not None
    assert isinstance(found.value, Choice)
    assert (found.value.id, found.exact) == (chosen, exact)


def test_smart_matching_can_be_off() -> None:
    """Without it a typo is not understood, and a name still is."""
    strict = ClosedList(items=STORES.items, smart_matching=False)
    assert strict.match("Belevue") is None
    assert strict.match("bellevue") is not None


@pytest.mark.parametrize("said", ["speak to agent", "my whole point-of-sale system is down", ""])
def test_other_talk_is_no_choice(said: str) -> None:
    """What names no item matches none."""
    assert STORES.match(said) is None


def test_an_ambiguous_word_chooses_nothing() -> None:
    """Two items that fit equally well are no answer."""
    twins = ClosedList(items=(Choice("1", "Red apple"), Choice("2", "Green apple")))
    assert twins.match("apple") is None


def test_a_date_is_read_as_its_locale_writes_it() -> None:
    """3/4 is March in the United States and April elsewhere; a day that there is not is none."""
    answers = [
        Date().match(said, Heard(locale))
        for said, locale in (("on 3/4/2026", "en-US"), ("on 3/4/2026", "en-GB"), ("March 4th, 2026", "en-US"))
    ]
    assert [found and found.value for found in answers] == [date(2026, 3, 4), date(2026, 4, 3), date(2026, 3, 4)]
    assert Date().match("2026-02-30") is None


def test_addresses_and_names_are_found_in_a_sentence() -> None:
    """The address or name comes out without the words around it."""
    email = PREBUILT["EmailPrebuiltEntity"].match("write to ann.lee@contoso.com please")
    name = PREBUILT["PersonNamePrebuiltEntity"].match("my name is Ann Lee.")
    assert email is not None
    assert name is not None
    assert (email.value, name.value) == ("ann.lee@contoso.com", "Ann Lee")


def test_the_whole_reply_is_never_exact() -> None:
    """Free text understands anything, so another topic's phrase may win."""
    found = Text().match("speak to agent")
    assert found is not None
    assert not found.exact
    assert Text().match("  ") is None


NOON = Heard(now=datetime(2026, 11, 24, 12))  # noqa: DTZ001 - a Tuesday, by the clock on the wall


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("Age", "I am 34 years old and have 2 cats", "34"),
        ("Money", "2 of them for $1,250.50 please", "1250.50"),
        ("Money", "It costs 1000 dollars", "1000"),
        ("Percentage", "the 3rd gets 20 percent", "20"),
        ("Speed", "in lane 2 at 60 mph", "60"),
        ("Temperature", "at 9 it had -5 degrees", "-5"),
        ("Weight", "2 boxes of 12.5 kg", "12.5"),
        ("Ordinal", "the second one", "2"),
        ("Ordinal", "take the 21st", "21"),
        ("Ordinal", "3", "3"),
        ("Number", "two hundred and five of them", "205"),
        ("Number", "twenty five thousand", "25000"),
    ],
)
def test_the_number_with_the_unit_is_meant(kind: str, said: str, value: str) -> None:
    """Beside a unit, else the first; in figures or in words."""
    found = PREBUILT[f"{kind}PrebuiltEntity"].match(said)
    assert found is not None
    assert found.value == Decimal(value)


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("Email", "write to ann.lee@contoso.com, please", "ann.lee@contoso.com"),
        ("PhoneNumber", "call +1 (425) 555-0100 now", "+1 (425) 555-0100"),
        ("URL", "see https://example.com/a?b=1", "https://example.com/a?b=1"),
        ("URL", "it is contoso.com/help", "contoso.com/help"),
        ("ZipCode", "I am in 98052-1234", "98052-1234"),
        ("ZipCode", "SW1A 1AA", "SW1A 1AA"),
        ("Duration", "for about 2 hours and 30 minutes", "2 hours and 30 minutes"),
        ("Language", "I speak french", "French"),
        ("Language", "Deutsch", "German"),
        ("Color", "the dark blue one", "dark blue"),
        ("Color", "gray", "grey"),
        ("Continent", "somewhere in south america", "South America"),
        ("CountryOrRegion", "from the USA", "United States"),
        ("CountryOrRegion", "I live in Germany", "Germany"),
        ("State", "in washington", "Washington"),
        ("State", "TX", "Texas"),
        ("State", "Bavaria", "Bavaria"),
        ("City", "I live in Redmond.", "Redmond"),
        ("PersonName", "Hi, my name is Ada Lovelace", "Ada Lovelace"),
        ("Organization", "I work for Contoso Ltd", "Contoso Ltd"),
        ("PointOfInterest", "near the Space Needle", "the Space Needle"),
        ("Event", "it's New Year's Eve", "New Year's Eve"),
        ("StreetAddress", "I live at 1 Main Street, Springfield", "1 Main Street, Springfield"),
        ("StreetAddress", "Hauptstraße 5, Berlin", "Hauptstraße 5, Berlin"),
    ],
)
def test_what_is_meant_comes_out_of_the_sentence(kind: str, said: str, value: str) -> None:
    """Names out of lists come as the list writes them, all others as the customer does."""
    found = PREBUILT[f"{kind}PrebuiltEntity"].match(said, NOON)
    assert found is not None
    assert found.value == value


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        *(
            (kind, "I have no idea")
            for kind in ("Age", "Email", "URL", "Date", "DateTime", "Color", "Duration", "ZipCode")
        ),
        ("CountryOrRegion", "hmm"),
        ("PersonName", "what do you mean?"),
        ("City", "12345"),
        ("StreetAddress", "somewhere"),
    ],
)
def test_what_says_no_such_thing_is_no_answer(kind: str, said: str) -> None:
    """The question is asked again."""
    assert PREBUILT[f"{kind}PrebuiltEntity"].match(said, NOON) is None


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("tomorrow", (2026, 11, 25)),
        ("the day after tomorrow", (2026, 11, 26)),
        ("next friday", (2026, 11, 27)),
        ("tuesday", (2026, 12, 1)),
        ("last Monday", (2026, 11, 23)),
        ("in 2 weeks", (2026, 12, 8)),
        ("3 days ago", (2026, 11, 21)),
        ("January 5", (2027, 1, 5)),
        ("5th of January 2028", (2028, 1, 5)),
        ("12/24", (2026, 12, 24)),
    ],
)
def test_a_day_is_counted_from_today(said: str, value: tuple[int, int, int]) -> None:
    """A day without a year is the next such day."""
    found = PREBUILT["DatePrebuiltEntity"].match(said, NOON)
    assert found is not None
    assert found.value == date(*value)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("tomorrow at 5pm", (2026, 11, 25, 17, 0)),
        ("2026-12-24 17:30", (2026, 12, 24, 17, 30)),
        ("at 9:15", (2026, 11, 25, 9, 15)),
        ("3 p.m.", (2026, 11, 24, 15, 0)),
        ("in 2 hours", (2026, 11, 24, 14, 0)),
        ("friday noon", (2026, 11, 27, 12, 0)),
    ],
)
def test_a_moment_is_a_day_at_its_time(said: str, value: tuple[int, ...]) -> None:
    """A time alone is the next such time."""
    found = PREBUILT["DateTimePrebuiltEntity"].match(said, NOON)
    assert found is not None
    assert found.value == datetime(*value)  # type: ignore[arg-type] # noqa: DTZ001 - the customer's own clock


def test_every_prebuilt_entity_of_the_schema_is_there() -> None:
    """None is taken for another."""
    kinds = (
        "Boolean String Age Date Money Number Ordinal Percentage PhoneNumber Speed Temperature Weight ZipCode City "
        "Color Continent CountryOrRegion DateTime DateTimeNoTimeZone Duration Email Event File Language Organization "
        "PersonName PointOfInterest State StreetAddress URL"
    )
    assert set(PREBUILT) == {f"{kind}PrebuiltEntity" for kind in kinds.split()}

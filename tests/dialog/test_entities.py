from datetime import date
from decimal import Decimal

import pytest

from dialog.entities import PREBUILT, Boolean, Choice, ClosedList, Date, Number, PersonName, Text

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
    found = Number().match(said, locale)
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
        Date().match(*case)
        for case in (("on 3/4/2026", "en-US"), ("on 3/4/2026", "en-GB"), ("March 4th, 2026", "en-US"))
    ]
    assert [found and found.value for found in answers] == [date(2026, 3, 4), date(2026, 4, 3), date(2026, 3, 4)]
    assert Date().match("2026-02-30", "en-US") is None


def test_addresses_and_names_are_found_in_a_sentence() -> None:
    """The address or name comes out without the words around it."""
    email = PREBUILT["EmailPrebuiltEntity"].match("write to ann.lee@contoso.com please")
    name = PersonName().match("my name is Ann Lee.")
    assert email is not None
    assert name is not None
    assert (email.value, name.value) == ("ann.lee@contoso.com", "Ann Lee")


def test_the_whole_reply_is_never_exact() -> None:
    """Free text understands anything, so another topic's phrase may win."""
    found = Text().match("speak to agent")
    assert found is not None
    assert not found.exact
    assert Text().match("  ") is None

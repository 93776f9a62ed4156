"""What a question understands of a reply: a yes, a number, one of its choices, an address, a date."""

from dialog.entities.answers import Boolean, Pattern, Text
from dialog.entities.dates import DURATION, Date, DateTime
from dialog.entities.entity import ANYWHERE, Choice, Entity, Heard, Match, words_of
from dialog.entities.gazetteer import COLORS, CONTINENTS, COUNTRIES, LANGUAGES, STATES
from dialog.entities.lists import ClosedList, KnownName
from dialog.entities.names import CITY, EVENT, ORGANISATION, PERSON, PLACE, Named, StreetAddress, region
from dialog.entities.numbers import MEASURES, Number, Ordinal

__all__ = [
    "ANYWHERE",
    "FILE",
    "PREBUILT",
    "Boolean",
    "Choice",
    "ClosedList",
    "Date",
    "DateTime",
    "Entity",
    "Heard",
    "KnownName",
    "Match",
    "Named",
    "Number",
    "Ordinal",
    "Pattern",
    "Text",
    "volunteered",
    "words_of",
]

FILE = "FilePrebuiltEntity"
"""The one entity that is no words: what the customer uploads."""

PREBUILT: dict[str, Entity] = {
    "BooleanPrebuiltEntity": Boolean(),
    "StringPrebuiltEntity": Text(),
    **MEASURES,
    "DatePrebuiltEntity": Date(),
    "DateTimePrebuiltEntity": DateTime(),
    "DateTimeNoTimeZonePrebuiltEntity": DateTime(),
    "DurationPrebuiltEntity": Pattern(DURATION),
    "EmailPrebuiltEntity": Pattern(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "PhoneNumberPrebuiltEntity": Pattern(r"\+?\(?\d[\d\s().-]{5,}\d"),
    "URLPrebuiltEntity": Pattern(
        r"https?://\S+|www\.\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|io|dev|info|eu|de|uk)\b\S*"
    ),
    "ZipCodePrebuiltEntity": Pattern(
        r"\b\d{5}(?:-\d{4})?\b|\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b|\b[A-Z]\d[A-Z]\s*\d[A-Z]\d\b"
        r"|\b\d{4}(?:\s?[A-Z]{2})?\b"
    ),
    "LanguagePrebuiltEntity": LANGUAGES,
    "ColorPrebuiltEntity": COLORS,
    "ContinentPrebuiltEntity": CONTINENTS,
    "CountryOrRegionPrebuiltEntity": COUNTRIES,
    "StatePrebuiltEntity": region(STATES),
    "CityPrebuiltEntity": CITY,
    "PersonNamePrebuiltEntity": PERSON,
    "OrganizationPrebuiltEntity": ORGANISATION,
    "PointOfInterestPrebuiltEntity": PLACE,
    "EventPrebuiltEntity": EVENT,
    "StreetAddressPrebuiltEntity": StreetAddress(),
    FILE: Text(),
}
"""The entities that a question names by kind alone."""


def volunteered(entity: Entity, text: str, heard: Heard) -> Match | None:
    """What `text`, which was no answer to a question, says of the question's entity all the same.

    Only what recognises itself: a choice by its name, a date, an amount; no yes, no whole reply, no person's name.
    """
    match entity:
        case ClosedList() | KnownName():
            return entity.within(text)
        case Named(known=KnownName() as names):
            return volunteered(names, text, heard)
        case Number() | Ordinal() | Date() | DateTime() | Pattern():
            return entity.match(text, heard)
        case _:
            return None

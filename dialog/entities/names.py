"""What people call things, where no list has all of them: persons, towns, companies, streets."""

import re
from dataclasses import dataclass

from dialog.entities.entity import ANYWHERE, Heard, Match
from dialog.entities.lists import KnownName

_PERSON = r"(?:hi[, ]+)?(?:my (?:full )?name is|my name's|i am|i'm|this is|it's|it is|call me|the name is)\s+"
_PLACE = (
    r"(?:i (?:live|am|work|stay) (?:in|at|near|from)|i'm (?:in|at|from|near)|"
    r"(?:it's|it is|that's|that is)(?: in| at| near)?|"
    r"in|at|from|near|to|the (?:city|town|state) (?:of|is)|my (?:city|town|state|address) is)\s+(?:the city of\s+)?"
)
_THING = (
    r"(?:i (?:work|am) (?:for|at|with)|it's|it is|that's|that is|the|my (?:company|organisation|organization) is)\s+"
)


@dataclass(frozen=True)
class Named:
    """A name with "my name is" and the like taken off; never exact, for nobody knows all names."""

    lead: str
    words: int = 5
    figures: bool = False
    known: KnownName | None = None
    """Names that are recognised wherever they stand."""

    def match(self, text: str, heard: Heard = ANYWHERE) -> Match | None:
        """At most so many words, and no question, address or (mostly) figure."""
        if self.known and (found := self.known.match(text, heard)):
            return found
        bare = re.sub(f"^{self.lead}", "", text.strip(), flags=re.IGNORECASE).strip(" .!,")
        forbidden = r"[@?]" if self.figures else r"[\d@?]"
        fits = bool(re.search(r"[^\W\d_]", bare)) and len(bare.split()) <= self.words and not re.search(forbidden, bare)
        return Match(bare, exact=False, words=bare) if fits else None


@dataclass(frozen=True)
class StreetAddress:
    """A house number and a street, in either order, and what follows up to the end of the line."""

    def match(self, text: str, heard: Heard = ANYWHERE) -> Match | None:  # noqa: ARG002 - one signature for all entities
        """`1 Main Street, Springfield` or `Hauptstraße 5`."""
        bare = re.sub(f"^{_PLACE}", "", text.strip().splitlines()[0] if text.strip() else "", flags=re.IGNORECASE)
        found = re.search(
            r"\b\d+[a-z]?[\s,]+[^\W\d_][^\n?@]{2,}|[^\W\d_][^\d\n?@]{2,}\s\d+[a-z]?\b[^\n?@]*", bare, re.IGNORECASE
        )
        return Match(found[0].strip(" .!"), exact=False, words=found[0]) if found else None


PERSON = Named(_PERSON)
ORGANISATION = Named(_THING, words=8, figures=True)
CITY = Named(_PLACE)
PLACE = Named(_PLACE, words=8, figures=True)
EVENT = Named(r"(?:it's|it is|that's|the|for|on)\s+", words=8, figures=True)


def region(known: KnownName) -> Named:
    """A state or province: one of the list wherever it stands, or any other by its name alone."""
    return Named(_PLACE, words=4, known=known)

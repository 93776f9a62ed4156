"""What a customer might answer to a question: something that fits, and something that does not."""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

from dialog.calls import AgentCall, Answer, Call, KnowledgeCall, OperationCall, RecogniseCall
from dialog.choices import suggestions
from dialog.nodes.talking import ADAPTIVE
from dialog.program import Step
from dialog.replies import entity_of
from dialog.run import Run
from protocol.activity import MESSAGE, Activity, Attachment

FITTING = {
    "BooleanPrebuiltEntity": ("yes", "no"),
    "StringPrebuiltEntity": ("I would like to know more about this",),
    "NumberPrebuiltEntity": ("3",),
    "AgePrebuiltEntity": ("I am 34 years old",),
    "MoneyPrebuiltEntity": ("$1,250.50",),
    "PercentagePrebuiltEntity": ("20%",),
    "OrdinalPrebuiltEntity": ("the second",),
    "SpeedPrebuiltEntity": ("60 mph",),
    "TemperaturePrebuiltEntity": ("21 degrees",),
    "WeightPrebuiltEntity": ("12 kg",),
    "DatePrebuiltEntity": ("2026-12-24",),
    "DateTimePrebuiltEntity": ("tomorrow at 5pm",),
    "DateTimeNoTimeZonePrebuiltEntity": ("tomorrow at 5pm",),
    "DurationPrebuiltEntity": ("2 hours",),
    "EmailPrebuiltEntity": ("ada@example.com",),
    "PhoneNumberPrebuiltEntity": ("+1 425 555 0100",),
    "URLPrebuiltEntity": ("https://example.com/page",),
    "ZipCodePrebuiltEntity": ("98052",),
    "CityPrebuiltEntity": ("Seattle",),
    "StatePrebuiltEntity": ("Washington",),
    "CountryOrRegionPrebuiltEntity": ("Germany",),
    "ContinentPrebuiltEntity": ("Europe",),
    "ColorPrebuiltEntity": ("blue",),
    "LanguagePrebuiltEntity": ("French",),
    "PersonNamePrebuiltEntity": ("Ada Lovelace",),
    "OrganizationPrebuiltEntity": ("Contoso",),
    "PointOfInterestPrebuiltEntity": ("Space Needle",),
    "EventPrebuiltEntity": ("New Year's Eve",),
    "StreetAddressPrebuiltEntity": ("1 Main Street, Springfield",),
}
"""Answers by the entity's kind, in turn where a question is asked again."""
_CODES = (
    "98052",
    "12345",
    "AB123",
    "ABC123",
    "AB-1234",
    "INC0012345",
    "CS101",
    "a@b.example",
    "2026-12-24",
    "555-0100",
)
UNFITTING = Activity(type=MESSAGE, text="🤷 ?!")


def fitting(run: Run, step: Step, asked: int, heard: Sequence[Activity]) -> Activity:
    """A reply that answers what `step` asks, which is asked for the `asked`th time (from 0)."""
    if step.kind == "AdaptiveCardPrompt":
        return Activity(type=MESSAGE, value=_filled(_card(heard)))
    if step.kind == "CSATQuestion":
        return Activity(type=MESSAGE, text="4")
    if step.kind != "Question":
        return Activity(type=MESSAGE, text="yes")
    entity = step.properties.get("entity")
    kind = str(entity.get("kind", "")) if isinstance(entity, Mapping) else str(entity)
    if kind == "FilePrebuiltEntity":
        file = Attachment(
            content_type="application/pdf", content_url="https://example.com/report.pdf", name="report.pdf"
        )
        return Activity(type=MESSAGE, text="", attachments=(file,))
    offered = suggestions(entity_of(run, step)) if kind != "BooleanPrebuiltEntity" else ()
    answers = FITTING.get(kind) or tuple(offered) or _coded(run, step)
    return Activity(type=MESSAGE, text=answers[asked % len(answers)])


def _coded(run: Run, step: Step) -> tuple[str, ...]:
    """Codes that a regular expression takes."""
    entity = entity_of(run, step)
    return tuple(code for code in _CODES if entity.match(code)) or ("something",)


def _card(heard: Sequence[Activity]) -> Any:
    cards = [
        attachment.content
        for said in heard
        for attachment in said.attachments or ()
        if attachment.content_type == ADAPTIVE
    ]
    return cards[-1] if cards else {}


def _filled(card: Any) -> dict[str, Any]:
    """A form with every input filled in, as a page submits it."""
    filled: dict[str, Any] = {}
    for part in _parts(json.loads(card) if isinstance(card, str) else card):
        if str(part.get("type", "")).startswith("Input.") and part.get("id"):
            filled[str(part["id"])] = _value(part)
    return filled


def _value(part: Mapping[str, Any]) -> str:
    choices = [choice for choice in part.get("choices") or () if isinstance(choice, Mapping)]
    if choices:
        return str(next(cycle(choices)).get("value", ""))
    kinds = {"Input.Number": "3", "Input.Date": "2026-12-24", "Input.Time": "17:30", "Input.Toggle": "true"}
    said = kinds.get(str(part["type"]), "Ada")
    pattern = part.get("regex")
    return next((code for code in _CODES if isinstance(pattern, str) and re.search(pattern, code)), said)


def _parts(value: Any) -> list[Mapping[str, Any]]:
    """Every object of a card."""
    if isinstance(value, Mapping):
        return [value, *(part for child in value.values() for part in _parts(child))]
    return [part for child in value for part in _parts(child)] if isinstance(value, list) else []


def answer_to(call: Call, properties: Mapping[str, Any]) -> Answer:
    """What a service might answer: a value of the type that the author has declared, else one for each output."""
    if isinstance(call, KnowledgeCall):
        return Answer(value=[] if call.wants == "results" else "An answer.", status=200)
    if isinstance(call, AgentCall):
        return Answer(value={"text": "An answer.", "asks": False})
    if isinstance(call, RecogniseCall):
        return Answer(value=[])
    declared = properties.get("dynamicOutputSchema") or properties.get("responseSchema")
    output = properties.get("output")
    binding = output.get("binding") if isinstance(output, Mapping) else None
    # A model's prediction is a record with its text.
    one = {"text": "a prediction"} if isinstance(call, OperationCall) and call.what == "model" else "3"
    value = _of_type(declared) if declared else dict.fromkeys(binding if isinstance(binding, Mapping) else (), one)
    return Answer(value=value, status=200)


def _of_type(declared: Any) -> Any:
    """A value of a declared type: of a table, one row."""
    kind = declared.get("kind", declared.get("type")) if isinstance(declared, Mapping) else declared
    if isinstance(kind, Mapping):
        return _of_type(kind)
    properties = declared.get("properties") if isinstance(declared, Mapping) else None
    fields = (
        {str(name): _of_type(inner) for name, inner in properties.items()} if isinstance(properties, Mapping) else {}
    )
    simple = {"Number": 3, "Boolean": True, "DateTime": "2026-12-24T17:30:00Z", "Date": "2026-12-24"}
    return {"Record": fields, "Table": [fields or {"Value": "a"}]}.get(str(kind), simple.get(str(kind), "3"))

"""Adaptive Cards on the customer's page: seen, filled in, refused, submitted, wide and narrow."""

from typing import Any

import pytest
from playwright.async_api import Browser

from tests.pages.visitor import SIZES, Visitor, visit
from tests.support.installation import Installation

CARD: dict[str, Any] = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [
        {"type": "TextBlock", "text": "Degree audit", "weight": "Bolder"},
        {
            "type": "ColumnSet",
            "columns": [
                {"type": "Column", "width": "auto", "items": [{"type": "TextBlock", "text": "Your **course**"}]},
                {"type": "Column", "items": [{"type": "FactSet", "facts": [{"title": "Course", "value": "CS101"}]}]},
            ],
        },
        {"type": "Input.Text", "id": "note", "label": "Note", "isMultiline": True},
        {"type": "Input.Number", "id": "credits", "label": "Credits", "isRequired": True, "errorMessage": "How many?"},
        {
            "type": "Input.ChoiceSet",
            "id": "plan",
            "label": "Plan",
            "choices": [{"title": "Full time", "value": "full"}],
        },
        {
            "type": "Input.ChoiceSet",
            "id": "days",
            "label": "Days",
            "isMultiSelect": True,
            "choices": [{"title": "Monday", "value": "mon"}, {"title": "Friday", "value": "fri"}],
        },
        {"type": "Input.Toggle", "id": "terms", "title": "I accept", "valueOn": "yes", "valueOff": "no"},
        {"type": "Container", "id": "help", "isVisible": False, "items": [{"type": "TextBlock", "text": "Some help"}]},
        {"type": "Chart.Pie"},
        {"type": "Chart.Bar", "fallback": {"type": "TextBlock", "text": "instead of a chart"}},
    ],
    "actions": [
        {"type": "Action.Submit", "title": "Calculate", "data": {"pressed": "calculate"}},
        {"type": "Action.Submit", "title": "Skip", "associatedInputs": "none", "data": "skip"},
        {"type": "Action.ToggleVisibility", "title": "Help", "targetElements": ["help"]},
        {"type": "Action.ShowCard", "title": "More", "card": {"body": [{"type": "TextBlock", "text": "More of it"}]}},
    ],
}
SHOW = """async (card) => {
  const { adaptive, settle } = await import("/chat/adaptive.js");
  window.settle = settle;
  window.answers = [];
  const item = document.createElement("li");
  item.append(adaptive(card, ({ text, value }) => window.answers.push(text ?? value)));
  document.getElementById("messages").append(item);
}"""


async def shown(visitor: Visitor) -> None:
    """The card stands at the end of the log."""
    await visitor.page.evaluate(SHOW, CARD)


@pytest.mark.parametrize("size", SIZES)
async def test_a_card_is_filled_in_and_submitted(browser: Browser, running: Installation, size: str) -> None:
    """What is missing is told and nothing is sent; then the inputs go out by their ids, and the card takes no more."""
    visitor = await visit(browser, running.gateway, SIZES[size])
    await shown(visitor)
    page = visitor.page
    await page.get_by_role("button", name="Calculate").click()
    assert await page.locator(".missing:visible").all_inner_texts() == ["How many?"]
    assert await page.evaluate("answers") == []
    await page.get_by_label("Credits").fill("72")
    await page.get_by_label("Plan").select_option("full")
    await page.get_by_label("Monday").check()
    await page.get_by_label("Friday").check()
    await page.get_by_label("I accept").check()
    await visitor.fits()
    await page.get_by_role("button", name="Calculate").click()
    said = {"pressed": "calculate", "note": "", "credits": "72", "plan": "full", "days": "mon,fri", "terms": "yes"}
    assert await page.evaluate("answers") == [said]
    assert await page.get_by_role("button", name="Calculate").is_disabled()
    await visitor.leave()


async def test_a_card_opens_hides_and_names_what_it_cannot_show(visitor: Visitor) -> None:
    """ShowCard, ToggleVisibility, a fallback, and no silence about the rest."""
    await shown(visitor)
    page = visitor.page
    assert await page.get_by_text("(Chart.Pie cannot be shown here)").is_visible()
    assert await page.get_by_text("instead of a chart").is_visible()
    for name, text in (("Help", "Some help"), ("More", "More of it")):
        assert await page.get_by_text(text).is_hidden()
        await page.get_by_role("button", name=name).click()
        assert await page.get_by_text(text).is_visible()
    await page.get_by_role("button", name="Skip").click()
    assert await page.evaluate("answers") == ["skip"]


async def test_a_card_that_was_answered_before_shows_its_answer(visitor: Visitor) -> None:
    """After a reload it is filled in as it was sent."""
    await shown(visitor)
    page = visitor.page
    await page.evaluate("settle(document.querySelector('form.card'), { credits: '72', days: 'fri', terms: 'yes' })")
    assert await page.get_by_label("Credits").input_value() == "72"
    assert await page.get_by_label("Friday").is_checked()
    assert not await page.get_by_label("Monday").is_checked()
    assert await page.get_by_label("Credits").is_disabled()

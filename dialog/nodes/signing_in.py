"""Signing in: a card that the customer's client answers with a token."""

from typing import Any

from dialog.nodes.listening import LISTENERS, Listener, ask
from dialog.nodes.registry import Flow, node
from dialog.powerfx.values import Record
from dialog.program import Step
from dialog.run import Run
from dialog.understood import fires
from protocol.activity import MESSAGE, Activity, Attachment

OAUTH_CARD = "application/vnd.microsoft.card.oauth"
TOKEN = "tokens/response"  # noqa: S105 - the name of Bot Framework's event
"""The event by which a client gives the token that it got."""
TITLE = "Sign in"


@node("OAuthInput")
def oauth_input(run: Run, step: Step) -> Flow:
    """Ask the customer to sign in. One who writes something instead goes on, and is not signed in."""
    if run.frame.waiting != "reply":
        if is_signed_in(run):
            return Flow.NEXT
        run.frame.waiting = "reply"
        ask(run, step)
        return Flow.WAIT
    if run.reply is None:
        return Flow.WAIT
    reply, run.reply = run.reply, None
    run.frame.waiting = ""
    token = reply.value.get("token") if reply.name == TOKEN and isinstance(reply.value, dict) else None
    run.system["User"] = Record({"IsLoggedIn": bool(token), "AccessToken": str(token) if token else None})
    run.trace("signed in", step, bool(token))
    return Flow.NEXT


@node("SignOutUser")
def sign_out_user(run: Run, _step: Step) -> Flow:
    """Forget the customer's token."""
    run.system.pop("User", None)
    return Flow.NEXT


def _ask(run: Run, step: Step, _prompt: Any) -> None:
    title = run.text(step.properties.get("title")) or TITLE
    content = {
        "text": run.text(step.properties.get("text")) or title,
        "connectionName": run.text(step.properties.get("resource")),
        "buttons": [{"type": "signin", "title": title, "value": ""}],
    }
    run.say(Activity(type=MESSAGE, attachments=(Attachment(content_type=OAUTH_CARD, content=content),)))


LISTENERS["OAuthInput"] = Listener(_ask, lambda _run, _step, _reply: None)
"""No words are a token: a topic that they mean interrupts."""


def is_token(run: Run, activity: Activity) -> bool:
    """Whether an event answers the card that is open."""
    step = run.frame.topic.program.steps.get(run.frame.position or "")
    return bool(step and step.kind == "OAuthInput" and activity.name == TOKEN)


def is_signed_in(run: Run) -> bool:
    """Whether there is a token of the customer's."""
    user = run.system.get("User")
    return isinstance(user, Record) and user.get("IsLoggedIn") is True


def sign_in_first(run: Run) -> bool:
    """Start the Sign in topic above the node whose question was refused for want of it; False where that is no way.

    The node then asks once more.
    """
    topics = [topic for topic in run.agent.triggered_by("OnSignIn") if topic.name != run.frame.topic.name]
    run.system["SignInReason"] = "SignInRequired"
    topic = next((topic for topic in topics if fires(run, topic)), None)
    if topic is None or run.frame.stage == "sign in":
        return False
    run.frame.stage = "sign in"
    run.begin(topic.name)
    return True

"""Signing in: a card that the customer's client answers with a token, or the customer with a sign-in page's code."""

import re
from typing import Any
from urllib.parse import quote

from dialog.calls import Ask, SignInCall
from dialog.definition import Topic
from dialog.nodes.listening import LISTENERS, Listener, ask
from dialog.nodes.registry import Flow, node
from dialog.powerfx.values import Record
from dialog.program import Step
from dialog.replies import Understood
from dialog.run import Run
from dialog.understood import fires
from protocol.activity import MESSAGE, Activity, Attachment
from protocol.signing_in import FAILURE, TOKEN, VERIFY, SignIn, tells_of_sign_in

OAUTH_CARD = "application/vnd.microsoft.card.oauth"
TITLE = "Sign in"
SECONDS = 15.0
TRIES = 3
"""Codes that a customer may try."""
LONGEST = 16_000
"""Characters of a token, and of a code."""
_CODE = re.compile(r"\s*(\d{6})\s*")
"""What sign-in pages show to be typed into a chat; Bot Framework calls it the magic code."""


@node("OAuthInput")
def oauth_input(run: Run, step: Step) -> Flow:
    """Ask the customer to sign in. One who writes something instead goes on, and is not signed in."""
    if run.frame.waiting == "world":
        return _redeemed(run, step)
    if run.frame.waiting != "reply":
        if is_signed_in(run):
            return Flow.NEXT
        run.frame.waiting, run.frame.attempts = "reply", 0
        ask(run, step)
        return Flow.WAIT
    if run.reply is None:
        return Flow.WAIT
    reply, run.reply = run.reply, None
    run.frame.waiting = ""
    code = _code(run, reply)
    if code is None:
        return _went(run, step, _token(reply))
    run.frame.attempts += 1
    run.ask(Ask(call=SignInCall(connection=_connection(run, step), code=code), seconds=SECONDS))
    return Flow.WAIT


def _redeemed(run: Run, step: Step) -> Flow:
    """Take what the code was worth; one that is refused may be mistyped."""
    answer, run.answer = run.answer, None
    if answer is None:
        return Flow.WAIT
    run.frame.waiting = ""
    if answer.code or isinstance(answer.value, str) or run.frame.attempts >= TRIES:
        return _went(run, step, answer.value if isinstance(answer.value, str) else None)
    run.frame.waiting = "reply"
    ask(run, step)
    return Flow.WAIT


def _went(run: Run, step: Step, token: str | None) -> Flow:
    run.system["User"] = Record({"IsLoggedIn": bool(token), "AccessToken": token})
    run.trace("signed in", step, bool(token))
    return Flow.NEXT


def _token(reply: Activity) -> str | None:
    """The token that the client has brought."""
    told = reply.value.get("token") if tells_of_sign_in(reply) and isinstance(reply.value, dict) else None
    return told if isinstance(told, str) and 0 < len(told) <= LONGEST else None


def _code(run: Run, reply: Activity) -> str | None:
    """The sign-in page's code: what the client has got from it, or what the customer has typed."""
    if run.agent.rules < 3:
        return None
    if reply.name == VERIFY and tells_of_sign_in(reply):
        told = reply.value.get("state") if isinstance(reply.value, dict) else None
        return told if isinstance(told, str) and 0 < len(told) <= LONGEST else None
    found = _CODE.fullmatch(reply.text or "") if reply.type == MESSAGE else None
    return found[1] if found else None


@node("SignOutUser")
def sign_out_user(run: Run, _step: Step) -> Flow:
    """Forget the customer's token."""
    run.system.pop("User", None)
    return Flow.NEXT


def _ask(run: Run, step: Step, _prompt: Any) -> None:
    title = run.text(step.properties.get("title")) or TITLE
    connection, resource, link = _connection(run, step), run.text(step.properties.get("resource")), _link(run, step)
    content: dict[str, Any] = {
        "text": run.text(step.properties.get("text")) or title,
        "connectionName": connection,
        "buttons": [{"type": "signin", "title": title, "value": link}] if link else [],
    }
    if resource:
        exchange = f"{run.world.conversation}.{run.frame.topic.name}.{step.key}"
        content["tokenExchangeResource"] = {"id": exchange, "uri": resource}
    run.say(Activity(type=MESSAGE, attachments=(Attachment(content_type=OAUTH_CARD, content=content),)))


def _connection(run: Run, step: Step) -> str:
    return run.world.sign_in.connection or run.text(step.properties.get("resource")) or run.agent.schema_name


def _link(run: Run, step: Step) -> str:
    link = run.world.sign_in.link.replace("{conversation}", quote(run.world.conversation, safe=""))
    return link.replace("{connection}", quote(_connection(run, step), safe=""))


def _understood(run: Run, _step: Step, reply: Activity) -> Understood | None:
    """A code is an answer; no other words are one, and a topic that they mean interrupts."""
    code = _code(run, reply)
    return Understood(code, exact=True) if code else None


LISTENERS["OAuthInput"] = Listener(_ask, _understood)


def answers_card(run: Run, activity: Activity) -> bool:
    """Whether what no message is answers the card that is open."""
    if not run.stack or run.frame.waiting != "reply" or not tells_of_sign_in(activity):
        return False
    step = run.frame.topic.program.steps.get(run.frame.position or "")
    if step is None or step.kind != "OAuthInput":
        return False
    # An exchange that brings nothing leaves the customer the card.
    return activity.name in {TOKEN, FAILURE} or bool(_token(activity) or _code(run, activity))


def is_signed_in(run: Run) -> bool:
    """Whether there is a token of the customer's."""
    user = run.system.get("User")
    return isinstance(user, Record) and user.get("IsLoggedIn") is True


def token_of(run: Run) -> str:
    """The customer's token; nothing where they have not signed in."""
    user = run.system.get("User")
    token = user.get("AccessToken") if isinstance(user, Record) else None
    return token if isinstance(token, str) else ""


def topics_to_begin_with(run: Run) -> list[Topic]:
    """The Sign in topic, where customers are to sign in as a conversation begins, and there is a way to."""
    if not run.agent.signs_in_first or run.world.sign_in == SignIn() or is_signed_in(run):
        return []
    run.system["SignInReason"] = "Initializer"
    return list(run.agent.triggered_by("OnSignIn"))


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

"""How a customer signs in, as a conversation knows it, and what of their client tells of it.

The names are Bot Framework's (learn.microsoft.com/azure/bot-service/bot-builder-concept-sso; the constants are
`SignInConstants` of microsoft/botbuilder-dotnet).
"""

from protocol.activity import EVENT, INVOKE, Activity
from protocol.models import Owned

TOKEN = "tokens/response"  # noqa: S105 - the name of an event
"""The event by which a client gives the token that it got: `value.token`."""
EXCHANGE = "signin/tokenExchange"
"""The invoke by which a client does the same, for a card with a `tokenExchangeResource`: `value.token`."""
VERIFY = "signin/verifyState"
"""The invoke by which a client gives the code that the sign-in page has shown or handed to it: `value.state`."""
FAILURE = "signin/failure"
"""The invoke by which a client tells that it could not sign the customer in, or that they did not want to."""


class SignIn(Owned):
    """What a conversation's sign-in cards say."""

    connection: str = ""
    """The card's `connectionName`; empty: the resource that the node names."""
    link: str = ""
    """The sign-in page's address, with `{conversation}` and `{connection}` where it wants them; empty: none."""


def tells_of_sign_in(activity: Activity) -> bool:
    """Whether a client tells by it how signing in has gone. It may hold a token, and is written down nowhere."""
    if activity.type == EVENT:
        return activity.name == TOKEN
    return activity.type == INVOKE and activity.name in {EXCHANGE, VERIFY, FAILURE}

"""How an agent's new conversations begin: on its current version, or with a line to where it runs."""

from activities.agent_versions import VersionMissingError
from gateway.answers import RequestError
from gateway.context import Gateway
from protocol.remote import REMOTE, RemoteRules
from protocol.signing_in import SignIn


def sign_in_of(gateway: Gateway, agent: str) -> SignIn:
    """What the sign-in cards of `agent` say."""
    known = gateway.settings.agents.get(agent)
    return SignIn(connection=known.signin.connection, link=known.signin.link) if known else SignIn()


def running(gateway: Gateway, agent: str) -> tuple[str, RemoteRules | None]:
    """The version of `agent`, and for one that runs elsewhere the rules for that.

    Raises:
        RequestError: 503, it has no published version.
    """
    known = gateway.settings.agents.get(agent)
    if known and known.remote:
        told = {"handoff_events": known.remote.handoff_events, "status_event": known.remote.status_event}
        return REMOTE, RemoteRules.model_validate(told)
    try:
        return gateway.versions.current(agent), None
    except VersionMissingError:
        message = f'the agent "{agent}" has no published version yet'
        raise RequestError(503, "BotNotAvailable", message, retry_after=10) from None

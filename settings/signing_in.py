"""How customers sign in where a topic asks for it: `[agents.NAME.signin]`."""

from pydantic import field_validator

from protocol.models import Owned
from settings.secrets import SecretRef


class SignInSettings(Owned):
    """The company's own sign-in page, and what makes tokens of its codes. With none of it, clients bring tokens."""

    connection: str = ""
    """What sign-in cards have as `connectionName`. Default: the resource that the topic's node names."""
    link: str = ""
    """The page's address; `{conversation}` and `{connection}` in it are filled in."""
    redeem: SecretRef | None = None
    """The URL that a code of the page's is posted to, and that answers with the token. It may hold a key of its own."""

    @field_validator("link")
    @classmethod
    def _is_an_address(cls, link: str) -> str:
        if link and not link.startswith(("https://", "http://")):
            raise ValueError("link is the address of the sign-in page, and begins with https://")
        return link

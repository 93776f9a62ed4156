"""Login by a link that works once, as Jupyter does it: whoever reads the terminal may come in.

A link's token and the cookie that it is exchanged for are JWTs (HS256) under the installation's signing key. A used
link is remembered by the process that took it, for as long as the link could be used.
"""

import time
from uuid import uuid4

import jwt

LINK_SECONDS = 900
"""How long a login link can be used."""
SESSION_SECONDS = 30 * 86_400
"""How long the cookie is good for."""
_ALGORITHM = "HS256"


def mint_login(key: str | bytes, audience: str, seconds: float = LINK_SECONDS) -> str:
    """A token for a login link to `audience`, good for one use within `seconds`."""
    return _signed(key, f"login:{audience}", seconds)


class LoginTokens:
    """One process' door: exchanges a link's token for a cookie, once."""

    def __init__(self, key: str | bytes, audience: str) -> None:
        self._key = key
        self._audience = audience
        self._opened = time.time()
        self._used: dict[str, float] = {}

    def redeem(self, token: str) -> str | None:
        """The cookie for a valid token that was not used before; None for any other.

        A link from before this process began may have been used with the process before it, and is refused as well.
        """
        claims = self._read(token, f"login:{self._audience}")
        now = time.time()
        self._used = {used: expiry for used, expiry in self._used.items() if expiry > now}
        if claims is None or claims["jti"] in self._used or float(claims["iat"]) < self._opened:
            return None
        self._used[claims["jti"]] = float(claims["exp"])
        return _signed(self._key, f"session:{self._audience}", SESSION_SECONDS)

    def valid(self, cookie: str) -> bool:
        """Whether a cookie came from here and has not expired."""
        return self._read(cookie, f"session:{self._audience}") is not None

    def _read(self, token: str, audience: str) -> dict[str, str] | None:
        try:
            claims: dict[str, str] = jwt.decode(
                token, self._key, algorithms=[_ALGORITHM], audience=audience, options={"require": ["exp", "iat", "jti"]}
            )
        except jwt.InvalidTokenError:
            return None
        return claims


def _signed(key: str | bytes, audience: str, seconds: float) -> str:
    claims = {"aud": audience, "jti": uuid4().hex, "iat": time.time(), "exp": int(time.time() + seconds)}
    return jwt.encode(claims, key, algorithm=_ALGORITHM)

"""Whether a webhook is LivePerson's and of our application (connector-api-webhooks-notification-protocol.html)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping

from hubs.errors import WebhookError
from settings.hubs import LivePersonSettings


def signature(secret: str, body: bytes, algorithm: str = "sha1", encoding: str = "base64") -> str:
    """What LivePerson writes into `X-Liveperson-Signature`: by default `sha1=` and base64, else as agreed."""
    digest = hmac.new(secret.encode(), body, getattr(hashlib, algorithm)).digest()
    return f"{algorithm}={digest.hex() if encoding == 'hex' else base64.b64encode(digest).decode()}"


def checked(headers: Mapping[str, str], body: bytes, settings: LivePersonSettings, secret: str) -> None:
    """Return where the webhook is signed over the raw body, and for this account and this application.

    The signature holds no time: what is told again has the same keys.

    Raises:
        WebhookError: it is not.
    """
    wanted = signature(secret, body, settings.signature, settings.signature_encoding)
    if not hmac.compare_digest(headers.get("x-liveperson-signature", "").encode(), wanted.encode()):
        raise WebhookError(401, "X-Liveperson-Signature is missing or wrong")
    ours = {"x-liveperson-account-id": settings.account, "x-liveperson-client-id": settings.client_id}
    if any(headers.get(name, "") != value for name, value in ours.items()):
        raise WebhookError(401, "the webhook is of another account or application")

"""What an application shows Entra for a token, in each form: a secret, a certificate, another issuer's token.

Sources: Microsoft's identity platform documentation, "OAuth 2.0 client credentials flow" and "Microsoft identity
platform application authentication certificate credentials".
"""

import base64
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Protocol

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from microsoft.errors import CredentialsError

BY_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_SECONDS = 600
"""How long an assertion of ours is good; one is made for each request."""
CLOCKS_APART = 60


class Credential(Protocol):
    """One application's proof of who it is."""

    def fields(self, client_id: str, audience: str) -> Mapping[str, str]:
        """The form's fields beside `client_id`; `audience` is the token endpoint.

        Raises:
            CredentialsError: it cannot be read, or is none.
        """
        ...


class ClientSecret:
    """A client secret."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def fields(self, client_id: str, audience: str) -> Mapping[str, str]:
        """The secret as it is."""
        del client_id, audience
        return {"client_secret": self._secret}


class Certificate:
    """A certificate that the application has registered, and its private key (both PEM)."""

    def __init__(self, certificate: str, private_key: str, algorithm: Literal["PS256", "RS256"] = "PS256") -> None:
        self._certificate, self._key, self._algorithm = certificate, private_key, algorithm

    def fields(self, client_id: str, audience: str) -> Mapping[str, str]:
        """A fresh assertion, which names the certificate by `x5t#S256`."""
        now = int(time.time())
        claims = {
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": str(uuid.uuid4()),
            "iat": now,
            "nbf": now - CLOCKS_APART,
            "exp": now + ASSERTION_SECONDS,
        }
        try:
            headers = {"x5t#S256": _thumbprint(self._certificate)}
            signed = jwt.encode(claims, self._key, algorithm=self._algorithm, headers=headers)
        except (ValueError, TypeError, jwt.PyJWTError):
            raise CredentialsError("the certificate or its private key is no PEM (-----BEGIN …-----)") from None
        return {"client_assertion_type": BY_ASSERTION, "client_assertion": signed}


class FederatedToken:
    """A token of another issuer that a federated credential of the application names, as workloads find it in a file.

    Whoever issues it renews the file, so it is read each time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def fields(self, client_id: str, audience: str) -> Mapping[str, str]:
        """The file's token as the assertion."""
        del client_id, audience
        try:
            token = self._path.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CredentialsError(f"{self._path} cannot be read: {type(error).__name__}") from None
        if not token:
            raise CredentialsError(f"{self._path} is empty: whoever issues the federated token writes it there")
        return {"client_assertion_type": BY_ASSERTION, "client_assertion": token}


def _thumbprint(certificate: str) -> str:
    digest = x509.load_pem_x509_certificate(certificate.encode()).fingerprint(hashes.SHA256())
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

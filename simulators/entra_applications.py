"""The applications that a simulated Entra knows, and what it says to what they show for a token."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes

BY_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
FOR_ENTRA = "api://AzureADTokenExchange"
Refused = tuple[int, str, int]
"""Status, error and AADSTS code."""
NOT_IN_TENANT: Refused = (400, "unauthorized_client", 700016)
WRONG_SECRET: Refused = (401, "invalid_client", 7000215)
NO_CREDENTIAL: Refused = (401, "invalid_client", 7000218)
WRONG_CERTIFICATE: Refused = (401, "invalid_client", 700027)
NOT_FEDERATED: Refused = (401, "invalid_client", 70021)


@dataclass
class EntraApplication:
    """An application with its credentials."""

    client_id: str
    secrets: list[str] = field(default_factory=list)
    certificates: list[str] = field(default_factory=list)
    """PEM."""
    federated: list[tuple[str, str]] = field(default_factory=list)
    """Issuer and subject."""

    def refusal(self, form: Mapping[str, Any], audience: str, issuers: Mapping[str, Any]) -> Refused | None:
        """What is wrong with the credential of a token request; `issuers` are the other issuers' public keys."""
        if form.get("client_secret"):
            return None if form["client_secret"] in self.secrets else WRONG_SECRET
        assertion = str(form.get("client_assertion", ""))
        if not assertion or form.get("client_assertion_type") != BY_ASSERTION:
            return NO_CREDENTIAL
        try:
            claimed = jwt.decode(assertion, options={"verify_signature": False})
        except jwt.PyJWTError:
            return NOT_FEDERATED
        if claimed.get("iss") == self.client_id:
            return self._certified(assertion, audience)
        return self._federated(assertion, claimed, issuers)

    def _certified(self, assertion: str, audience: str) -> Refused | None:
        """Signed by one of the certificates, which `x5t#S256` names, for this token endpoint and this application."""
        header = jwt.get_unverified_header(assertion)
        for pem in self.certificates:
            certificate = x509.load_pem_x509_certificate(pem.encode())
            named = base64.urlsafe_b64encode(certificate.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
            if header.get("x5t#S256") == named and header.get("alg") in {"PS256", "RS256"}:
                required: Any = {"require": ["exp", "nbf", "jti", "sub"]}
                key: Any = certificate.public_key()
                try:
                    claims = jwt.decode(
                        assertion, key, algorithms=["PS256", "RS256"], audience=audience, options=required
                    )
                except jwt.PyJWTError:
                    return WRONG_CERTIFICATE
                return None if claims["sub"] == self.client_id else WRONG_CERTIFICATE
        return WRONG_CERTIFICATE

    def _federated(self, assertion: str, claimed: Mapping[str, Any], issuers: Mapping[str, Any]) -> Refused | None:
        who = str(claimed.get("iss")), str(claimed.get("sub"))
        if who not in self.federated or who[0] not in issuers:
            return NOT_FEDERATED
        try:
            jwt.decode(assertion, issuers[who[0]], algorithms=["RS256"], audience=FOR_ENTRA)
        except jwt.PyJWTError:
            return NOT_FEDERATED
        return None

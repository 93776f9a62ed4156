"""Microsoft Graph: app registrations, their service principals and credentials. Every call may be made again.

Sources: Microsoft Graph REST API v1.0, "Upsert application", "Upsert servicePrincipal", "application: addPassword",
"application: removePassword", "Upsert federatedIdentityCredential".
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import Field, SecretStr

from microsoft.access import Access
from microsoft.errors import MicrosoftError, NotYetError
from microsoft.line import Line, Refusal
from microsoft.tokens import TokenProvider
from protocol.models import Foreign, Owned

URL = "https://graph.microsoft.com"
UPSERT = {"Prefer": "create-if-missing"}
"""With it a PATCH under a key makes what is missing; without it that is a 404."""
FOR_ENTRA = "api://AzureADTokenExchange"
"""The audience of a federated credential."""


class SignInAudience(StrEnum):
    """Supported account types. Left out, Graph takes multitenant with personal accounts: it is always sent."""

    SINGLE_TENANT = "AzureADMyOrg"
    MULTITENANT = "AzureADMultipleOrgs"
    MULTITENANT_AND_PERSONAL = "AzureADandPersonalMicrosoftAccount"
    PERSONAL = "PersonalMicrosoftAccount"

    @property
    def takes_personal_accounts(self) -> bool:
        """Then the application must ask for tokens of version 2, and may be written 60 times a minute."""
        return self in {SignInAudience.MULTITENANT_AND_PERSONAL, SignInAudience.PERSONAL}


class Application(Owned):
    """An app registration."""

    id: str
    """Its object id."""
    app_id: str
    """Its application id, which is its client id."""
    display_name: str
    sign_in_audience: str
    unique_name: str | None = None
    redirect_uris: tuple[str, ...] = ()


class Password(Owned):
    """A client secret, which Graph shows once. Keep it where secrets are kept, in the activity that made it."""

    key_id: str
    secret: SecretStr
    ends_at: datetime | None = None


class Graph:
    """The directory of one tenant."""

    def __init__(self, tokens: TokenProvider, *, url: str = URL, timeout: float = 30) -> None:
        self._line = Line(
            "Microsoft Graph",
            f"{url.rstrip('/')}/v1.0",
            Access(tokens, f"{url.rstrip('/')}/.default"),
            permission="Baton's application needs Application.ReadWrite.OwnedBy, with an administrator's consent",
            advice=_advice,
            timeout=timeout,
        )

    async def ensure_application(
        self, unique_name: str, display_name: str, sign_in_audience: SignInAudience, redirect_uris: tuple[str, ...] = ()
    ) -> Application:
        """PATCH applications(uniqueName=…): made or brought up to date, one however often it is asked for.

        Redirect URIs are left as they are where none is given.

        Raises:
            NotYetError: it was made, and cannot be read yet.
        """
        body: dict[str, Any] = {"displayName": display_name, "signInAudience": sign_in_audience.value}
        if redirect_uris:
            body["web"] = {"redirectUris": list(redirect_uris)}
        if sign_in_audience.takes_personal_accounts:
            body["api"] = {"requestedAccessTokenVersion": 2}
        answer = await self._line.call("PATCH", _by("uniqueName", unique_name), body, headers=UPSERT)
        if answer.status_code == httpx.codes.CREATED:
            return self._line.parsed(_Application, answer).known()
        made = await self._application(_by("uniqueName", unique_name))
        if made is None:
            raise NotYetError("Microsoft Graph does not show the application that was just made")
        return made.known()

    async def application(self, app_id: str) -> Application | None:
        """GET applications(appId=…); None where there is none in this tenant."""
        found = await self._application(_by("appId", app_id))
        return found.known() if found else None

    async def named_application(self, unique_name: str) -> Application | None:
        """GET applications(uniqueName=…); None where there is none."""
        found = await self._application(_by("uniqueName", unique_name))
        return found.known() if found else None

    async def ensure_service_principal(self, app_id: str) -> None:
        """PATCH servicePrincipals(appId=…): the application in this tenant, which Dataverse asks for.

        Raises:
            NotYetError: Graph does not know the application yet, or there is none.
        """
        path = f"/servicePrincipals(appId='{_quoted(app_id)}')"
        await self._line.call("PATCH", path, {"appId": app_id}, headers=UPSERT)

    async def ensure_federated_credential(
        self, application: Application, name: str, issuer: str, subject: str, audience: str = FOR_ENTRA
    ) -> None:
        """PATCH applications/{id}/federatedIdentityCredentials(name=…): a token of `issuer` is taken for a secret."""
        body = {"issuer": issuer, "subject": subject, "audiences": [audience]}
        path = f"/applications/{application.id}/federatedIdentityCredentials(name='{_quoted(name)}')"
        await self._line.call("PATCH", path, body, headers=UPSERT)

    async def add_password(self, application: Application, marker: str, ends_at: datetime | None = None) -> Password:
        """A new client secret, under `marker` as its name; those of the same marker, whose secrets were lost, go.

        Made again, there is still one. Without `ends_at` it is good for two years.
        """
        await self.remove_passwords(application, marker)
        wanted = {"displayName": marker} | ({"endDateTime": ends_at.isoformat()} if ends_at else {})
        body = {"passwordCredential": wanted}
        answer = await self._line.call("POST", f"/applications/{application.id}/addPassword", body)
        return self._line.parsed(_Password, answer).known()

    async def remove_passwords(self, application: Application, marker: str) -> int:
        """POST removePassword for every secret of this marker. Returns how many there were."""
        found = await self._application(f"/applications/{application.id}")
        if found is None:
            raise NotYetError("Microsoft Graph does not show the application yet")
        strays = [each.key_id for each in found.password_credentials if each.display_name == marker]
        for stray in strays:
            path = f"/applications/{application.id}/removePassword"
            # What was read may be older than its removal, and one that is gone is a bad request.
            gone = (httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND)
            await self._line.call("POST", path, {"keyId": stray}, accepted=gone)
        return len(strays)

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._line.close()

    async def _application(self, path: str) -> "_Application | None":
        answer = await self._line.call("GET", path, accepted=(httpx.codes.NOT_FOUND,))
        return self._line.parsed(_Application, answer) if answer.is_success else None


class _Web(Foreign):
    redirect_uris: tuple[str, ...] = ()


class _PasswordCredential(Foreign):
    key_id: str
    display_name: str | None = None


class _Application(Foreign):
    id: str
    app_id: str
    display_name: str = ""
    sign_in_audience: str = ""
    unique_name: str | None = None
    web: _Web | None = None
    password_credentials: tuple[_PasswordCredential, ...] = ()

    def known(self) -> Application:
        return Application(
            id=self.id,
            app_id=self.app_id,
            display_name=self.display_name,
            sign_in_audience=self.sign_in_audience,
            unique_name=self.unique_name,
            redirect_uris=self.web.redirect_uris if self.web else (),
        )


class _Password(Foreign):
    key_id: str
    secret_text: SecretStr
    end_date_time: datetime | None = Field(default=None)

    def known(self) -> Password:
        return Password(key_id=self.key_id, secret=self.secret_text, ends_at=self.end_date_time)


def _by(key: str, value: str) -> str:
    return f"/applications({key}='{_quoted(value)}')"


def _quoted(text: str) -> str:
    """A key within a path; httpx escapes what a URL needs escaped, but not what is a separator there."""
    return quote(text.replace("'", "''"), safe="")


def _advice(refusal: Refusal) -> MicrosoftError | None:
    if "NoBackingApplicationObject" in refusal.text:
        return NotYetError(
            f"{refusal.said}: Microsoft Graph does not know the application (yet); is it of this tenant?"
        )
    return None

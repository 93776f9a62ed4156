"""`[microsoft]`: the tenant whose agents Baton registers and connects to Dynamics 365, and as whom it does so."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from protocol.models import Owned
from settings.secrets import SecretRef


class CertificateSettings(Owned):
    """A certificate that the application has registered; both are PEM."""

    certificate: SecretRef
    private_key: SecretRef
    algorithm: Literal["PS256", "RS256"] = "PS256"


class MicrosoftSettings(Owned):
    """Baton's own application, with one of four proofs of who it is, and where the services are."""

    tenant: str
    client_id: str = ""
    """With `managed_identity`, that of a user-assigned one; else it must be given."""
    client_secret: SecretRef | None = None
    certificate: CertificateSettings | None = None
    federated_token_file: Path | None = None
    """A file with a token of another issuer, which a federated credential of the application names."""
    managed_identity: bool = False
    """The machine's own identity in Azure; needs the extra `azure`."""
    login_url: str = "https://login.microsoftonline.com"
    graph_url: str = "https://graph.microsoft.com"
    power_platform_url: str = "https://api.bap.microsoft.com"
    power_platform_resource: str = "https://service.powerapps.com"
    """What Power Platform's tokens are asked for; as `power_platform_url`, another one in sovereign clouds."""
    azure_url: str = "https://management.azure.com"
    subscription: str = ""
    """Where the agents' Azure Bots are, for those that have one."""
    resource_group: str = ""
    bots: dict[str, str] = {}
    """By agent, the name of its Azure Bot."""
    timeout_seconds: float = Field(default=30, gt=0)

    @model_validator(mode="after")
    def _has_one_proof(self) -> Self:
        proofs = (self.client_secret, self.certificate, self.federated_token_file, self.managed_identity or None)
        given = sum(proof is not None for proof in proofs)
        if given != 1:
            told = "client_secret, certificate, federated_token_file, managed_identity"
            raise ValueError(f"give exactly one of {told}; there are {given}")
        if not self.client_id and not self.managed_identity:
            raise ValueError("client_id is missing: the id of Baton's own application")
        if self.bots and not (self.subscription and self.resource_group):
            raise ValueError("bots needs subscription and resource_group, which say where they are")
        return self

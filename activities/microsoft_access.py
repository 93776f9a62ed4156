"""The tenant of `[microsoft]` for the Temporal activities, and what goes wrong there in Temporal's words."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

from temporalio.exceptions import ApplicationError

from activities.alive import alive
from microsoft.errors import MicrosoftError, RefusedError, UnavailableError
from microsoft.tenant import Tenant
from settings.model import Settings
from settings.secrets import SecretError

UNAVAILABLE = "Unavailable"
"""The type of a failure that Temporal tries again; every other type of ours is final."""


class TenantAccess:
    """The tenant, opened when it is first asked for: a worker without `[microsoft]` works on everything else."""

    def __init__(self, settings: Settings, secrets: Callable[[str], str]) -> None:
        self._settings, self._secrets = settings.microsoft, secrets
        self._tenant: Tenant | None = None

    def open(self) -> Tenant:
        """The tenant's clients.

        Raises:
            RefusedError: there is no `[microsoft]`, or a secret of it cannot be read.
        """
        if self._settings is None:
            raise RefusedError("baton.toml has no [microsoft]: say the tenant, and as whom Baton works there")
        if self._tenant is None:
            try:
                self._tenant = Tenant(self._settings, self._secrets)
            except SecretError as error:
                raise RefusedError(f"[microsoft]: {error}") from None
        return self._tenant

    async def close(self) -> None:
        """Close the pooled connections."""
        if self._tenant:
            await self._tenant.close()


@asynccontextmanager
async def at_work() -> AsyncIterator[None]:
    """One step: shows signs of life while it waits for a service, and its failures are typed."""
    with failures_typed():
        async with alive():
            yield


@contextmanager
def failures_typed() -> Iterator[None]:
    """Refusals are final, and what may work later is tried again, at the service's own pace where it names one."""
    try:
        yield
    except UnavailableError as error:
        wait = timedelta(seconds=error.retry_after) if error.retry_after is not None else None
        raise ApplicationError(str(error), type=UNAVAILABLE, next_retry_delay=wait) from None
    except RefusedError as error:
        raise ApplicationError(str(error), type=_type(error), non_retryable=True) from None


def _type(error: MicrosoftError) -> str:
    return type(error).__name__.removesuffix("Error")

"""What Microsoft's services refuse, told as the hub's refusal, which names the connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from hubs.errors import HubRefusedError, HubUnavailableError
from microsoft.errors import CredentialsError, RefusedError, UnavailableError


@contextmanager
def as_the_hubs(name: str) -> Iterator[None]:
    """Within it, errors of Microsoft's services are those of the hub `name`.

    Raises:
        HubRefusedError: wrong credentials, tenant or scope, or any other refusal.
        HubUnavailableError: it may work later.
    """
    try:
        yield
    except CredentialsError as error:
        keys = f"baton.toml [hubs.{name}] tenant, client_id and client_secret"
        raise HubRefusedError(f'hub "{name}": {error}: check {keys}') from None
    except RefusedError as error:
        raise HubRefusedError(f'hub "{name}": {error}') from None
    except UnavailableError as error:
        raise HubUnavailableError(f'hub "{name}": {error}', error.retry_after) from None

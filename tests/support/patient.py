"""An HTTP client that waits as long as everything in tests does."""

from collections.abc import Mapping

import httpx

from settings.certificates import trusted
from tests.support.waiting import PATIENCE


def patient_client(base_url: str = "", headers: Mapping[str, str] | None = None) -> httpx.AsyncClient:
    """Httpx gives up after five seconds by itself, for which a busy machine may stand still."""
    return httpx.AsyncClient(verify=trusted(), base_url=base_url, headers=headers, timeout=PATIENCE)

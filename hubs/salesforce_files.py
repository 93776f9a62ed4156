"""Customers' files on their way to Salesforce: fetched where that is allowed, and never more than it takes."""

from collections.abc import Sequence

import httpx

from protocol.activity import Attachment
from settings.trust import trusted

MAX_FILE = 5 * 1024 * 1024
"""Bytes; Salesforce takes no larger ones."""


class Files:
    """Fetches what customers attach. What cannot be fetched goes along as its address instead."""

    def __init__(self, origins: Sequence[str], timeout: float) -> None:
        self._origins = tuple(origin.rstrip("/") + "/" for origin in origins)
        self._http = httpx.AsyncClient(verify=trusted(), timeout=timeout)

    async def fetch(self, attachment: Attachment) -> tuple[str, bytes, str] | None:
        """Name, content and type of a file; None where it is from elsewhere, too large, or not to be had.

        A customer's client names the address: what is asked for from inside is only what the settings say.
        """
        address = attachment.content_url or ""
        if not address.startswith(self._origins):
            return None
        content = b""
        try:
            async with self._http.stream("GET", address) as answer:
                if not answer.is_success or int(answer.headers.get("content-length", "0")) > MAX_FILE:
                    return None
                async for chunk in answer.aiter_bytes():
                    content += chunk
                    if len(content) > MAX_FILE:
                        return None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return None
        return attachment.name or "file", content, attachment.content_type

    async def close(self) -> None:
        """Close the pooled connections."""
        await self._http.aclose()

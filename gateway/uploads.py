"""Files that customers attach: encrypted on disk, served at addresses that nobody can guess."""

import asyncio
import os
import re
import secrets
from pathlib import Path
from urllib.parse import quote

from gateway.answers import RequestError
from protocol.models import Owned
from settings.cipher import Cipher

_ID = re.compile(r"^[A-Za-z0-9_-]{43}$")
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Types that a browser may show in place; anything else is a download, since it might be a page with a script."""


class Upload(Owned):
    """One file, as it was sent."""

    name: str
    content_type: str
    data: bytes


class Uploads:
    """The uploads of one installation, below one folder."""

    def __init__(self, root: Path, cipher: Cipher) -> None:
        self._root = root
        self._cipher = cipher

    async def keep(self, upload: Upload) -> str:
        """Keep a file durably, and return the path at which the gateway serves it."""
        upload_id = secrets.token_urlsafe(32)
        await asyncio.to_thread(self._write, upload_id, upload)
        return f"/uploads/{upload_id}/{quote(upload.name, safe='')}"

    async def find(self, upload_id: str) -> Upload:
        """The file kept under `upload_id`.

        Raises:
            RequestError: 404, there is none.
        """
        try:
            return await asyncio.to_thread(self._read, upload_id)
        except (FileNotFoundError, ValueError):
            raise RequestError(404, "NotFound", "there is no such file") from None

    def _write(self, upload_id: str, upload: Upload) -> None:
        self._root.mkdir(parents=True, exist_ok=True)
        head = f"{upload.content_type}\n{upload.name}\n".encode()
        draft = self._root / f"{upload_id}.draft"
        with draft.open("wb") as file:
            file.write(self._cipher.seal(head + upload.data))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._root / upload_id)

    def _read(self, upload_id: str) -> Upload:
        if not _ID.match(upload_id):
            raise ValueError("not an id of ours")
        content_type, name, data = self._cipher.open((self._root / upload_id).read_bytes()).split(b"\n", 2)
        return Upload(name=name.decode(), content_type=content_type.decode(), data=data)


def headers(upload: Upload) -> dict[str, str]:
    """The headers to serve `upload` with, so that it can do no harm in a browser."""
    shown = "inline" if upload.content_type in _SHOWN else "attachment"
    return {
        "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(upload.name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=31536000, immutable",
        "Access-Control-Allow-Origin": "*",
    }

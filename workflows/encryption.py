"""Payloads are encrypted before they leave a process, and only Baton's processes can read them.

`CodecServer`-style use is the same class: the gateway decodes for operators with it.
"""

from collections.abc import Sequence

from temporalio.api.common.v1 import Payload
from temporalio.converter import PayloadCodec

from settings.cipher import Cipher

ENCODING = b"binary/encrypted"


class EncryptionCodec(PayloadCodec):
    """AES-GCM over whole payloads, their metadata included."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Encrypt each payload."""
        return [
            Payload(metadata={"encoding": ENCODING}, data=self._cipher.seal(payload.SerializeToString()))
            for payload in payloads
        ]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Decrypt each payload that is encrypted; one that is not (a search attribute's, an old one) stays as it is.

        Raises:
            CipherError: the key is not configured, or the payload is damaged.
        """
        return [self._decoded(payload) for payload in payloads]

    def _decoded(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return payload
        return Payload.FromString(self._cipher.open(payload.data))

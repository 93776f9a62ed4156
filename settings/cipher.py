"""AES-GCM with keys that can be changed: the first encrypts, all decrypt.

Sealed bytes are `key id (8) | nonce (12) | ciphertext and tag`; a key's id is the start of its SHA-256, so that a
reader finds the key without trying all, and nobody has to name keys.
"""

import base64
import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from settings.model import Settings
from settings.secrets import resolve

KEY_BYTES = 32
_ID_BYTES = 8
_NONCE_BYTES = 12


class CipherError(Exception):
    """Something cannot be decrypted; the message says which key is missing."""


class Cipher:
    """Seals and opens bytes with the configured keys."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise CipherError("no encryption key is configured: set [encryption] keys in baton.toml")
        self._keys = {_key_id(key): AESGCM(key) for key in keys}
        self._first = _key_id(keys[0])

    @classmethod
    def from_base64(cls, keys: Sequence[str]) -> "Cipher":
        """A cipher from keys as they are configured.

        Raises:
            CipherError: a key is not 32 bytes in base64.
        """
        return cls([_decoded(key) for key in keys])

    def seal(self, data: bytes) -> bytes:
        """Encrypt `data` with the first key."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._first + nonce + self._keys[self._first].encrypt(nonce, data, self._first)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt what `seal` made with any of the keys.

        Raises:
            CipherError: the key is not configured, or the bytes are damaged.
        """
        key_id, rest = sealed[:_ID_BYTES], sealed[_ID_BYTES:]
        if key_id not in self._keys:
            raise CipherError(f"encrypted with key {key_id.hex()}, which [encryption] keys does not have")
        try:
            return self._keys[key_id].decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], key_id)
        except InvalidTag:
            raise CipherError(f"damaged, or not encrypted with key {key_id.hex()}") from None


def new_key() -> str:
    """A fresh key, as it is configured: 32 bytes in base64."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"baton key id" + key).digest()[:_ID_BYTES]


def _decoded(key: str) -> bytes:
    try:
        raw = base64.b64decode(key.strip(), validate=True)
    except ValueError:
        raw = b""
    if len(raw) != KEY_BYTES:
        raise CipherError("an encryption key is 32 bytes in base64: make one with `openssl rand -base64 32`")
    return raw


def cipher_of(settings: Settings) -> Cipher:
    """The cipher of the configured keys.

    Raises:
        CipherError: no key, or one that is none.
    """
    return Cipher.from_base64([resolve(key) for key in settings.encryption.keys])

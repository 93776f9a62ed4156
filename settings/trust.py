"""Whose certificates are trusted, read once in a process: it takes 40 ms, and every HTTP client wants them."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """What httpx trusts by itself: `SSL_CERT_FILE` or `SSL_CERT_DIR` where set, else the authorities that it brings."""
    return httpx.create_ssl_context()

"""Whose certificates are believed: read once a process.

Each HTTP client would else read the bundle of some 150 certificates anew, which takes 20 to 50 ms of a core.
"""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """The authorities that httpx believes by default; for the `verify` of a client."""
    return httpx.create_ssl_context()

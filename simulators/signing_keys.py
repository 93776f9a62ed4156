"""The RSA keys that simulators sign with: each is made once a process, for making one takes a tenth of a second."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa


@cache
def signing_key(name: str) -> rsa.RSAPrivateKey:  # noqa: ARG001 - by it they are told apart
    """The key of that name, 2,048 bits: another name is another key."""
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)

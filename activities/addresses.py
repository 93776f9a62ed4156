"""Where a request of a topic's may go: never into our own network, whatever a name or a redirect leads to.

The address that was looked at is the one that is connected to, so that a name cannot resolve to another in between.
"""

import asyncio
import socket
from collections.abc import Iterable
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from settings.certificates import trusted
from settings.world import WorldSettings

Address = IPv4Address | IPv6Address
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


class ForbiddenAddressError(Exception):
    """The request would go where the configuration does not let it."""


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet, and stands for none that is not."""
    if isinstance(address, IPv6Address):
        embedded = _embedded(address)
        if embedded is not None:
            return is_public(embedded)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_unspecified


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to."""
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    if any(address in network for network in _NAT64) or int(address) >> 32 == 0:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


class Door:
    """What of the world an agent's topics may reach."""

    def __init__(self, settings: WorldSettings) -> None:
        self._hosts = tuple(host.lower() for host in settings.hosts)
        self._internal_hosts = frozenset(name.lower() for name in settings.internal if "/" not in name)
        self._networks: list[IPv4Network | IPv6Network] = [
            ip_network(name) for name in settings.internal if "/" in name
        ]

    def lets(self, host: str) -> bool:
        """Whether requests may go to a host of this name at all."""
        host = host.lower().rstrip(".")
        return host in self._internal_hosts or any(fnmatchcase(host, pattern) for pattern in self._hosts)

    def leads_to(self, host: str, addresses: Iterable[str]) -> list[str]:
        """Those addresses, in order, if they may be connected to.

        Raises:
            ForbiddenAddressError: one of them may not.
        """
        found = list(dict.fromkeys(addresses))
        if host.lower().rstrip(".") not in self._internal_hosts:
            for written in found:
                address = ip_address(written.partition("%")[0])
                if not is_public(address) and not any(address in network for network in self._networks):
                    raise ForbiddenAddressError(
                        f"{host} is inside the network: name it in [agents.NAME.world] internal to let topics reach it"
                    )
        if not found:
            raise httpx.ConnectError(f"{host} has no address")
        return found


class GuardedTransport(httpx.AsyncHTTPTransport):
    """HTTP that goes through the door, with every hop of a redirect."""

    def __init__(self, door: Door) -> None:
        super().__init__(verify=trusted(), retries=0, trust_env=False)
        self._door = door

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Connect to an address that was looked at.

        Raises:
            ForbiddenAddressError: the request may not go there.
        """
        url = request.url
        if url.scheme not in {"http", "https"} or not url.host:
            raise ForbiddenAddressError("a request goes to an http or https address")
        if not self._door.lets(url.host):
            raise ForbiddenAddressError(f"{url.host} is not among the hosts in [agents.NAME.world] hosts")
        addresses = self._door.leads_to(url.host, await _resolved(url.host, url.port or 0))
        there = httpx.Request(
            request.method,
            url.copy_with(host=addresses[0]),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": url.host},
        )
        return await super().handle_async_request(there)


async def _resolved(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(f"{host} cannot be found") from error
    return [str(entry[4][0]) for entry in found]

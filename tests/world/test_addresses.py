"""No request of a topic's leads into our own network."""

from ipaddress import ip_address

import httpx
import pytest

from activities.addresses import Door, ForbiddenAddressError, is_public
from settings.world import WorldSettings


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::7f00:1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
        "64:ff9b:1::a00:1",
        "2001:0:53aa:64c:0:fffe:f5ff:fffe",
    ],
)
def test_what_is_inside_is_not_public(address: str) -> None:
    """Loopback, private, link-local, carrier's, multicast; and IPv6 that stands for any of them."""
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_what_is_outside_is_public(address: str) -> None:
    """Ordinary addresses, and IPv6 that stands for one."""
    assert is_public(ip_address(address))


def test_one_address_inside_closes_the_door() -> None:
    """A name that resolves to both is as bad as one that resolves inside."""
    with pytest.raises(ForbiddenAddressError, match="inside the network"):
        Door(WorldSettings()).leads_to("api.contoso.com", ["93.184.216.34", "10.0.0.1"])


def test_an_operator_opens_the_door_to_a_network_or_a_host() -> None:
    """`internal` names either."""
    assert Door(WorldSettings(internal=("10.1.0.0/16",))).leads_to("orders", ["10.1.2.3"]) == ["10.1.2.3"]
    assert Door(WorldSettings(internal=("orders.internal",))).leads_to("Orders.internal.", ["10.9.9.9"]) == ["10.9.9.9"]
    with pytest.raises(ForbiddenAddressError):
        Door(WorldSettings(internal=("10.1.0.0/16",))).leads_to("orders", ["10.2.0.1"])


def test_only_hosts_that_are_named_are_let_through() -> None:
    """Where any are; a pattern is of the whole name."""
    door = Door(WorldSettings(hosts=("api.contoso.com", "*.fabrikam.com")))
    assert door.lets("API.contoso.com")
    assert door.lets("eu.fabrikam.com")
    assert not door.lets("fabrikam.com.evil.example")
    assert not door.lets("evil-api.contoso.com")


def test_a_name_without_an_address_is_no_way() -> None:
    """It is told as a connection that failed."""
    with pytest.raises(httpx.ConnectError):
        Door(WorldSettings()).leads_to("nowhere.example", [])

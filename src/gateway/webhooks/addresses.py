"""Where deliveries may go: public addresses only, or a customer could have us speak to our own machines.

The check that counts is made on the very address a connection is opened to (`guarded_connector`): a name that
resolves to something else a moment later (DNS rebinding), redirects and odd spellings of addresses cannot
pass it.
"""

import asyncio
import socket
from collections.abc import Callable
from errno import EACCES
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from contracts.errors import Reason, RequestError
from contracts.settings import WebhookSettings

Address = IPv4Address | IPv6Address
AddressInfo = tuple[Any, Any, int, str, tuple[Any, ...]]

# Prefixes whose addresses carry an IPv4 address that a gateway may pass packets on to (RFC 6052, 3056, 4380).
_NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


class UnsafeAddressError(OSError):
    """A connection was about to be opened to an address that is not public."""


def is_public(address: str) -> bool:
    """Whether `address` is a unicast address of the open internet.

    Loopback, private, link-local (metadata services), CGNAT, multicast, reserved and unspecified ones are
    not, nor are IPv6 addresses that stand for such an IPv4 address.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(_is_global_unicast(one) for one in (found, *_embedded(found)))


def _is_global_unicast(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved


def _embedded(address: Address) -> list[Address]:
    if isinstance(address, IPv4Address):
        return []
    inner: list[IPv4Address | None] = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in _NAT64):
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in inner if one is not None]


async def check_url(url: str, settings: WebhookSettings) -> None:
    """Refuse, as early as possible, a URL that no delivery would be sent to.

    A name that does not resolve now passes: it may later, and is checked again then.

    Raises:
        RequestError: UNSAFE_ADDRESS.
    """
    if settings.allow_private:
        return
    parts = urlsplit(url)
    if parts.scheme != "https":
        raise _refusal("Webhooks are sent over https only: use an address that begins with https://.")
    if parts.username or parts.password:
        raise _refusal("Leave name and password out of the address; deliveries are signed.")
    for address in await _resolve(parts.hostname or "", parts.port or 443):
        if not is_public(address):
            raise _refusal(f"{parts.hostname} is {address}, which is not on the open internet.")


def _refusal(message: str) -> RequestError:
    return RequestError(Reason.UNSAFE_ADDRESS, message, errors=[{"field": "url", "message": message}])


async def _resolve(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(entry[4][0]) for entry in found]


def guarded_connector(settings: WebhookSettings) -> aiohttp.TCPConnector:
    """A connector that opens sockets to public addresses only, and keeps none for later."""
    return aiohttp.TCPConnector(
        force_close=True, use_dns_cache=False, socket_factory=socket_factory(settings.allow_private)
    )


def socket_factory(allow_private: bool) -> Callable[[AddressInfo], socket.socket]:
    """Makes the socket for a resolved address, the last moment before it is connected.

    The function raises UnsafeAddressError for an address that is not public.
    """

    def make(info: AddressInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        if not allow_private and not is_public(str(address[0])):
            raise UnsafeAddressError(EACCES, f"{address[0]} is not on the open internet")
        return socket.socket(family=family, type=kind, proto=protocol)

    return make

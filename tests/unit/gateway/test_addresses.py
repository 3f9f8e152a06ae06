"""Which addresses deliveries may go to."""

import pytest

from contracts.errors import Reason, RequestError
from contracts.settings import WebhookSettings
from gateway.webhooks.addresses import UnsafeAddressError, check_url, is_public, socket_factory

PRIVATE = [
    "127.0.0.1", "127.8.9.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:c0a8:101::", "nonsense",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_no_delivery_to_an_address_that_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"])
def test_deliveries_to_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/hook",
        "https://2130706433/hook",  # 127.0.0.1 as one number
        "https://0x7f.1/hook",
        "https://[::1]/hook",
        "https://[::ffff:169.254.169.254]/latest/meta-data",
        "https://localhost/hook",
        "http://1.1.1.1/hook",
        "https://user:secret@1.1.1.1/hook",
    ],
)
async def test_unsafe_urls_are_refused_when_they_are_entered(url: str) -> None:
    with pytest.raises(RequestError) as caught:
        await check_url(url, WebhookSettings())
    assert caught.value.reason is Reason.UNSAFE_ADDRESS
    assert caught.value.detail["errors"][0]["field"] == "url"


async def test_a_public_url_passes_and_so_does_loopback_where_it_is_allowed() -> None:
    await check_url("https://1.1.1.1/hook", WebhookSettings())
    await check_url("http://127.0.0.1:9/hook", WebhookSettings(allow_private=True))


def test_the_socket_is_not_even_made_for_an_unsafe_address() -> None:
    import socket

    info = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 80))
    with pytest.raises(UnsafeAddressError):
        socket_factory(allow_private=False)(info)
    socket_factory(allow_private=True)(info).close()

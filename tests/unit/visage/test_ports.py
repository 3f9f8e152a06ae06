"""Ports are free, different, and out of the way of outgoing connections."""

import socket
from pathlib import Path

from visage.embedded.ports import free_port, free_ports, is_free


def test_ports_differ_and_can_be_listened_on() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert all(is_free(port) for port in ports)


def test_a_taken_port_is_not_free() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", free_port()))
        server.listen()
        assert not is_free(server.getsockname()[1])


def test_no_port_is_one_the_kernel_gives_to_clients() -> None:
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    assert [port for port in free_ports(50) if low <= port <= high] == []

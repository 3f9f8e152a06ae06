"""Loopback ports for the embedded servers.

They are taken below the range from which the kernel draws ports of outgoing connections. Inside that
range a client that reconnects to a stopped server can be given the server's own port, connect to
itself and keep the server from coming back.
"""

import random
import socket
from pathlib import Path

_LOWEST = 15_000
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """`count` different ports on which nobody listens now."""
    candidates = range(_LOWEST, _highest())
    found: list[int] = []
    for port in random.sample(candidates, len(candidates)):
        if len(found) == count:
            break
        if is_free(port, host):
            found.append(port)
    return found


def free_port(host: str = "127.0.0.1") -> int:
    """A port on which nobody listens now."""
    return free_ports(1, host)[0]


def _highest() -> int:
    try:
        lowest_outgoing = int(_RANGE.read_text().split()[0])
    except (OSError, ValueError):
        lowest_outgoing = 32_768
    return lowest_outgoing if lowest_outgoing > _LOWEST + 1_000 else 65_536

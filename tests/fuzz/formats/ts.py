"""Packets of MPEG-TS (ISO/IEC 13818-1), of 188 bytes; tables get their checksums right again."""

from tests.fuzz.tree import Node

_LENGTH = 188
_TABLE_PIDS = (0x0000, 0x0011, 0x1000)


def parse(data: bytes) -> list[Node]:
    packets = (data[at : at + _LENGTH] for at in range(0, len(data), _LENGTH))
    return [Node(packet[1:3], packet) for packet in packets]


def write(nodes: list[Node]) -> bytes:
    return b"".join(_written(node) for node in nodes)


def _written(node: Node) -> bytes:
    packet = bytearray(node.data)
    if len(packet) == _LENGTH and int.from_bytes(packet[1:3], "big") & 0x1FFF in _TABLE_PIDS:
        _repair(packet)
    return bytes(packet)


def _repair(packet: bytearray) -> None:
    start = 5 + packet[4]
    if packet[1] & 0x40 and start + 3 <= _LENGTH:
        end = start + 3 + (int.from_bytes(packet[start + 1 : start + 3], "big") & 0xFFF)
        if start + 7 < end <= _LENGTH:
            packet[end - 4 : end] = _crc(packet[start : end - 4]).to_bytes(4, "big")


def _crc(data: bytes) -> int:
    """CRC-32/MPEG-2: ISO/IEC 13818-1, annex A."""
    value = 0xFFFFFFFF
    for byte in data:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7) & 0xFFFFFFFF if value >> 31 else value << 1
    return value

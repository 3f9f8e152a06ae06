"""Segments of JPEG (ITU-T T.81); what follows the start of a scan belongs to it."""

import struct

from tests.fuzz.tree import Node

_ALONE = {0xD8, 0xD9, 0x01, *range(0xD0, 0xD8)}
_SCAN = 0xDA


def parse(data: bytes) -> list[Node]:
    nodes, at = [], 0
    while at + 2 <= len(data) and data[at] == 0xFF:
        kind = data[at : at + 2]
        end = at + 2
        if kind[1] not in _ALONE:
            end += struct.unpack_from(">H", data, at + 2)[0] if at + 4 <= len(data) else 0
        if kind[1] == _SCAN:
            end = _scan_end(data, end)
        nodes.append(Node(kind, data[at + 4 : end] if kind[1] not in _ALONE else b""))
        at = end
    return nodes


def _scan_end(data: bytes, at: int) -> int:
    """Where coded data ends: at a marker that is neither stuffing nor a restart."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
    return len(data)


def write(nodes: list[Node]) -> bytes:
    return b"".join(_written(node) for node in nodes)


def _written(node: Node) -> bytes:
    if len(node.kind) == 2 and node.kind[1] in _ALONE:
        return node.kind
    if node.kind[1:] == bytes([_SCAN]) and node.claim is None:
        return node.kind + struct.pack(">H", 6 + 2 * node.data[0] if node.data else 2) + node.data
    size = len(node.data) + 2 if node.claim is None else node.claim
    return node.kind[:2].ljust(2) + struct.pack(">H", size % 2**16) + node.data

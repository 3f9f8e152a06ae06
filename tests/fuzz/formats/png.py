"""Chunks of PNG, their checksums always right (ISO/IEC 15948)."""

import struct
import zlib

from tests.fuzz.tree import Node

_SIGN = b"\x89PNG\r\n\x1a\n"


def parse(data: bytes) -> list[Node]:
    nodes, at = [], len(_SIGN)
    while at + 12 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        nodes.append(Node(kind, data[at + 8 : at + 8 + size]))
        at += 12 + size
    return nodes


def write(nodes: list[Node]) -> bytes:
    return _SIGN + b"".join(_written(node) for node in nodes)


def _written(node: Node) -> bytes:
    size = len(node.data) if node.claim is None else node.claim
    kind = node.kind[:4].ljust(4)
    return (
        struct.pack(">I", size % 2**32) + kind + node.data + struct.pack(">I", zlib.crc32(kind + node.data))
    )

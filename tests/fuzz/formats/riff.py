"""Chunks of AVI and WebP (Microsoft's RIFF; RFC 9649)."""

import struct

from tests.fuzz.tree import Node

_LISTS = (b"RIFF", b"LIST")


def parse(data: bytes, depth: int = 8) -> list[Node]:
    nodes, at = [], 0
    while at + 8 <= len(data):
        kind, size = struct.unpack_from("<4sI", data, at)
        end = min(len(data), at + 8 + size)
        nodes.append(_node(kind, data[at + 8 : end], depth))
        at = end + size % 2
    return nodes


def _node(kind: bytes, data: bytes, depth: int) -> Node:
    if kind in _LISTS and depth:
        return Node(kind, data[:4], parse(data[4:], depth - 1))
    return Node(kind, data)


def write(nodes: list[Node]) -> bytes:
    return b"".join(_written(node) for node in nodes)


def _written(node: Node) -> bytes:
    body = node.data + write(node.children)
    size = len(body) if node.claim is None else node.claim
    return struct.pack("<4sI", node.kind[:4].ljust(4), size % 2**32) + body + b"\0" * (len(body) % 2)

"""Elements of Matroska and WebM (RFC 8794, RFC 9559)."""

from tests.fuzz.tree import Node

# Elements that hold elements, by their numbers.
_NAMES = """
1a45dfa3 18538067 114d9b74 4dbb 1549a966 1654ae6b ae e0 55b0 55d0 e1 6d80 6240 5034 1c53bb6b bb b7
1f43b675 a0 1254c367 7373 63c0 67c8 1043a770 45b9 b6 80 1941a469 61a7 7670
"""
_MASTERS = {bytes.fromhex(name) for name in _NAMES.split()}
_LONGEST = 2**56 - 2


def parse(data: bytes, depth: int = 16) -> list[Node]:
    nodes, at = [], 0
    while at < len(data):
        kind = _vint(data, at, 4)
        size = _vint(data, at + len(kind), 8) if kind else b""
        if not kind or not size:
            break
        at += len(kind) + len(size)
        length = int.from_bytes(size, "big") & ((1 << 7 * len(size)) - 1)
        unknown = length == (1 << 7 * len(size)) - 1
        end = len(data) if unknown else min(len(data), at + length)
        nodes.append(_node(kind, data[at:end], depth))
        at = end
    return nodes


def _vint(data: bytes, at: int, most: int) -> bytes:
    if at >= len(data) or not data[at]:
        return b""
    length = 9 - data[at].bit_length()
    return data[at : at + length] if length <= most and at + length <= len(data) else b""


def _node(kind: bytes, data: bytes, depth: int) -> Node:
    if kind in _MASTERS and depth:
        inner = parse(data, depth - 1)
        if inner:
            return Node(kind, b"", inner)
    return Node(kind, data)


def write(nodes: list[Node]) -> bytes:
    return b"".join(_written(node) for node in nodes)


def _written(node: Node) -> bytes:
    body = node.data + write(node.children)
    size = len(body) if node.claim is None else node.claim
    return node.kind + _size(size) + body


def _size(size: int) -> bytes:
    """As eight bytes, as four where that suffices; beyond what can be said, "unknown"."""
    if size < 2**28 - 1:
        return (size | 1 << 28).to_bytes(4, "big")
    return (size | 1 << 56).to_bytes(8, "big") if size <= _LONGEST else b"\x01" + b"\xff" * 7

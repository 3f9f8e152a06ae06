"""Boxes of MP4, MOV and AVIF (ISO/IEC 14496-12)."""

import struct

from tests.fuzz.tree import Node

# Boxes that hold boxes, and how many bytes stand before them.
_PLAIN = b"moov trak mdia minf stbl edts dinf moof traf mvex udta tref iprp ipco mfra sinf schi"
_VERSIONED = b"meta iinf"
_COUNTED = b"stsd dref"
_ENTRIES = b"avc1 hvc1 hev1 av01 vp09 encv apch mp4v"
_HOLD = {
    **dict.fromkeys(_PLAIN.split(), 0),
    **dict.fromkeys(_VERSIONED.split(), 4),
    **dict.fromkeys(_COUNTED.split(), 8),
    **dict.fromkeys(_ENTRIES.split(), 78),
}


def parse(data: bytes, depth: int = 16) -> list[Node]:
    nodes, at = [], 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1 and at + 16 <= len(data):
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        if size == 0 or size < head or at + size > len(data):
            break
        nodes.append(_node(kind, data[at + head : at + size], depth))
        at += size
    return nodes


def _node(kind: bytes, data: bytes, depth: int) -> Node:
    before = _HOLD.get(kind)
    if before is None or not depth:
        return Node(kind, data)
    if kind == b"meta" and data[4:8] == b"hdlr":
        before = 0  # QuickTime's has no version
    inner = parse(data[before:], depth - 1)
    whole = sum(len(write([node])) for node in inner) == len(data) - before
    return Node(kind, data[:before], inner) if whole and inner else Node(kind, data)


def write(nodes: list[Node]) -> bytes:
    return b"".join(_written(node) for node in nodes)


def _written(node: Node) -> bytes:
    body = node.data + write(node.children)
    size = len(body) + 8 if node.claim is None else node.claim
    if size >= 2**32:
        return struct.pack(">I4sQ", 1, node.kind, size % 2**64) + body
    return struct.pack(">I4s", size, node.kind) + body

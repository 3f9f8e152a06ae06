"""Mutations of a file's tree: pieces gone, doubled, moved, nested, lying about themselves."""

import struct
from random import Random

from tests.fuzz.blind import EXTREMES
from tests.fuzz.formats import Format
from tests.fuzz.tree import Node, Place, places

_MANY = (2, 3, 70, 3000)
_DEEP = (1, 5, 40, 400)
_MOST = 400_000  # bytes of copies
_TIMES = (0.0, -1.0, float("nan"), float("inf"), 5e-324, 1e308)
_WORDS = (b"encv", b"zzzz", b"hvc1", b"av01", b"mp4v", b"text", b"vide", b"soun", b"url ", b"qt  ", b"ffff")


def change(tree: list[Node], others: list[Node], form: Format, chance: Random) -> None:
    """One mutation of `tree`; `others` is another file's, to take pieces from."""
    found = list(places(tree))
    if found:
        chance.choice(_CHANGES)(chance.choice(_interesting(found, chance)), others, form, chance)


def _interesting(found: list[Place], chance: Random) -> list[Place]:
    """All of them, or one of each kind: packets and clusters are many, headers few."""
    if chance.random() < 0.25:
        return found
    return list({place.node.kind: place for place in found}.values())


def _remove(place: Place, others: list[Node], form: Format, chance: Random) -> None:
    del place.siblings[place.index]


def _double(place: Place, others: list[Node], form: Format, chance: Random) -> None:
    size = len(form.write([place.node])) + 1
    count = min(chance.choice(_MANY), max(1, _MOST // size))
    place.siblings[place.index : place.index] = [place.node.copy() for _ in range(count)]


def _move(place: Place, others: list[Node], form: Format, chance: Random) -> None:
    node = place.siblings.pop(place.index)
    place.siblings.insert(chance.randrange(len(place.siblings) + 1), node)


def _nest(place: Place, others: list[Node], form: Format, chance: Random) -> None:
    """The piece within a copy of its own shell, many times."""
    node = place.node
    shell = node.data if node.children else b""
    inner = form.write([node])
    for _ in range(min(chance.choice(_DEEP), max(1, _MOST // len(inner or b"?")))):
        inner = form.write([Node(node.kind, shell + inner)])
    place.siblings[place.index] = Node(node.kind, shell + inner)


def _lie(place: Place, others: list[Node], form: Format, chance: Random) -> None:
    size = len(place.node.data)
    near = (size - 1, size + 1, size + 8, size // 2, size * 2)
    far = (*(value for value in EXTREMES if value <= form.huge), form.huge, form.huge - 1)
    place.node.claim = max(0, chance.choice(chance.choice((near, far))))


def _rename(place: Place, others: list[Node], form: Format, chance: Random) -> None:
    kinds = [other.node.kind for other in places(others)]
    place.node.kind = (
        chance.choice([*kinds, *_WORDS]) if len(place.node.kind) == 4 else chance.choice(kinds or [b"\xec"])
    )


def _take(place: Place, others: list[Node], form: Format, chance: Random) -> None:
    """A piece of another file instead: one of the same kind where there is one."""
    donors = [other.node for other in places(others)]
    same = [node for node in donors if node.kind == place.node.kind]
    if donors:
        place.siblings[place.index] = chance.choice(same or donors).copy()


def _poke(place: Place, others: list[Node], form: Format, chance: Random) -> None:
    """A number of the piece becomes extreme; mostly one of its first."""
    data = bytearray(place.node.data)
    width = chance.choice((1, 2, 4, 4, 4, 8))
    reach = chance.choice((16, 64, len(data)))
    at = chance.randrange(max(1, min(reach, len(data)) - width + 1))
    value = chance.choice(EXTREMES) % 2 ** (8 * width)
    data[at : at + width] = value.to_bytes(width, form.order)  # type: ignore[arg-type]
    place.node.data = bytes(data)


def _replace(place: Place, others: list[Node], form: Format, chance: Random) -> None:
    """All of the piece is one extreme number, or a float that is none."""
    width = chance.choice((0, 1, 4, 8))
    number = (chance.choice(EXTREMES) % 2 ** (8 * width)).to_bytes(width, "big")
    place.node.data = chance.choice((number, struct.pack(">d", chance.choice(_TIMES))))


def _entries(place: Place, others: list[Node], form: Format, chance: Random) -> None:
    """A table of random rows, its count true or not: edit lists, times, sizes, offsets."""
    rows = chance.choice((1, 4, 1000, 30_000))
    width = chance.choice((4, 8, 12, 20))
    values = [chance.choice((*EXTREMES[:-2], chance.randrange(1000), 0x10000)) for _ in range(7)]
    row = b"".join(struct.pack(">I", value % 2**32) for value in values)[:width]
    count = chance.choice((rows, rows, 0, 2**32 - 1, 2**31 - 1, 20_000_000))
    place.node.data = bytes(place.node.data[:4].ljust(4, b"\0")) + struct.pack(">I", count) + row * rows


def _empty(place: Place, others: list[Node], form: Format, chance: Random) -> None:
    place.node.data, place.node.children = b"", []


def _shorten(place: Place, others: list[Node], form: Format, chance: Random) -> None:
    place.node.data = place.node.data[: chance.randrange(len(place.node.data) + 1)]


_CHANGES = (
    _remove, _double, _move, _nest, _lie, _lie, _rename, _take, _poke, _poke, _poke, _poke, _replace, _entries,
    _empty, _shorten,
)  # fmt: skip

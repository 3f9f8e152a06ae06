"""Mutations that know nothing of the format."""

from random import Random

EXTREMES = (
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    2**24,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**63 - 1,
    2**63,
)
_HEAD = 2048  # bytes where headers are: hit as often as the rest


def flip_bits(data: bytearray, chance: Random) -> None:
    for _ in range(chance.choice((1, 1, 2, 8, 64))):
        data[_place(data, chance)] ^= 1 << chance.randrange(8)


def set_extreme(data: bytearray, chance: Random) -> None:
    width = chance.choice((1, 2, 4, 8))
    at = _place(data, chance)
    value = chance.choice(EXTREMES) % 2 ** (8 * width)
    data[at : at + width] = value.to_bytes(width, chance.choice(("big", "little")))


def cut_short(data: bytearray, chance: Random) -> None:
    del data[_place(data, chance) :]


def cut_out(data: bytearray, chance: Random) -> None:
    at = _place(data, chance)
    del data[at : at + chance.choice((1, 4, 188, 4096))]


def repeat(data: bytearray, chance: Random) -> None:
    at, length = _place(data, chance), chance.choice((1, 8, 188, 4096))
    data[at:at] = bytes(data[at : at + length]) * chance.choice((1, 2, 50))


def fill(data: bytearray, chance: Random) -> None:
    at, length = _place(data, chance), chance.choice((4, 16, 256))
    data[at : at + length] = bytes([chance.choice((0, 0xFF, 0x41))]) * length


MUTATIONS = (flip_bits, flip_bits, set_extreme, set_extreme, cut_short, cut_out, repeat, fill)


def splice(one: bytes, other: bytes, chance: Random) -> bytes:
    """The beginning of one file, the end of another."""
    return one[: chance.randrange(len(one) + 1)] + other[chance.randrange(len(other) + 1) :]


def _place(data: bytearray, chance: Random) -> int:
    ends = (len(data), min(len(data), _HEAD))
    start = chance.choice((0, max(0, len(data) - _HEAD)))  # indexes are at either end
    return chance.randrange(start, max(start + 1, chance.choice(ends)))

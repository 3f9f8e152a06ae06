"""H.264 as far as clean joints need it: units, parameter sets and the record that holds them.

ITU-T H.264, sections 7.3.1 to 7.3.2.2 and annex B; ISO/IEC 14496-15, section 5.3.3.1 (the record, `avcC`).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

IDR, SPS, PPS = 5, 7, 8
ORDINARY = (1, 6, 9, 10, 11, 12)  # slices, remarks, delimiters and filling, which stand by themselves
_START = b"\0\0\1"
_LENGTH = 4  # bytes before each unit; the only size that is read and written here

# Profiles whose decoders decode those before them: Baseline, Main, High, High 10, High 4:2:2, High 4:4:4.
_PROFILES = (66, 77, 100, 110, 122, 244)
_HIGH = 100


@dataclass(frozen=True)
class ParameterSets:
    """Sequence and picture parameter sets, each a whole unit with its first byte."""

    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]

    @property
    def numbers(self) -> set[int]:
        """Identifiers in use, of either kind."""
        return {_sps_number(unit) for unit in self.sps} | {_Bits(unit[1:]).number() for unit in self.pps}

    def holds(self, unit: bytes) -> bool:
        """Whether `unit` is one of them, to the bit."""
        return unit in self.sps or unit in self.pps


def parameter_sets(header: bytes) -> ParameterSets | None:
    """The sets in a codec header, a record or units with start codes; None where it cannot be read."""
    try:
        found = _of_record(header) if is_record(header) else list(units(header, prefixed=False))
        sets = ParameterSets(
            tuple(unit for unit in found if kind(unit) == SPS),
            tuple(unit for unit in found if kind(unit) == PPS),
        )
        known = all(unit[1] in _PROFILES for unit in sets.sps) and sets.numbers
    except (IndexError, ValueError, struct.error):
        return None
    return sets if sets.sps and sets.pps and known else None


def is_record(header: bytes) -> bool:
    """Whether a codec header is a record, which says that units come with their lengths."""
    return header[:1] == b"\1"


def _of_record(header: bytes) -> list[bytes]:
    if header[4] & 3 != _LENGTH - 1:
        raise ValueError("lengths of another size")
    found, place = [], 5
    for mask in (0x1F, 0xFF):
        count, place = header[place] & mask, place + 1
        for _ in range(count):
            (size,) = struct.unpack_from(">H", header, place)
            found.append(header[place + 2 : place + 2 + size])
            place += 2 + size
    if place > len(header):
        raise ValueError("a record that is cut short")
    return found


def record(sets: ParameterSets) -> bytes:
    """The record that holds `sets`: of the highest profile and level among them."""
    first = max(sets.sps, key=lambda unit: _PROFILES.index(unit[1]))
    level = max(unit[3] for unit in sets.sps)
    flags = 0xFF
    for unit in sets.sps:
        flags &= unit[2]  # a flag may be set only where all sets have it
    out = bytearray([1, first[1], flags, level, 0xFC | (_LENGTH - 1), 0xE0 | len(sets.sps)])
    for unit in sets.sps:
        out += struct.pack(">H", len(unit)) + unit
    out.append(len(sets.pps))
    for unit in sets.pps:
        out += struct.pack(">H", len(unit)) + unit
    if first[1] >= _HIGH:
        chroma, luma_bits, chroma_bits = _samples(first)
        out += bytes([0xFC | chroma, 0xF8 | luma_bits, 0xF8 | chroma_bits, 0])
    return bytes(out)


def united(one: ParameterSets, other: ParameterSets) -> ParameterSets | None:
    """Both together; None where they share an identifier, so that one would replace the other."""
    if one.numbers & other.numbers:
        return None
    return ParameterSets(one.sps + other.sps, one.pps + other.pps)


def units(data: bytes, prefixed: bool) -> Iterator[bytes]:
    """The units of a packet: each after its length if `prefixed`, else between start codes.

    Raises:
        ValueError: A unit goes beyond the packet's end.
    """
    if not prefixed:
        yield from (unit.rstrip(b"\0") for unit in data.split(_START)[1:])
        return
    place = 0
    while place + _LENGTH <= len(data):
        (size,) = struct.unpack_from(">I", data, place)
        place += _LENGTH + size
        if place > len(data) or not size:
            raise ValueError("a unit that is cut short")
        yield data[place - size : place]


def with_lengths(data: bytes) -> bytes:
    """A packet with start codes as one with lengths."""
    found = [unit for unit in units(data, prefixed=False) if unit]
    return b"".join(struct.pack(">I", len(unit)) + unit for unit in found)


def kind(unit: bytes) -> int:
    """The type of a unit."""
    return unit[0] & 0x1F


def _sps_number(unit: bytes) -> int:
    return _Bits(unit[4:]).number()


def _samples(unit: bytes) -> tuple[int, int, int]:
    """Chroma format, and bits of luma and chroma beyond eight, of a set of a high profile."""
    bits = _Bits(unit[4:])
    bits.number()
    chroma = bits.number()
    if chroma == 3:
        bits.take(1)
    return chroma, bits.number(), bits.number()


class _Bits:
    """Reads the first bits of a unit's content, without the bytes that only prevent start codes."""

    def __init__(self, data: bytes) -> None:
        plain = data[:32].replace(b"\0\0\3", b"\0\0")
        self._left = "".join(f"{byte:08b}" for byte in plain)

    def take(self, count: int) -> int:
        """An unsigned number of so many bits."""
        taken, self._left = self._left[:count], self._left[count:]
        return int(taken, 2) if count else 0

    def number(self) -> int:
        """An Exp-Golomb coded number (section 9.1)."""
        zeros = self._left.index("1")
        return self.take(2 * zeros + 1) - 1

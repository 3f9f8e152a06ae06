"""Where packets of the source and of an encoder may follow one another, codec by codec."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from contracts.media import EncodeSpec
from media.untouched import h264


class Look(Enum):
    """What a packet is to a joint.

    JOINT: Decoding can begin here and needs nothing from before. PLAIN: It belongs to the joint before it.
    FOREIGN: The result's header does not cover it.
    """

    JOINT = auto()
    PLAIN = auto()
    FOREIGN = auto()


class Rules(Protocol):
    """One codec's rules, for one source and one encoder."""

    def look(self, data: bytes) -> Look:
        """What a packet of the source is."""

    def begin(self, header: bytes) -> bool:
        """Packets of a container with this codec header will come; says whether the result's covers it."""

    def header(self, own: bytes) -> bytes:
        """The header of a result with packets of both, given the encoder's.

        Raises:
            ValueError: They cannot live together.
        """

    def copied(self, data: bytes) -> bytes:
        """A packet of the source as the result stores it; the same object where nothing changes."""

    def encoded(self, data: bytes) -> bytes:
        """A packet of the encoder as the result stores it; the same object where nothing changes."""


class _Plain:
    """What holds for codecs without a header that matters."""

    def __init__(self, header: bytes) -> None:
        self._header = header

    def begin(self, header: bytes) -> bool:
        return header == self._header

    def header(self, own: bytes) -> bytes:
        return own

    def copied(self, data: bytes) -> bytes:
        return data

    def encoded(self, data: bytes) -> bytes:
        return data


class _H264(_Plain):
    """Joints are IDR pictures. The result's record holds the parameter sets of both sides."""

    def __init__(self, header: bytes) -> None:
        super().__init__(header)
        sets = h264.parameter_sets(header)
        if sets is None:
            raise ValueError("parameter sets that cannot be read")
        self._sets = sets
        self._prefixed = h264.is_record(header)

    def look(self, data: bytes) -> Look:
        found = Look.PLAIN
        try:
            for unit in h264.units(data, self._prefixed):
                kind = h264.kind(unit)
                if kind in (h264.SPS, h264.PPS):
                    if not self._sets.holds(unit):
                        return Look.FOREIGN
                elif kind == h264.IDR:
                    found = Look.JOINT
                elif kind not in h264.ORDINARY:
                    return Look.FOREIGN
        except (ValueError, IndexError):
            return Look.FOREIGN
        return found

    def begin(self, header: bytes) -> bool:
        self._prefixed = h264.is_record(header)
        sets = h264.parameter_sets(header)
        return sets is not None and all(map(self._sets.holds, sets.sps + sets.pps))

    def header(self, own: bytes) -> bytes:
        sets = h264.parameter_sets(own)
        both = h264.united(self._sets, sets) if sets is not None else None
        if both is None:
            raise ValueError("parameter sets that share an identifier")
        return h264.record(both)

    def copied(self, data: bytes) -> bytes:
        return data if self._prefixed else h264.with_lengths(data)

    def encoded(self, data: bytes) -> bytes:
        return h264.with_lengths(data)


class _Vp9(_Plain):
    """Joints are key frames that are shown: they replace every reference and all adapted probabilities.

    VP9 Bitstream Specification 0.6, section 6.2 (uncompressed header).
    """

    def look(self, data: bytes) -> Look:
        if not data or data[0] >> 6 != 2:
            return Look.FOREIGN
        profile = data[0] >> 5 & 1 | data[0] >> 3 & 2
        bits = (data[0] << 8 | data[1]) << 1 if profile == 3 else data[0] << 8 | data[1]
        existing, inter, shown = (bits >> place & 1 for place in (11, 10, 9))
        if existing or inter:
            return Look.PLAIN
        return Look.JOINT if shown else Look.FOREIGN

    def begin(self, header: bytes) -> bool:
        return True  # what containers say of VP9 repeats what its key frames say


class _Prores(_Plain):
    """Every frame stands alone; `icpf` marks it (SMPTE RDD 36, section 5.1)."""

    def look(self, data: bytes) -> Look:
        return Look.JOINT if data[4:8] == b"icpf" else Look.FOREIGN


_RULES: dict[str, Callable[[bytes], Rules]] = {"h264": _H264, "vp9": _Vp9, "prores": _Prores}


def rules_of(spec: EncodeSpec) -> Rules:
    """The rules for a spec that `copies`."""
    return _RULES[spec.codec](bytes.fromhex(spec.source_header))

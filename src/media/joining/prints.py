"""Fingerprints of packet rows: what went into a result must come out of it."""

import hashlib
from dataclasses import dataclass, field

from av.packet import Packet
from av.stream import Disposition, Stream

_ADTS_SYNC = 0xFFF0


@dataclass
class Print:
    """The fingerprint of one stream's packets: their number, and a hash of times and payloads in order."""

    count: int = 0
    _hash: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def add(self, packet: "Packet[Stream]", durations: bool = True) -> None:
        """Take in one packet, its times in the result's time base."""
        self.count += 1
        still = packet.stream.disposition & Disposition.attached_pic  # shown at no time
        times = None if still else (packet.pts, packet.duration if durations else None)
        self._hash.update(repr(times).encode())
        self._hash.update(payload(packet))

    def same(self, other: "Print") -> bool:
        """Whether both took in the same packets."""
        return self.count == other.count and self._hash.digest() == other._hash.digest()


def payload(packet: "Packet[Stream]") -> memoryview:
    """A packet's bytes; of AAC in a transport stream, those after the ADTS header (ISO/IEC 13818-7, 6.2),
    which other containers do without."""
    data = memoryview(packet)
    context = packet.stream.codec_context
    if context is None or context.name != "aac" or len(data) < 7:
        return data
    if (data[0] << 8 | data[1]) & _ADTS_SYNC != _ADTS_SYNC or context.extradata:
        return data
    return data[7:] if data[1] & 1 else data[9:]

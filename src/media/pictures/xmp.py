"""XMP packets: pictures embedded in them, which would show the old face."""

import re

# Adobe's thumbnails, and the original and depth pictures of Google's camera formats.
_EMBEDDED = re.compile(
    rb"<xmpGImg:image>[^<]*</xmpGImg:image>|\bxmpGImg:image\s*=\s*\"[^\"]*\"|\b(?:GImage|GDepth):Data\s*=\s*\"[^\"]*\""
)
_NAMES = (b"xmpGImg:image", b"GImage:Data", b"GDepth:Data")


def has_previews(packet: bytes) -> bool:
    """Whether pictures are embedded."""
    return any(name in packet for name in _NAMES)


def without_previews(packet: bytes) -> bytes:
    """The same packet and length, embedded pictures replaced by spaces."""
    return _EMBEDDED.sub(lambda found: b" " * len(found[0]), packet)

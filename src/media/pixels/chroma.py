"""Where the color samples of 4:2:0 lie between the pixels: FFmpeg reads it, but PyAV does not tell.

Read from the sequence parameter set, up to its video usability information: ITU-T H.264, section 7.3.2.1.1, and
H.265, section 7.3.2.2. The answer is `chroma_sample_loc_type`: 0 left, 1 center, 2 top left, up to 5.
"""

from collections.abc import Iterator

from media.pixels.bits import Bits

_FIXED = {"mjpeg": 1, "mpeg1video": 1, "dvvideo": 2}  # codecs in which they can lie nowhere else
_MOST = 5
_H264_SPS, _HEVC_SPS = 7, 33
# Profiles whose parameter sets say what chroma there is.
_HIGH = (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135)
_EXTENDED_ASPECT = 255
_444 = 3
_LARGEST_ORDER = 16  # bits of a picture's order count


def chroma_location(codec: str, header: bytes) -> int | None:
    """What the codec's header (FFmpeg's extradata) says; None where it says nothing that can be understood."""
    if codec in _FIXED:
        return _FIXED[codec]
    reader = {"h264": _of_h264, "hevc": _of_hevc}.get(codec)
    if reader is None:
        return None
    try:
        found = next((reader(Bits(unit)) for unit in _units(codec, header)), None)
    except IndexError:  # it ends too early
        return None
    return found if found is not None and found <= _MOST else None


def _units(codec: str, header: bytes) -> Iterator[bytes]:
    """The sequence parameter sets, without the byte that says what they are, as they were before escaping."""
    size, kind = (1, _H264_SPS) if codec == "h264" else (2, _HEVC_SPS)
    units = header.split(b"\0\0\1")[1:] if header[:3] in (b"\0\0\0", b"\0\0\1") else _stored(codec, header)
    for unit in units:
        if unit and (unit[0] & 31 if codec == "h264" else unit[0] >> 1 & 63) == kind:
            yield unit[size:].replace(b"\0\0\3", b"\0\0")


def _stored(codec: str, header: bytes) -> Iterator[bytes]:
    """The units of an avcC or hvcC box (ISO/IEC 14496-15)."""
    place = 6 if codec == "h264" else 23
    arrays = 1 if codec == "h264" else header[22]
    for _ in range(arrays):
        count = header[5] & 31 if codec == "h264" else int.from_bytes(header[place + 1 : place + 3], "big")
        place += 0 if codec == "h264" else 3
        for _ in range(count):
            if place >= len(header):
                raise IndexError("units beyond the end")
            length = int.from_bytes(header[place : place + 2], "big")
            yield header[place + 2 : place + 2 + length]
            place += 2 + length


def _usability(bits: Bits) -> int | None:
    """What both standards have in common: annex E."""
    if not bits.take():
        return None
    if bits.take() and bits.take(8) == _EXTENDED_ASPECT:
        bits.take(32)
    if bits.take():
        bits.take()  # overscan
    if bits.take():
        bits.take(4)
        bits.take(24 if bits.take() else 0)
    return bits.golomb() if bits.take() else None


def _of_h264(bits: Bits) -> int | None:
    profile = bits.take(8)
    bits.take(16)
    bits.golomb()
    if profile in _HIGH:
        _high_profile(bits)
    bits.golomb()
    _picture_order(bits)
    bits.golomb()
    bits.take()
    bits.golomb(2)
    if not bits.take():
        bits.take()
    bits.take()
    if bits.take():
        bits.golomb(4)
    return _usability(bits)


def _high_profile(bits: Bits) -> None:
    chroma = bits.golomb()
    if chroma == _444:
        bits.take()
    bits.golomb(2)
    bits.take()
    if bits.take():
        for index in range(12 if chroma == _444 else 8):
            if bits.take():
                _scaling_list(bits, 16 if index < 6 else 64)


def _scaling_list(bits: Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.signed()) % 256
        last = following or last


def _picture_order(bits: Bits) -> None:
    kind = bits.golomb()
    if kind == 0:
        bits.golomb()
    elif kind == 1:
        bits.take()
        bits.golomb(2)
        bits.golomb(bits.golomb())


def _of_hevc(bits: Bits) -> int | None:
    bits.take(4)
    layers = bits.take(3)
    bits.take()
    _profiles(bits, layers)
    bits.golomb()
    if bits.golomb() == _444:
        bits.take()
    bits.golomb(2)
    if bits.take():
        bits.golomb(4)
    bits.golomb(2)
    order = min(bits.golomb() + 4, _LARGEST_ORDER)
    bits.golomb(3 if not bits.take() else 3 * (layers + 1))
    bits.golomb(6)
    if bits.take() and bits.take():
        _scaling_lists(bits)
    bits.take(2)
    if bits.take():
        bits.take(8)
        bits.golomb(2)
        bits.take()
    _reference_sets(bits, bits.golomb())
    if bits.take():
        for _ in range(bits.golomb()):
            bits.take(order + 1)
    bits.take(2)
    return _usability(bits)


def _profiles(bits: Bits, layers: int) -> None:
    bits.take(96)
    present = [(bits.take(), bits.take()) for _ in range(layers)]
    if layers:
        bits.take(2 * (8 - layers))
    for profile, level in present:
        bits.take(88 * profile + 8 * level)


def _scaling_lists(bits: Bits) -> None:
    for size in range(4):
        for _ in range(0, 6, 3 if size == 3 else 1):
            if not bits.take():
                bits.golomb()
                continue
            bits.golomb(min(64, 16 << 2 * size) + (size > 1))


def _reference_sets(bits: Bits, count: int) -> None:
    pictures = 0
    for index in range(count):
        if index and bits.take():
            bits.take()
            bits.golomb()
            pictures = sum(bits.take() or bits.take() for _ in range(pictures + 1))
        else:
            pictures = bits.golomb() + bits.golomb()
            for _ in range(pictures):
                bits.golomb()
                bits.take()

"""Files that are extreme, lie about themselves, or were made to do harm. Each is made of a small real one."""

import io
import random
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image

from tests import films
from tests.fuzz.formats import EBML, ISO, RIFF, Format
from tests.fuzz.tree import Node, places

Made = Mapping[str, bytes]
Change = Callable[[Node], None]

_HUGE = 60_000
_X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]


def changed(data: bytes, form: Format, kind: bytes, change: Change, most: int = 1000) -> bytes:
    """`data` with `change` made to its pieces of `kind`."""
    tree = form.parse(data)
    found = [place.node for place in places(tree) if place.node.kind == kind][:most]
    assert found, kind
    for node in found:
        change(node)
    return form.write(tree)


def put(form: str, at: int, *values: float) -> Change:
    """Writes numbers into a piece, at `at`; a negative place counts from the end."""

    def change(node: Node) -> None:
        data = bytearray(node.data)
        struct.pack_into(form, data, at if at >= 0 else len(data) + at, *values)
        node.data = bytes(data)

    return change


def become(data: bytes) -> Change:
    def change(node: Node) -> None:
        node.data, node.children = data, []

    return change


def filmed(folder: Path, name: str, size: str, rate: int, seconds: float, coding: list[str]) -> bytes:
    path = folder / name
    source = f"testsrc=size={size}:rate={rate}"
    films.ffmpeg(["-f", "lavfi", "-t", str(seconds), "-i", source, *coding, str(path)])
    return path.read_bytes()


# -- extreme, and usable


def frame_of_8k(folder: Path, made: Made) -> bytes:
    return filmed(folder, "8k.mp4", "7680x4320", 1, 1, _X264)


def at_240_a_second(folder: Path, made: Made) -> bytes:
    return filmed(folder, "240.mp4", "64x48", 240, 0.1, _X264)


def at_1000_a_second(folder: Path, made: Made) -> bytes:
    return filmed(folder, "1000.mkv", "64x48", 1000, 0.05, _X264)


def ten_hours(folder: Path, made: Made) -> bytes:
    return filmed(folder, "long.mp4", "64x48", 1, 5, ["-vf", "setpts=N*9000/TB", "-fps_mode", "vfr", *_X264])


def one_frame(folder: Path, made: Made) -> bytes:
    return filmed(folder, "one.mp4", "64x48", 25, 0.04, _X264)


def of_odd_size(folder: Path, made: Made) -> bytes:
    return filmed(folder, "odd.webm", "63x47", 10, 0.5, ["-c:v", "libvpx-vp9", "-deadline", "realtime"])


def changing_size(folder: Path, made: Made) -> bytes:
    coding = ["-g", "5", *_X264]
    return b"".join(
        filmed(folder, f"{size}.ts", size, 10, 0.5, coding) for size in ("64x48", "96x64", "48x64")
    )


def frames_missing(folder: Path, made: Made) -> bytes:
    """Packets are lost in the middle, as on a bad line."""
    data = made["plain.ts"]
    return data[: 188 * 50] + data[188 * 60 :]


def packets_damaged(folder: Path, made: Made) -> bytes:
    data = bytearray(made["plain.mp4"])
    start = data.index(b"mdat") + 6000
    data[start : start + 600] = random.Random(1).randbytes(600)
    return bytes(data)


def behind_five_sounds(folder: Path, made: Made) -> bytes:
    path = folder / "sounds.mp4"
    inputs = [
        "-f",
        "lavfi",
        "-t",
        "0.4",
        "-i",
        "sine",
        "-f",
        "lavfi",
        "-t",
        "0.4",
        "-i",
        "testsrc=size=64x48:rate=10",
    ]
    films.ffmpeg([*inputs, *["-map", "0:a"] * 5, "-map", "1:v", *_X264, "-c:a", "aac", str(path)])
    return path.read_bytes()


def without_rate(folder: Path, made: Made) -> bytes:
    return changed(made["plain.mkv"], EBML, b"\x23\xe3\x83", become(b"\0"))


def picture_named_mp4(folder: Path, made: Made) -> bytes:
    return made["plain.jpg"]


def said_to_last_ten_hours(folder: Path, made: Made) -> bytes:
    data = changed(made["plain.mp4"], ISO, b"mvhd", put(">I", 16, 36_000_000))
    data = changed(data, ISO, b"tkhd", put(">I", 20, 36_000_000))
    return changed(data, ISO, b"mdhd", put(">I", 16, 36_000 * 10_240))


def said_to_last_a_moment(folder: Path, made: Made) -> bytes:
    data = changed(ten_hours(folder, made), ISO, b"mvhd", put(">I", 16, 1))
    data = changed(data, ISO, b"tkhd", put(">I", 20, 1))
    data = changed(data, ISO, b"edts", lambda node: setattr(node, "kind", b"free"))
    return changed(data, ISO, b"mdhd", put(">I", 16, 1))


def cyclic_edits(folder: Path, made: Made) -> bytes:
    """The first tenth of a second again and again, and back and forth."""
    rows = b"".join(struct.pack(">IiI", 100, time, 0x10000) for time in (0, 2048, 1024, 0) * 200)
    return changed(made["plain.mp4"], ISO, b"elst", become(struct.pack(">II", 0, 800) + rows))


def referring_elsewhere(folder: Path, made: Made) -> bytes:
    link = b"file:///etc/passwd\0"
    named = struct.pack(">III", 0, 1, 12 + len(link)) + b"url " + bytes(4) + link
    return changed(made["plain.mp4"], ISO, b"dref", become(named))


def with_alias(folder: Path, made: Made) -> bytes:
    alias = struct.pack(">III", 0, 1, 162) + b"alis" + bytes(4) + b"/etc/passwd".ljust(150, b"\0")
    return changed(made["fast.mov"], ISO, b"dref", become(alias))


# -- refused


def thirteen_hours(folder: Path, made: Made) -> bytes:
    return filmed(folder, "l.mp4", "64x48", 1, 5, ["-vf", "setpts=N*11000/TB", "-fps_mode", "vfr", *_X264])


def tiny(folder: Path, made: Made) -> bytes:
    return filmed(folder, "tiny.mkv", "2x2", 10, 0.3, ["-c:v", "ffv1"])


def single_pixel(folder: Path, made: Made) -> bytes:
    return filmed(folder, "pixel.mkv", "1x1", 10, 0.3, ["-c:v", "ffv1", "-pix_fmt", "gray"])


def frame_bomb(folder: Path, made: Made) -> bytes:
    """Each frame, a JPEG, says that it has 65,000 x 65,000 pixels."""
    bomb = struct.pack(">HHBHH", 0xFFC0, 17, 8, 65_000, 65_000)
    return made["mjpeg.avi"].replace(struct.pack(">HHBHH", 0xFFC0, 17, 8, 48, 64), bomb)


def of_no_size(folder: Path, made: Made) -> bytes:
    data = changed(made["raw.avi"], RIFF, b"strf", put("<II", 4, 0, 0))
    return changed(data, RIFF, b"avih", put("<II", 32, 0, 0))


def thousands_of_tracks(folder: Path, made: Made) -> bytes:
    tree = ISO.parse(made["dash.mp4"])
    place = next(place for place in places(tree) if place.node.kind == b"trak")
    place.siblings[place.index : place.index] = [place.node] * 3000
    return ISO.write(tree)


def encrypted(folder: Path, made: Made) -> bytes:
    return made["encrypted.mp4"]


def encrypted_webm(folder: Path, made: Made) -> bytes:
    """RFC 9559, section 5.1.4.1.31: the track's blocks are encrypted by AES."""
    content = [Node(b"\x47\xe1", b"\x05"), Node(b"\x47\xe2", bytes(16))]
    coding = [Node(b"\x50\x33", b"\x01"), Node(b"\x50\x35", b"", content)]
    wanted = Node(b"\x6d\x80", b"", [Node(b"\x62\x40", b"", coding)])
    return changed(made["vp9.webm"], EBML, b"\xae", lambda node: node.children.append(wanted))


def scrambled(folder: Path, made: Made) -> bytes:
    """Packets say that they are, and are noise."""
    noise, data = random.Random(2), bytearray(made["plain.ts"])
    for at in range(188 * 3, len(data) - 187, 188):
        data[at + 3] |= 0x80
        data[at + 12 : at + 188] = noise.randbytes(176)
    return bytes(data)


def noise_in_packets(folder: Path, made: Made) -> bytes:
    noise = random.Random(3)
    return b"".join(b"G" + noise.randbytes(187) for _ in range(300))


def subtitles_alone(folder: Path, made: Made) -> bytes:
    words, path = folder / "words.srt", folder / "words.mkv"
    words.write_text("1\n00:00:00,200 --> 00:00:01,000\nHello\n")
    films.ffmpeg(["-i", str(words), "-c:s", "srt", str(path)])
    return path.read_bytes()


def at_the_end_of_time(folder: Path, made: Made) -> bytes:
    return changed(made["plain.mkv"], EBML, b"\xe7", become((2**63 - 1).to_bytes(8, "big")))


def fragments_at_the_end_of_time(folder: Path, made: Made) -> bytes:
    late = become(struct.pack(">IQ", 0x01000000, 2**63 - 5))
    return changed(made["fragments.mp4"], ISO, b"tfdt", late)


def without_timescale(folder: Path, made: Made) -> bytes:
    return changed(made["plain.mp4"], ISO, b"mdhd", put(">I", 12, 0))


def without_movie_timescale(folder: Path, made: Made) -> bytes:
    return changed(made["edited.mp4"], ISO, b"mvhd", put(">I", 12, 0))


def at_no_rate(folder: Path, made: Made) -> bytes:
    return changed(made["mpeg4.avi"], RIFF, b"strh", put("<II", 20, 0, 0), most=1)


def at_absurd_rate(folder: Path, made: Made) -> bytes:
    return changed(made["mpeg4.avi"], RIFF, b"strh", put("<II", 20, 1, 2**32 - 1), most=1)


def at_absurdly_low_rate(folder: Path, made: Made) -> bytes:
    return changed(made["mpeg4.avi"], RIFF, b"strh", put("<II", 20, 2**32 - 1, 1), most=1)


def lasting_nan(folder: Path, made: Made) -> bytes:
    return changed(made["plain.mkv"], EBML, b"\x44\x89", become(struct.pack(">d", float("nan"))))


def lasting_endlessly(folder: Path, made: Made) -> bytes:
    return changed(made["plain.mkv"], EBML, b"\x44\x89", become(struct.pack(">d", float("inf"))))


def in_no_units(folder: Path, made: Made) -> bytes:
    return changed(made["plain.mkv"], EBML, b"\x2a\xd7\xb1", become(b"\0"))


def thousands_of_entries(folder: Path, made: Made) -> bytes:
    tree = EBML.parse(made["plain.mkv"])
    place = next(place for place in places(tree) if place.node.kind == b"\xae")
    place.siblings[place.index : place.index] = [place.node] * 3000
    return EBML.write(tree)


def of_huge_elements(folder: Path, made: Made) -> bytes:
    return changed(
        made["plain.mkv"], EBML, b"\x1f\x43\xb6\x75", lambda node: setattr(node, "claim", 2**56 - 2)
    )


def naming_millions_of_frames(folder: Path, made: Made) -> bytes:
    """Few enough for a long film, too many for a file of so few bytes."""
    count = 19_000_000
    data = changed(made["plain.mp4"], ISO, b"stts", become(struct.pack(">4I", 0, 1, count, 1)), most=1)
    return changed(data, ISO, b"stsz", become(struct.pack(">3I", 0, 1, count)), most=1)


def naming_a_huge_index(folder: Path, made: Made) -> bytes:
    counts = struct.pack(">III", 0, 1, 2**31 - 1) + struct.pack(">I", 1)
    return changed(made["plain.mp4"], ISO, b"stts", become(counts))


# -- pictures


def _png(*chunks: tuple[bytes, bytes], size: tuple[int, int] = (64, 48)) -> bytes:
    head = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + bytes(3 * 64)) * 48)
    row = [(b"IHDR", head), *chunks, (b"IDAT", pixels), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in row
    )


def png_bomb(folder: Path, made: Made) -> bytes:
    return _png(size=(_HUGE, _HUGE))


def jpeg_bomb(folder: Path, made: Made) -> bytes:
    small = struct.pack(">HHBHH", 0xFFC0, 17, 8, 48, 64)
    assert small in made["plain.jpg"]
    return made["plain.jpg"].replace(small, struct.pack(">HHBHH", 0xFFC0, 17, 8, _HUGE, _HUGE))


def webp_bomb(folder: Path, made: Made) -> bytes:
    """The header of a lossless picture has 14 bits for each side."""
    return changed(made["lossless.webp"], RIFF, b"VP8L", put("<I", 1, 16_383 | 16_383 << 14))


def webp_of_two_sizes(folder: Path, made: Made) -> bytes:
    return changed(made["plain.webp"], RIFF, b"VP8X", put("<6B", 4, *(14_999).to_bytes(3, "little") * 2))


def avif_bomb(folder: Path, made: Made) -> bytes:
    return changed(made["plain.avif"], ISO, b"ispe", put(">II", 4, _HUGE, _HUGE))


def _deflated(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(2**20)) for _ in range(megabytes)) + packer.flush()


def words_bomb(folder: Path, made: Made) -> bytes:
    """Texts that unpack to 100 MB."""
    return _png(*[(b"zTXt", b"words\0\0" + _deflated(20))] * 5)


def profile_bomb(folder: Path, made: Made) -> bytes:
    return _png((b"iCCP", b"profile\0\0" + _deflated(20)))


def huge_exif(folder: Path, made: Made) -> bytes:
    return _png((b"eXIf", b"MM\0*\0\0\0\x08\xff\xff" + bytes(12) * 65_535))


def single_pixel_picture(folder: Path, made: Made) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (1, 1)).save(out, "PNG")
    return out.getvalue()

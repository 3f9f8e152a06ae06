"""What is in a file, read by a program that is not ours: ffmpeg's command line."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import IO

import imageio_ffmpeg

_FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
_QUIET = ["-nostdin", "-hide_banner", "-threads", "1"]
_MAIN = ["-map", "0:V:0", "-fps_mode", "passthrough"]  # the first video that is no cover picture
# Coded pictures alone: parameter sets and delimiters lie elsewhere in a transport stream than in an MP4 file.
_SLICES = {
    "h264": "h264_mp4toannexb,filter_units=pass_types=1-5",
    "hevc": "hevc_mp4toannexb,filter_units=pass_types=0-31",
}
_SIDE = ("Mastering display metadata", "Content light level metadata")
# Tags that every muxer makes anew, and one that says nothing.
_OWN_TAG = re.compile(
    r";FFMETADATA|language=und$|(major_brand|minor_version|compatible_brands|encoder|duration|handler_name|vendor_id|software"
    r"|_statistics\w*|bps|number_of_\w+)\b.*=|$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Packet:
    """A packet as demuxed: its time in seconds, None where it has none; its bytes and their hash."""

    pts: Fraction | None
    size: int
    digest: str


@dataclass(frozen=True)
class Stream:
    """A stream and its packets; `kind` is video, audio, subtitle, data or attachment."""

    kind: str
    packets: list[Packet]


@dataclass(frozen=True)
class Shown:
    """A frame that a player shows: its time in seconds, and what `showinfo` says of it."""

    time: Fraction
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Head:
    """What `ffmpeg -i` says of a file.

    Attributes:
        codec, pix_fmt: Of the main video.
        turned: Its display matrix, in words.
        flags: Of every stream: default, forced and the like.
    """

    codec: str
    pix_fmt: str
    turned: str
    flags: list[str]


def ffmpeg(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run it; failures are for the caller to see."""
    return subprocess.run([_FFMPEG, *_QUIET, *arguments], capture_output=True, check=False)


def head(path: Path) -> Head:
    """What the file says of itself."""
    said = ffmpeg("-i", str(path)).stderr.decode(errors="replace")
    streams = [line.strip() for line in said.splitlines() if re.match(r"\s+Stream #0:\d+", line)]
    main = next(line for line in streams if "Video:" in line and "attached pic" not in line)
    words = re.search(r"Video: (\w+)(?: \([^,]*\))*, (\w+)", main)
    assert words is not None, main
    turned = re.search(r"displaymatrix: (.*)", said, re.IGNORECASE)
    return Head(words[1], words[2], turned[1] if turned else "", [_flags(line) for line in streams])


def _flags(line: str) -> str:
    return " ".join(
        re.findall(r"\((default|forced|attached pic|dub|original|comment|lyrics|karaoke)\)", line)
    )


def tags(path: Path) -> list[str]:
    """Tags of the file, of its streams and chapters, one a line."""
    listed = ffmpeg("-v", "error", "-i", str(path), "-map", "0", "-c", "copy", "-f", "ffmetadata", "-")
    lines = [line.replace("\\", "") for line in listed.stdout.decode(errors="replace").splitlines()]
    return [line.lower() for line in _in_seconds(lines) if not _OWN_TAG.match(line)]


def _in_seconds(lines: list[str]) -> Iterator[str]:
    """Chapters' times, whatever clock the container counts them by."""
    base = Fraction(1)
    for line in lines:
        if match := re.match(r"TIMEBASE=(\S+)", line):
            base = Fraction(match[1])
        elif match := re.match(r"(START|END)=(\d+)$", line):
            yield f"{match[1]}={float(int(match[2]) * base):.3f}"
        else:
            yield line


def streams(path: Path) -> list[Stream]:
    """Every stream's packets; of the main video's the coded pictures alone."""
    said = ffmpeg("-i", str(path)).stderr.decode(errors="replace")
    slices = _SLICES.get(head(path).codec)
    filters = ["-bsf:V", slices] if slices else []
    filters += ["-bsf:a", "aac_adtstoasc"] if path.suffix == ".ts" and "Audio: aac" in said else []
    listed = ffmpeg(
        "-v", "error", "-copyts", "-i", str(path), "-map", "0", "-c", "copy", "-copyinkf", *filters,
        "-f", "framehash", "-hash", "md5", "-",
    )  # fmt: skip
    return _parsed(listed.stdout.decode())


def _parsed(listing: str) -> list[Stream]:
    bases = {number: Fraction(base) for number, base in re.findall(r"#tb (\d+): (\S+)", listing)}
    kinds = dict(re.findall(r"#media_type (\d+): (\S+)", listing))
    rows: dict[str, list[Packet]] = {number: [] for number in kinds}
    for line in listing.splitlines():
        if not line.startswith("#"):
            number, _, pts, _, size, digest, *_ = (cell.strip() for cell in line.split(","))
            time = int(pts) * bases[number] if pts.lstrip("-").isdigit() else None
            rows[number].append(Packet(time, int(size), digest))
    return [Stream(kinds[number], found) for number, found in rows.items()]


def frames(path: Path, filters: str = "") -> list[Shown]:
    """Every frame that a player shows, in order."""
    chain = ",".join(part for part in (filters, "showinfo") if part)
    done = ffmpeg("-copyts", "-i", str(path), *_MAIN, "-vf", chain, "-f", "null", "-")
    return _shown(done.stderr.decode(errors="replace"))


def _shown(text: str) -> list[Shown]:
    base = Fraction(0)
    found: list[Shown] = []
    for line in text.splitlines():
        if match := re.search(r"config in time_base: (\S+?),", line):
            base = Fraction(match[1])
        elif match := re.search(r"\] n: *\d+ pts: *(-?\d+) .* sar:(\S+) s:(\S+) i:(\w)", line):
            aspect = "1/1" if match[2] == "0/1" else match[2]
            found.append(
                Shown(int(match[1]) * base, {"aspect": aspect, "size": match[3], "fields": match[4]})
            )
        elif found and (match := re.search(r"side data - ([^:]+): (.*)", line)) and match[1] in _SIDE:
            found[-1].facts[match[1]] = match[2].strip()
        elif found and (match := re.search(r"color_range:.*", line)):
            found[-1].facts["colors"] = match[0]
    return found


@contextmanager
def pictures(path: Path, pix_fmt: str, filters: str = "") -> Iterator[IO[bytes]]:
    """Every frame as players show it, turned as the file asks: raw planes of `pix_fmt`."""
    chain = ["-vf", filters] if filters else []
    chain += ["-sws_flags", "lanczos+accurate_rnd+full_chroma_int"]
    command = [
        _FFMPEG, *_QUIET, "-v", "error", "-copyts", "-i", str(path), *_MAIN, *chain, "-pix_fmt", pix_fmt,
        "-f", "rawvideo", "-",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        yield process.stdout


def complaints(path: Path) -> str:
    """What `ffmpeg -xerror` has against decoding picture and sound; nothing where all is well."""
    done = ffmpeg(
        "-v", "error", "-xerror", "-i", str(path), "-map", "0:V:0", "-map", "0:a?", "-f", "null", "-"
    )
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return said[0] if said else "" if done.returncode == 0 else f"status {done.returncode}"

# ruff: noqa: E501
"""Films of every kind that people upload, made by a real ffmpeg as they are asked for."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import imageio_ffmpeg

_PICTURE = "testsrc2=size=320x240:rate=30"
_TONE = "sine=frequency=330:sample_rate=44100"
_X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "20", "-pix_fmt", "yuv420p"]
_COPY = ["-map", "0", "-c", "copy"]


@dataclass(frozen=True)
class Film:
    """How a film is made: arguments of ffmpeg after its two inputs (picture and tone).

    Where there is a second pass over the file, `before` are its input options, `again` the others.
    """

    suffix: str
    encode: list[str]
    before: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    seconds: float = 3.0


# fmt: off
FILMS = {
    "b_frames": Film(".mp4", [*_X264, "-preset", "fast", "-bf", "4", "-g", "40", "-c:a", "aac"]),
    "faststart_mov": Film(".mov", [*_X264, "-g", "30", "-c:a", "aac", "-movflags", "+faststart"]),
    "open_gop": Film(
        ".mp4",
        [*_X264, "-preset", "fast", "-x264-params", "open-gop=1:keyint=24:bframes=3:scenecut=0", "-c:a", "aac"],
    ),
    "all_intra": Film(".mp4", [*_X264, "-g", "1", "-an"], seconds=2),
    "vfr_with_hole": Film(
        ".mp4",
        [*_X264, "-preset", "fast", "-g", "25", "-vf", r"select=not(eq(mod(n\,7)\,3))*not(between(n\,40\,55))",
         "-fps_mode", "vfr", "-c:a", "aac"],
    ),
    "rotated": Film(".mp4", [*_X264, "-c:a", "aac"], before=("-display_rotation", "90"), again=tuple(_COPY)),
    "mirrored": Film(".mov", [*_X264, "-an"], before=("-display_hflip",), again=tuple(_COPY), seconds=2),
    "edit_list": Film(
        ".mp4", [*_X264, "-preset", "fast", "-g", "30", "-bf", "3", "-c:a", "aac"], before=("-ss", "1.27"), again=tuple(_COPY)
    ),
    "late_picture": Film(
        ".mp4", [*_X264, "-c:a", "aac"], before=("-itsoffset", "0.4321"),
        again=("-map", "0:v", "-c", "copy"), seconds=2,
    ),
    "fragmented": Film(".mp4", [*_X264, "-g", "30", "-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov"]),
    "hevc": Film(
        ".mp4",
        ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=30", "-tag:v", "hvc1",
         "-pix_fmt", "yuv420p", "-c:a", "aac"],
        seconds=2,
    ),
    "hevc_10_bit_pq": Film(
        ".mkv",
        ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=30",
         "-vf", "format=yuv420p10le,setparams=range=tv:color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc",
         "-c:a", "flac"],
        seconds=2,
    ),
    "vp9_opus": Film(
        ".webm", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-g", "30",
                  "-c:a", "libopus"], seconds=2,
    ),
    "vp8_vorbis": Film(
        ".webm", ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-auto-alt-ref", "1",
                  "-lag-in-frames", "10", "-c:a", "libvorbis"], seconds=2,
    ),
    "av1": Film(".mp4", ["-c:v", "libsvtav1", "-preset", "12", "-g", "30", "-c:a", "aac"], seconds=2),
    "prores_pcm": Film(
        ".mov", ["-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s16le", "-timecode", "01:00:00:00"], seconds=1,
    ),
    "transport_stream": Film(".ts", [*_X264, "-preset", "fast", "-g", "30", "-c:a", "aac"]),
    "avi": Film(".avi", ["-c:v", "mpeg4", "-q:v", "3", "-g", "30", "-c:a", "libmp3lame"]),
    "anamorphic_tagged": Film(
        ".mp4",
        [*_X264, "-vf", "setsar=4/3,format=yuv420p,setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709",
         "-c:a", "aac"],
        seconds=2,
    ),
    "full_range_444": Film(
        ".mkv", [*_X264, "-vf", "scale=out_range=full,format=yuv444p", "-pix_fmt", "yuv444p", "-color_range", "pc",
                 "-c:a", "libmp3lame"], seconds=2,
    ),
}


# fmt: on


def make(name: str, folder: Path) -> Path:
    """The film `name` of `FILMS`, in `folder`."""
    return made(name, FILMS[name], folder)


_known: dict[str, bytes] = {}  # films of the test card that were made before


def made(name: str, film: Film, folder: Path, picture: Path | None = None) -> Path:
    """A film, in `folder`; it shows `picture`, another film, or else a test card."""
    path = folder / f"{name}{'_again' if film.again else ''}{film.suffix}"
    if picture is None and repr(film) in _known:
        path.write_bytes(_known[repr(film)])
        return path
    first = folder / f"{name}{film.suffix}"
    inputs = [*_shown(picture), "-f", "lavfi", "-i", _TONE, "-t", str(film.seconds)]
    ffmpeg([*inputs, *film.encode, str(first)])
    if film.again:
        ffmpeg([*film.before, "-i", str(first), *film.again, str(path)])
    if picture is None:
        _known[repr(film)] = path.read_bytes()
    return path


def _shown(picture: Path | None) -> list[str]:
    return ["-f", "lavfi", "-i", _PICTURE] if picture is None else ["-i", str(picture)]


def make_tracks(folder: Path, suffix: str, picture: Path | None = None) -> Path:
    """A film with two sound tracks in two languages, subtitles, chapters and tags."""
    words = folder / "words.srt"
    words.write_text("1\n00:00:00,200 --> 00:00:01,000\nHello\n\n2\n00:00:01,200 --> 00:00:02,000\nthere\n")
    notes = folder / "notes.txt"
    notes.write_text(
        ";FFMETADATA1\ntitle=A title\nartist=Somebody\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=900\ntitle=One\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=900\nEND=2000\ntitle=Two\n"
    )
    film = folder / f"tracks{suffix}"
    ffmpeg([
        "-t", "2", *_shown(picture), "-f", "lavfi", "-t", "2", "-i", _TONE,
        "-f", "lavfi", "-t", "2", "-i", "sine=frequency=500:sample_rate=48000",
        "-i", str(words), "-i", str(notes), "-map", "1:a", "-map", "0:v", "-map", "2:a", "-map", "3:s",
        "-map_metadata", "4", "-map_chapters", "4", *_X264, "-c:a:0", "aac", "-c:a:1", "libmp3lame",
        "-c:s", "mov_text" if suffix in (".mp4", ".mov") else "srt",
        "-metadata:s:a:0", "language=fra", "-metadata:s:a:1", "language=deu",
        "-metadata:s:s:0", "language=eng",
        "-disposition:a:1", "default", "-disposition:a:0", "0", str(film),
    ])  # fmt: skip
    return film


def make_measured(folder: Path, suffix: str) -> Path:
    """A short film with what cameras and studios put beside the picture: timecode, captions, measurements, a cover.

    MP4 cannot hold all of it; the sound begins late, and has a track of its own kind in MOV.
    """
    captions = folder / "captions.scc"
    captions.write_text(
        "Scenarist_SCC V1.0\n\n00:00:00:05\t9420 9420 94ad 94ad 9470 9470 c8e5 ecec ef80 942f 942f\n\n"
        "00:00:00:20\t942c 942c\n"
    )
    measured = folder / "measured.bin"
    measured.write_bytes(bytes(range(256)) * 4)
    cover = folder / "cover.jpg"
    ffmpeg(["-f", "lavfi", "-i", "testsrc2=size=32x32", "-frames:v", "1", "-update", "1", str(cover)])
    notes = folder / "notes.txt"
    notes.write_text(
        ";FFMETADATA1\ntitle=Eine Überschrift 題\nlocation=+48.8577+002.295/\n"
        "creation_time=2020-01-02T03:04:05.000000Z\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=Früh 漢\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=1000\ntitle=Spät\n",
        encoding="utf-8",
    )
    studio = suffix == ".mov"
    film = folder / f"measured{suffix}"
    ffmpeg([
        "-f", "lavfi", "-t", "1", "-i", "testsrc2=size=96x64:rate=30000/1001",
        "-itsoffset", "0.3", "-f", "lavfi", "-t", "1.2", "-i", _TONE, "-i", str(notes),
        *(["-i", str(captions), "-f", "data", "-i", str(measured)] if studio else ["-i", str(cover)]),
        "-map", "0:v", "-map", "1:a", "-map", "1:a", *(["-map", "3", "-map", "4"] if studio else ["-map", "3"]),
        "-map_metadata", "2", "-map_chapters", "2", *_X264, "-bf", "2", "-g", "10",
        "-c:a:0", "aac", "-c:a:1", "pcm_s24le" if studio else "ac3", "-timecode", "01:02:03;04",
        *(["-c:s", "copy", "-c:d", "copy", "-tag:d", "gpmd", "-metadata:s:v:0", "reel_name=A001"] if studio else
          ["-c:v:1", "copy", "-disposition:v:1", "attached_pic"]),
        "-metadata:s:a:0", "language=fra", "-metadata:s:a:1", "handler_name=Regie", str(film),
    ])  # fmt: skip
    return film


def ffmpeg(arguments: list[str]) -> None:
    """Run ffmpeg quietly on one thread; its complaint is the error's message."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error", "-nostdin", "-threads", "1", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)

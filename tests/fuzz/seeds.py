# ruff: noqa: E501
"""What is mutated: a second of film in every container, pictures of every kind, and the real clips where they are."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image, ImageCms

from tests import films

REAL = Path(__file__).parents[3] / "shared" / "media"
_MOST_BYTES = 700_000  # of a real clip: larger ones are slow to mutate and hold nothing new

_INPUTS = [
    "-f",
    "lavfi",
    "-t",
    "1.2",
    "-i",
    "testsrc2=size=64x48:rate=10",
    "-f",
    "lavfi",
    "-t",
    "1.2",
    "-i",
    "sine",
]
_X264 = ["-c:v", "libx264", "-preset", "veryfast", "-g", "5", "-bf", "2", "-pix_fmt", "yuv420p"]
_VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "5", "-c:a", "libopus"]
_KEY = "000102030405060708090a0b0c0d0e0f"

# fmt: off
_FILMS = {
    "plain.mp4": [*_X264, "-c:a", "aac"],
    "offsets.mp4": [*_X264, "-c:a", "aac", "-movflags", "+negative_cts_offsets"],
    "fast.mov": [*_X264, "-c:a", "aac", "-movflags", "+faststart", "-timecode", "01:00:00:00"],
    "fragments.mp4": [*_X264, "-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov"],
    "dash.mp4": [*_X264, "-an", "-movflags", "+dash+frag_keyframe+global_sidx"],
    "encrypted.mp4": [*_X264, "-an", "-encryption_scheme", "cenc-aes-ctr", "-encryption_key", _KEY, "-encryption_kid", _KEY],
    "hevc.mp4": ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=5", "-tag:v", "hvc1", "-an"],
    "av1.mp4": ["-c:v", "libsvtav1", "-preset", "12", "-g", "5", "-an"],
    "prores.mov": ["-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s16le", "-t", "0.3"],
    "plain.mkv": [*_X264, "-c:a", "flac"],
    "live.mkv": [*_X264, "-c:a", "aac", "-live", "1"],
    "hevc.mkv": ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=5", "-an"],
    "mpeg2.mkv": ["-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-an"],
    "vp9.webm": [*_VP9, "-cues_to_front", "1", "-reserve_index_space", "512"],
    "vp8.webm": ["-c:v", "libvpx", "-deadline", "realtime", "-auto-alt-ref", "1", "-lag-in-frames", "5", "-c:a", "libvorbis"],
    "plain.ts": [*_X264, "-c:a", "aac"],
    "hevc.ts": ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:keyint=5", "-c:a", "mp2"],
    "camera.m2ts": [*_X264, "-c:a", "ac3", "-mpegts_m2ts_mode", "1"],
    "mpeg4.avi": ["-c:v", "mpeg4", "-g", "5", "-bf", "2", "-c:a", "libmp3lame"],
    "mjpeg.avi": ["-c:v", "mjpeg", "-c:a", "pcm_s16le"],
    "raw.avi": ["-c:v", "rawvideo", "-pix_fmt", "bgr24", "-t", "0.3", "-an"],
}
# fmt: on


def make(folder: Path, workers: int = 2) -> dict[str, bytes]:
    """The seeds by name, made in `folder`; the same each time."""
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda name: _film(folder, name), _FILMS))
    edited = folder / "edited.mp4"
    films.ffmpeg(["-ss", "0.23", "-i", str(folder / "plain.mp4"), "-map", "0", "-c", "copy", str(edited)])
    for suffix in (".mp4", ".mkv"):
        films.make_tracks(folder, suffix)
    for name, save in _PICTURES.items():
        save(folder / name)
    return {
        path.name: path.read_bytes()
        for path in sorted(folder.iterdir())
        if path.suffix not in (".srt", ".txt")
    }


def real() -> dict[str, bytes]:
    """Real clips and portraits, where this checkout has them beside it."""
    found = sorted(REAL.iterdir()) if REAL.is_dir() else []
    return {
        path.name: path.read_bytes()
        for path in found
        if path.suffix != ".md" and path.stat().st_size < _MOST_BYTES
    }


def _film(folder: Path, name: str) -> None:
    films.ffmpeg([*_INPUTS, *_FILMS[name], "-flags", "+bitexact", "-fflags", "+bitexact", str(folder / name)])


def _image(mode: str = "RGB") -> Image.Image:
    return Image.effect_mandelbrot((64, 48), (-2, -1.5, 1, 1.5), 50).convert(mode)


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a picture"
    return exif


def _profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


_PICTURES: dict[str, Callable[[Path], object]] = {
    "plain.jpg": lambda path: _image().save(path, exif=_exif(), icc_profile=_profile()),
    "progressive.jpg": lambda path: _image().save(path, progressive=True, comment=b"words"),
    "print.jpg": lambda path: _image("CMYK").save(path),
    "gray.jpg": lambda path: _image("L").save(path),
    "plain.png": lambda path: _image("RGBA").save(path, exif=_exif(), icc_profile=_profile()),
    "palette.png": lambda path: _image("P").save(path, transparency=3),
    "deep.png": lambda path: _image("I;16").save(path),
    "moving.png": lambda path: _image().save(path, save_all=True, append_images=[_image().rotate(90)] * 2),
    "plain.webp": lambda path: _image("RGBA").save(path, exif=_exif(), icc_profile=_profile()),
    "lossless.webp": lambda path: _image("RGBA").save(path, lossless=True),
    "moving.webp": lambda path: _image().save(path, save_all=True, append_images=[_image().rotate(90)] * 2),
    "plain.avif": lambda path: _image("RGBA").save(path, exif=_exif(), icc_profile=_profile(), max_threads=1),
    "moving.avif": lambda path: _image().save(
        path, save_all=True, append_images=[_image().rotate(90)] * 2, max_threads=1
    ),
}

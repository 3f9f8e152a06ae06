"""Codecs: each encoder is made to encode, since a name in the list says little about hardware."""

import os
from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from typing import Literal, cast

import av
import numpy as np

from media.encode import be_ordinary
from visage.doctor.finding import Finding, tried

_SIZE = 256  # pixels; hardware encoders refuse very small pictures
_FRAMES = 3
_REINSTALL = "run `make setup`: the package `av` brings its own FFmpeg"
_NO_GPU = "needs an NVIDIA GPU and its driver; without one, videos are encoded on the CPU"
_VIDEO = (
    ("libx264", "yuv420p"),
    ("libx265", "yuv420p"),
    ("libvpx-vp9", "yuv420p"),
    ("libsvtav1", "yuv420p"),
    ("prores_ks", "yuv422p10le"),
    ("mjpeg", "yuvj420p"),
)
_ON_GPU = ("h264_nvenc", "hevc_nvenc")
_AUDIO = ("aac", "libopus")
_DECODERS = ("h264", "hevc", "vp9", "libdav1d", "prores", "mpeg4", "mjpeg", "aac", "opus")


def codecs() -> list[Finding]:
    """FFmpeg, encoders, encoders on a GPU, decoders."""
    os.environ.setdefault("SVT_LOG", "0")  # SVT-AV1 would write to the console
    needed = [tried("encoders", name, partial(_encode, name, pixels), _REINSTALL) for name, pixels in _VIDEO]
    optional = [
        tried("encoders", name, partial(_encode, name, "yuv420p"), _NO_GPU, needed=False) for name in _ON_GPU
    ]
    sound = [tried("encoders", name, partial(_named, name, "w"), _REINSTALL) for name in _AUDIO]
    decoders = [tried("decoders", name, partial(_named, name, "r"), _REINSTALL) for name in _DECODERS]
    return [tried("media", "FFmpeg", _library, _REINSTALL), *needed, *optional, *sound, *decoders]


def _library() -> str:
    return f"av {av.__version__}, {av.ffmpeg_version_info}"


def _encode(name: str, pixel_format: str) -> str:
    encoder = cast(av.VideoCodecContext, av.CodecContext.create(name, "w"))
    encoder.width = encoder.height = _SIZE
    encoder.pix_fmt = pixel_format
    encoder.framerate = Fraction(25)
    encoder.options = {"x265-params": "log-level=none"} if name == "libx265" else {}
    packets = sum(len(encoder.encode(frame)) for frame in _frames(pixel_format)) + len(encoder.encode(None))
    if name == "libsvtav1":
        be_ordinary()
    if packets < _FRAMES:
        raise RuntimeError(f"gave {packets} packets for {_FRAMES} frames")
    return encoder.codec.long_name


def _frames(pixel_format: str) -> Iterator[av.VideoFrame]:
    black = np.zeros((_SIZE, _SIZE, 3), np.uint8)
    for index in range(_FRAMES):
        frame = av.VideoFrame.from_ndarray(black, format="bgr24").reformat(format=pixel_format)
        frame.pts = index
        yield frame


def _named(name: str, mode: Literal["r", "w"]) -> str:
    return av.Codec(name, mode).long_name

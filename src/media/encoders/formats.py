"""Pixel formats compared: what is lost when the one is stored as the other."""

from collections.abc import Sequence
from typing import NamedTuple

from av import VideoFormat
from av.codec.codec import Codec

_SIDE = 16  # pixels: a multiple of every subsampling
_COLORS = 3


class Loss(NamedTuple):
    """What a change of pixel format costs; formats are compared by it, the worst first.

    Attributes:
        alpha: Transparency is lost.
        color: YCbCr becomes RGB or RGB becomes YCbCr, which rounds.
        gray: Color is lost.
        bits: So many bits of depth are lost.
        chroma: So many more pixels share one value of color.
        surplus: What is stored for nothing: bits, values of color, transparency.
    """

    alpha: bool
    color: bool
    gray: bool
    bits: int
    chroma: int
    surplus: int

    @property
    def is_none(self) -> bool:
        """Whether every value of the source has its place."""
        return not any(self[:-1])


def loss(source: str, stored: str) -> Loss:
    """What is lost of the format `source` in the format `stored`."""
    bits = _bits(stored) - _bits(source)
    alpha = has_alpha(stored) - has_alpha(source)
    gray = is_gray(stored) - is_gray(source)
    shared = [after / before for before, after in zip(sharing(source), sharing(stored), strict=True)]
    return Loss(
        alpha=alpha < 0,
        color=is_rgb(stored) != is_rgb(source),
        gray=gray > 0,
        bits=max(0, -bits),
        chroma=0 if gray else round(sum(max(0.0, factor - 1) for factor in shared)),
        surplus=max(0, bits) + max(0, alpha) + sum(factor < 1 for factor in shared) + 9 * (gray < 0),
    )


def nearest(source: str, offered: Sequence[str]) -> tuple[str, Loss]:
    """The format of `offered` that keeps most of `source`, and what it loses; the same where it is offered."""
    if source in offered:
        return source, loss(source, source)
    alike = [name for name in offered if name.startswith("yuvj") == source.startswith("yuvj")]
    found = {name: loss(source, name) for name in alike or offered}
    best = min(found, key=lambda name: found[name])
    return best, found[best]


def offered_by(encoder: str) -> list[str]:
    """The planar formats that an encoder takes from us."""
    formats = [offer.name for offer in Codec(encoder, "w").video_formats or ()]
    return [name for name in formats if not name.startswith(("nv", "p0", "p2"))]


def sharing(pix_fmt: str) -> tuple[int, int]:
    """How many pixels across and down share one value of color."""
    if is_rgb(pix_fmt) or is_gray(pix_fmt):
        return 1, 1
    color = _layout(pix_fmt).components[1]
    return -(-_SIDE // color.width), -(-_SIDE // color.height)


def is_rgb(pix_fmt: str) -> bool:
    """Whether pixels are stored as red, green and blue, by a palette or each."""
    layout = _layout(pix_fmt)
    return layout.is_rgb or layout.has_palette


def is_gray(pix_fmt: str) -> bool:
    """Whether there is no color."""
    return not is_rgb(pix_fmt) and len(_layout(pix_fmt).components) < _COLORS


def has_alpha(pix_fmt: str) -> bool:
    """Whether the format stores transparency."""
    return any(part.is_alpha for part in _layout(pix_fmt).components)


def _bits(pix_fmt: str) -> int:
    layout = _layout(pix_fmt)
    return 8 if layout.has_palette else max(8, *(part.bits for part in layout.components))


def _layout(pix_fmt: str) -> VideoFormat:
    return VideoFormat(pix_fmt, _SIDE, _SIDE)

"""Tiles put together to one frame, and cut from it again."""

from collections.abc import Iterator, Sequence

from av.video.frame import VideoFrame

from media.pictures.refusals import undecodable
from media.pixels.paint import Box, planar
from media.pixels.planes import Plane, planes


def assembled(tiles: Iterator[VideoFrame], columns: int, rows: int) -> VideoFrame:
    """A grid of tiles, given row by row, as one frame that can be written to.

    Raises:
        MediaError: DAMAGED where they differ in size or format.
    """
    first = next(tiles)
    if columns * rows == 1:
        return first
    canvas = planar(VideoFrame(first.width * columns, first.height * rows, first.format.name))
    canvas.colorspace, canvas.color_range = first.colorspace, first.color_range
    _lay(canvas, first, 0, columns)
    for place, tile in enumerate(tiles, 1):
        if (tile.width, tile.height, tile.format.name) != (first.width, first.height, first.format.name):
            raise undecodable()
        _lay(canvas, tile, place, columns)
    return canvas


def cut(canvas: VideoFrame, columns: int, rows: int) -> Sequence[VideoFrame]:
    """The tiles of a frame, row by row."""
    if columns * rows == 1:
        return [canvas]
    return [_cut(canvas, place, columns, rows) for place in range(columns * rows)]


def _lay(canvas: VideoFrame, tile: VideoFrame, place: int, columns: int) -> None:
    for target, source in zip(_part(canvas, tile, place, columns), planes(tile), strict=True):
        target[...] = source


def _part(canvas: VideoFrame, tile: VideoFrame, place: int, columns: int) -> Iterator[Plane]:
    """The planes of the canvas under a tile."""
    row, column = divmod(place, columns)
    for whole, part in zip(planes(canvas), planes(tile), strict=True):
        high, wide = part.shape
        yield whole[row * high : (row + 1) * high, column * wide : (column + 1) * wide]


def _cut(canvas: VideoFrame, place: int, columns: int, rows: int) -> VideoFrame:
    tile = VideoFrame(canvas.width // columns, canvas.height // rows, canvas.format.name)
    tile.colorspace, tile.color_range = canvas.colorspace, canvas.color_range
    for target, source in zip(planes(tile), _part(canvas, tile, place, columns), strict=True):
        target[...] = source
    return tile


def cropped(canvas: VideoFrame, window: Box) -> VideoFrame:
    """The part under `window`, moved to whole samples of chroma."""
    part = VideoFrame(window.right - window.left, window.bottom - window.top, canvas.format.name)
    part.colorspace, part.color_range = canvas.colorspace, canvas.color_range
    for target, source in zip(planes(part), planes(canvas), strict=True):
        top = window.top * source.shape[0] // canvas.height
        left = window.left * source.shape[1] // canvas.width
        target[...] = source[top : top + target.shape[0], left : left + target.shape[1]]
    return part

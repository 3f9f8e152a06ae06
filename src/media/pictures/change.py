"""What an agent changed in a picture, as its segment holds it: a box of pixels, before and after.

The difference of both is applied to what the picture stores, so that nothing depends on how two machines
convert colors, and what 8 bits cannot hold stays.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from contracts.errors import Reason, WorkError
from media.pictures.turning import stored, stored_box
from media.pixels.color import Pixels
from media.pixels.paint import Box, Mask, differing
from media.sources.source import Source

_PLACE = "place"  # the key of a text chunk


@dataclass(frozen=True)
class Change:
    """Pixels of `box`, blue first, before and after; the box is as small as can be."""

    box: Box
    before: Pixels
    after: Pixels

    @property
    def changed(self) -> Mask:
        """Where the two differ."""
        return differing(self.before, self.after)

    def stored(self, orientation: int, width: int, height: int) -> "Change":
        """The change in the stored picture of one that is shown with `width` x `height` pixels.

        Raises:
            WorkError: RESULT_MISMATCH where the box is not within the picture.
        """
        box = self.box
        if box.left < 0 or box.top < 0 or box.right > width or box.bottom > height:
            raise _mismatch("the change is not within it")
        turned = stored_box(box, orientation, width, height)
        return Change(turned, stored(self.before, orientation), stored(self.after, orientation))


def change_between(before: Pixels, after: Pixels, within: Box | None) -> Change | None:
    """What differs between two pictures of one size, in a box outside of which nothing does; None if nothing."""
    if within is None:
        return None
    old, new = before[within.rows, within.columns], after[within.rows, within.columns]
    rows, columns = np.nonzero(differing(old, new))
    if not len(rows):
        return None
    left, top = within.left + int(columns.min()), within.top + int(rows.min())
    box = Box(left, top, within.left + int(columns.max()) + 1, within.top + int(rows.max()) + 1)
    return Change(box, before[box.rows, box.columns], after[box.rows, box.columns])


def write_change(path: Path, change: Change | None) -> None:
    """Write a segment: a PNG of both states, one above the other; a single pixel where there is no change."""
    if change is None:
        Image.new("RGB", (1, 1)).save(path, format="PNG")
        return
    both = np.concatenate([change.before, change.after])[:, :, ::-1]
    text = PngInfo()
    text.add_text(_PLACE, f"{change.box.left} {change.box.top}")
    Image.fromarray(np.ascontiguousarray(both)).save(path, format="PNG", pnginfo=text, compress_level=1)


def read_change(segment: Source) -> Change | None:
    """The change that a segment holds.

    Raises:
        WorkError: RESULT_MISMATCH where the segment is none.
    """
    try:
        image = Image.open(segment, formats=("PNG",))  # type: ignore[arg-type]
        image.load()
        place = image.info.get(_PLACE)
        both: Pixels = np.asarray(image.convert("RGB"))[:, :, ::-1]
        if place is None:
            return None
        left, top = (int(number) for number in str(place).split())
    except (OSError, ValueError, SyntaxError) as error:
        raise _mismatch("its segment cannot be read") from error
    down, across = both.shape[0] // 2, both.shape[1]
    return Change(Box(left, top, left + across, top + down), both[:down], both[down:])


def _mismatch(what: str) -> WorkError:
    return WorkError(Reason.RESULT_MISMATCH, f"The picture could not be made: {what}.", retryable=False)

"""What is missing of a result because the upload is damaged there: what the check allows, what the user reads."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from contracts.media import SegmentRange
from contracts.notes import Note, NoteKind
from media.containers.index import Integers

_NAMED = 10  # times and places that a note names


def excused(missing: Integers, damaged: Sequence[SegmentRange]) -> Integers:
    """Those of the ascending times `missing` that lie in ranges where packets could not be decoded."""
    inside = np.zeros(len(missing), bool)
    for span in damaged:
        last = np.inf if span.end_pts is None else span.end_pts
        inside |= (missing >= span.start_pts) & (missing < last)
    return missing[inside]


def damage_note(missing: Integers, damaged: Sequence[SegmentRange], time_base: Fraction) -> list[Note]:
    """Tells of damage: of frames that are missing and when, or where the picture may be disturbed."""
    if not damaged:
        return []
    places = [span.start_pts for span in damaged]
    shown = missing.tolist() or places
    times = [float(pts * time_base) for pts in shown[:_NAMED]]
    words = ", ".join(_clock(seconds) for seconds in times) + (" and more" if len(shown) > _NAMED else "")
    return [
        Note(
            kind=NoteKind.FRAMES_DAMAGED,
            text=_missing(len(missing), words) if len(missing) else _disturbed(words),
            detail={"frames": len(missing), "seconds": [round(seconds, 3) for seconds in times]},
        )
    ]


def _missing(count: int, times: str) -> str:
    if count == 1:
        return f"One frame could not be decoded, at {times}. It is missing; the frame before stays longer."
    return (
        f"{count} frames could not be decoded, at {times}. They are missing; the frames before stay longer."
    )


def _disturbed(places: str) -> str:
    return f"Parts of the video could not be decoded, after {places}. The picture may be disturbed there."


def _clock(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:06.3f}" if hours else f"{minutes}:{rest:06.3f}"

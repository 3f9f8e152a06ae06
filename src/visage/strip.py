"""A picture of what an engine does: the source's face, the target's, the result; once each way.

python -m visage.strip docs/images/strip.jpg
python -m visage.strip docs/images/limits.jpg --hard

The second shows a target that is hard: dark, half covered.
The portraits are in the public domain, and come with packages that are installed anyway: Grace Hopper (US Navy) and
Eileen Collins (NASA).
"""

import argparse
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np

from faces.align import align
from faces.decode import decode_photo
from faces.detect import Detector, Picture, Points
from gpu_agent import engines
from gpu_agent.blend.blender import Blender
from gpu_agent.engines.base import Engine, Photo
from gpu_agent.seen import Seen, SeenFace
from gpu_agent.swapping import swapped
from media.pictures.still import Still
from visage.demo import portrait

_SIDE, _MARGIN, _GAP = 280, 0.28, 6  # pixels of a picture, share around the face, pixels between pictures
_QUALITY = 92
_DIM, _CLOTH = 0.25, (190, 175, 140)  # share of the light, BGR


def strip(engine: Engine) -> Picture:
    """Two rows of source, target and result, BGR."""
    people = [_photo(_hopper()), _photo(portrait())]
    return _stacked([_row(engine, source, target) for source, target in (people, reversed(people))])


def hard(engine: Engine) -> Picture:
    """The same of one source: the target in the dark, and with a cloth over mouth and nose."""
    source, target = _photo(_hopper()), _photo(portrait())
    return _stacked([_row(engine, source, changed(target)) for changed in (_darkened, _covered)])


def _darkened(photo: Photo) -> Photo:
    return Photo((photo.picture * _DIM).astype(np.uint8), photo.points)


def _covered(photo: Photo) -> Photo:
    _, _, nose, right, left = photo.points
    across, down = (left - right) * 0.9, (left + right) / 2 - nose
    corners = [nose - across, nose + across, left + across * 0.4 + down, right - across * 0.4 + down]
    picture = photo.picture.copy()
    cv2.fillConvexPoly(picture, np.stack(corners).astype(np.int32), _CLOTH, cv2.LINE_AA)
    return Photo(picture, photo.points)


def _row(engine: Engine, source: Photo, target: Photo) -> Picture:
    frame = Still(target.picture)
    seen = Seen(frame, [SeenFace(target.points)])
    list(swapped([seen], engine, [engine.prepare([source])], Blender(engine)))
    pictures = [
        _face(source.picture, source.points),
        _face(target.picture, target.points),
        _face(frame.to_bgr(), target.points),
    ]
    gap = _white(_SIDE, _GAP)
    return np.hstack([pictures[0], gap, pictures[1], gap, pictures[2]])


def _face(picture: Picture, points: Points) -> Picture:
    """The face with what is around it, upright."""
    return align(picture, points, _SIDE, _MARGIN)[0]


def _photo(picture: Picture) -> Photo:
    return Photo(picture, Detector().detect(picture)[0].points)


def _hopper() -> Picture:
    return decode_photo(
        files("matplotlib").joinpath("mpl-data", "sample_data", "grace_hopper.jpg").read_bytes()
    )


def _stacked(rows: list[Picture]) -> Picture:
    gap = _white(_GAP, rows[0].shape[1])
    return np.vstack([part for row in rows for part in (gap, row)][1:])


def _white(height: int, width: int) -> Picture:
    return np.full((height, width, 3), 255, np.uint8)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path, help="where the picture goes, .jpg or .png")
    parser.add_argument(
        "--engine", default=engines.usual(), help="the best one that is here, if it is not given"
    )
    parser.add_argument("--hard", action="store_true", help="show targets that are hard")
    options = parser.parse_args()
    made = (hard if options.hard else strip)(engines.create(options.engine))
    options.out.write_bytes(
        cv2.imencode(options.out.suffix, made, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()
    )

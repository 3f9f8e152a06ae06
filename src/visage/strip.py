"""A picture of what an engine does: the source's face, the target's, the result; once each way.

python -m visage.strip docs/images/strip.jpg

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


def strip(engine: Engine) -> Picture:
    """Two rows of source, target and result, BGR."""
    people = [_photo(_hopper()), _photo(portrait())]
    rows = [_row(engine, source, target) for source, target in (people, reversed(people))]
    return np.vstack([rows[0], _white(_GAP, rows[0].shape[1]), rows[1]])


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
    options = parser.parse_args()
    made = strip(engines.create(options.engine))
    options.out.write_bytes(
        cv2.imencode(options.out.suffix, made, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()
    )

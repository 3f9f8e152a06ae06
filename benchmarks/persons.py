"""How often two people in one film get the right face, and what it costs, beside simpler rules.

`python -m benchmarks.persons --json` takes a film of two portraits who pass each other, with cuts that exchange them.
`--clips A B` takes two videos of one person each, side by side, their places exchanged by a cut every 15 frames.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from tests import pairs
from tests.pairs import Place

from contracts.messages import PersonRef
from faces.detect import Detector, Picture, Points
from faces.persons import likeness_to
from faces.recognize import SAME_PERSON, Recognizer, SFace, Vector
from gpu_agent.casting import Casting
from gpu_agent.finding import Finder
from gpu_agent.recognizing import Recognized
from gpu_agent.tracking import TrackedFace
from media.pixels.frame import Frame

_ROUNDS = 4  # of the film of portraits
_FRAMES = 90  # of each clip
_CUT_EVERY = 15  # frames
_HEIGHT = 360
_FPS = 30

Shown = tuple[Picture, list[Place]]


class Timed:
    """A recognizer, how often it was asked, and the processor time it took."""

    name = "SFace"

    def __init__(self) -> None:
        self.looks, self.seconds = 0, 0.0
        self._real = SFace()

    def embed(self, picture: Picture, points: Points) -> Vector:
        """As `SFace.embed`."""
        began = time.process_time()
        vector = self._real.embed(picture, points)
        self.looks, self.seconds = self.looks + 1, self.seconds + time.process_time() - began
        return vector


class EachFrame:
    """The plain rule: recognize every face in every frame; whom it is most like, above the usual threshold."""

    def __init__(self, persons: Sequence[PersonRef], recognizer: Recognizer, *, once: bool = False) -> None:
        """With `once`, only in the first frame of a track."""
        self._vectors = [np.array(person.vectors, np.float32) for person in persons]
        self._recognizer, self._once = recognizer, once
        self._known: dict[int, int | None] = {}

    def face_of(self, picture: Picture, face: TrackedFace) -> int | None:
        """As `Casting.face_of`."""
        if self._once and face.track in self._known:
            return self._known[face.track]
        vector = self._recognizer.embed(picture, face.points)
        scores = [likeness_to(vector, vectors) for vectors in self._vectors]
        best = int(np.argmax(scores))
        self._known[face.track] = best if scores[best] >= SAME_PERSON else None
        return self._known[face.track]


def measured(film: Sequence[Shown], names: Sequence[str], casting: Casting, timed: Timed) -> dict[str, Any]:
    """Which share of the faces in the film got the right face, another's, and none."""
    finder = Finder(Fraction(1, _FPS), 0, casting)
    right = wrong = missed = 0
    began = time.process_time()
    for index, (picture, places) in enumerate(film):
        got = finder.see(_frame(picture, index)).faces
        for place in places:
            faces = [face.face for face in got if place.is_near(face.points)]
            right += faces == [names.index(place.who)]
            wrong += any(face != names.index(place.who) for face in faces)
            missed += not faces
    seconds = time.process_time() - began
    count = right + wrong + missed
    return {
        "right": round(right / count, 4),
        "wrong": round(wrong / count, 4),
        "missed": round(missed / count, 4),
        "looks_per_face": round(timed.looks / count, 3),
        "ms_per_look": round(1000 * timed.seconds / max(timed.looks, 1), 1),
        "ms_per_frame": round(1000 * seconds / len(film), 1),
    }


def _frame(picture: Picture, index: int) -> Frame:
    return Frame(av.VideoFrame.from_ndarray(picture, format="bgr24"), index)


def portraits() -> Iterator[Shown]:
    """The film of the tests, over and over, lighter and darker, sharp and blurred."""
    for index in range(_ROUNDS * pairs.END):
        blur, light = 1 + np.sin(index / 7), 1 + 0.3 * np.sin(index / 11)
        picture = cv2.GaussianBlur(pairs.frame(index % pairs.END), (0, 0), 0.1 + blur)
        yield np.asarray(cv2.convertScaleAbs(picture, alpha=light), np.uint8), pairs.places(index % pairs.END)


def side_by_side(clips: Sequence[Path]) -> Iterator[Shown]:
    """Two clips with one person each; a cut exchanges their places."""
    detector = Detector()
    for index, both in enumerate(zip(*map(_pictures, clips), strict=False)):
        order = (0, 1) if index // _CUT_EVERY % 2 == 0 else (1, 0)
        places, left = list[Place](), 0
        for which in order:
            for face in detector.detect(both[which])[:1]:
                x, y = face.points.mean(0)
                places.append(Place(str(which), left + float(x), float(y)))
            left += both[which].shape[1]
        yield np.hstack([both[which] for which in order]), places


def _pictures(clip: Path) -> Iterator[Picture]:
    with av.open(str(clip)) as container:
        for count, frame in enumerate(container.decode(video=0)):
            if count == _FRAMES:
                return
            width = round(frame.width * _HEIGHT / frame.height)
            picture = frame.to_ndarray(format="bgr24")
            yield np.asarray(cv2.resize(picture, (width, _HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)


def known(film: Sequence[Shown], names: Sequence[str]) -> list[PersonRef]:
    """The people as a search would know them: by three of the frames in which each is seen."""
    recognizer, detector = SFace(), Detector()
    vectors: dict[str, list[list[float]]] = {name: [] for name in names}
    for picture, places in (film[place] for place in (0, len(film) // 2, len(film) - 1)):
        found = detector.detect(picture)
        for place in places:
            near = [face for face in found if place.is_near(face.points)]
            vectors[place.who] += [recognizer.embed(picture, face.points).tolist() for face in near]
    return [PersonRef(person=name, vectors=vectors[name], face=place) for place, name in enumerate(names)]


def run(clips: Sequence[Path]) -> dict[str, Any]:
    """Measure every rule on one film."""
    film = list(side_by_side(clips) if clips else portraits())
    names = sorted({place.who for _, places in film for place in places})
    persons = known(film, names)
    rules: dict[str, Callable[[list[PersonRef], Timed], Casting]] = {
        "visage": Recognized,
        "each frame": EachFrame,
        "once a track": lambda people, timed: EachFrame(people, timed, once=True),
    }
    report: dict[str, Any] = {"frames": len(film), "load_before": os.getloadavg()[0]}
    for name, rule in rules.items():
        timed = Timed()
        report[name] = measured(film, names, rule(persons, timed), timed)
    report["looks_saved"] = round(
        report["each frame"]["looks_per_face"] / report["visage"]["looks_per_face"], 2
    )
    return report


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object on one line")
    parser.add_argument("--clips", nargs=2, type=Path, default=[], help="two videos with one person each")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    report = run(options.clips)
    sys.stdout.write(json.dumps(report, indent=None if options.json else 2) + "\n")


if __name__ == "__main__":
    main()

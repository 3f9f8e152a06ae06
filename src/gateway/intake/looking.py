"""What the sandbox runs to find the people in an upload: it looks at some of its pictures."""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain

from pydantic import BaseModel

from contracts.persons import SeenPerson
from faces.detect import Detection, Detector, Picture
from faces.drawing import thumbnail
from faces.persons import Person, Sighting, persons_of
from faces.pose import yaw_proxy
from faces.recognize import SFace
from media.sampling import Sample, samples
from media.sources.source import open_source

# Pictures of a video up to so many seconds; beyond the last as many as of that.
_SAMPLES = ((60.0, 32), (600.0, 64))
_MOST_SAMPLES = 128
_MOST_PERSONS = 24
_LEAST_SCORE = 0.7
_LEAST_EYES = 6.0  # pixels
_MOST_YAW = 0.8  # what looks turned further is mostly no face
_ENOUGH = 8  # pictures that are looked at however long it takes


class LookRequest(BaseModel):
    """Find the people in the file at `url`, of so many seconds; look no longer than `cpu_seconds`."""

    url: str
    seconds: float
    cpu_seconds: float


class Look(BaseModel):
    """Who was found, and of each a JPEG of 256 x 256 px in base64, in the same order."""

    persons: list[SeenPerson]
    thumbnails: list[str]


@dataclass(frozen=True)
class _Seen:
    sighting: Sighting
    seconds: float
    thumbnail: str


class _Eyes:
    """Detector and recognizer, loaded once."""

    def __init__(self) -> None:
        self._detector, self._recognizer = Detector(_LEAST_SCORE), SFace()

    def see(self, sample: Sample, number: int) -> list[_Seen]:
        """The faces of picture `number` that may be somebody's."""
        found = self._detector.detect(sample.pixels)
        usable = [
            one
            for one in found
            if one.eye_distance >= _LEAST_EYES and abs(yaw_proxy(one.points)) <= _MOST_YAW
        ]
        return [
            _Seen(
                self._sighting(sample.pixels, face, number),
                sample.seconds,
                thumbnail(sample.pixels, face.points),
            )
            for face in usable
        ]

    def _sighting(self, picture: Picture, face: Detection, number: int) -> Sighting:
        vector = self._recognizer.embed(picture, face.points)
        return Sighting(vector, number, face.eye_distance, yaw_proxy(face.points), face.score)


def look(request: LookRequest) -> Look:
    """Find the people in a video or picture. Raises `MediaError` where it cannot be read."""
    with (
        open_source(request.url) as source,
        closing(samples(source, request.seconds, _most(request))) as some,
    ):
        eyes = _Eyes()
        looks = [
            eyes.see(sample, number) for number, sample in enumerate(_in_time(some, request.cpu_seconds))
        ]
    found = list(chain.from_iterable(looks))
    persons = persons_of([one.sighting for one in found])[:_MOST_PERSONS]
    named = [_named(f"person-{place}", one, found, len(looks)) for place, one in enumerate(persons, 1)]
    return Look(persons=named, thumbnails=[found[one.sightings[0]].thumbnail for one in persons])


def _most(request: LookRequest) -> int:
    return next((count for seconds, count in _SAMPLES if request.seconds <= seconds), _MOST_SAMPLES)


def _in_time(some: Iterable[Sample], cpu_seconds: float) -> Iterator[Sample]:
    began = time.process_time()
    for count, sample in enumerate(some, 1):
        yield sample
        if count >= _ENOUGH and time.process_time() - began > cpu_seconds:
            return


def _named(name: str, person: Person, found: list[_Seen], pictures: int) -> SeenPerson:
    return SeenPerson(
        name=name,
        vectors=[[round(float(value), 5) for value in vector] for vector in person.vectors],
        share=len(person.sightings) / pictures,
        seconds=found[person.sightings[0]].seconds,
    )

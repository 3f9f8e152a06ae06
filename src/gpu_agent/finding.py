"""Finding and following the faces of a segment's frames."""

from collections.abc import Iterator
from fractions import Fraction

from faces.detect import Detector, FaceDetector, Picture
from gpu_agent.casting import Casting, Everybody
from gpu_agent.seen import F, Seen, SeenFace
from gpu_agent.tracking import TrackedFace
from gpu_agent.tracking.tracker import CONTINUE_SCORE, Tracker
from gpu_agent.turning import stored_points, upright


class Finder:
    """Finds and follows faces through the frames of one segment."""

    def __init__(
        self,
        time_base: Fraction,
        rotation: int = 0,
        casting: Casting | None = None,
        detector: FaceDetector | None = None,
    ) -> None:
        """Times are in ticks of `time_base` seconds; players turn frames clockwise by `rotation` degrees.

        Everybody gets the first face where there is no `casting`; the detector is YuNet unless another is given.
        """
        self._tracker = Tracker(detector or Detector(CONTINUE_SCORE))
        self._casting = casting or Everybody()
        self._time_base = float(time_base)
        self._rotation = rotation

    def see(self, frame: F) -> Seen[F]:
        """The faces of the next frame that are to be swapped."""
        stored = frame.to_bgr()
        picture = upright(stored, self._rotation)
        faces = self._tracker.update(picture, frame.pts * self._time_base)
        return Seen(frame, list(self._cast(picture, faces, stored.shape[1], stored.shape[0])))

    def _cast(
        self, picture: Picture, faces: list[TrackedFace], width: int, height: int
    ) -> Iterator[SeenFace]:
        for face in faces:
            place = self._casting.face_of(picture, face)
            if place is not None:
                points = stored_points(face.points, self._rotation, width, height)
                yield SeenFace(points, face.track, place, face.strength)

"""The quality report: how good a swap is, measured on sampled frames of original and result."""

from pydantic import BaseModel, ConfigDict


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True)


class Coverage(_Figures):
    """Which frames were swapped.

    Attributes:
        frames: Frames that were looked at.
        with_face: Those of them in which a face is to be swapped.
        swapped: Those of `with_face` in which every such face was swapped.
        dropped: Those of `with_face` in which one was not, though its person is swapped elsewhere in the video.
        untouched: Frames with a face that was left as it is everywhere, such as that of another person.
        missing: Frames of the original, all of them counted, at whose time the result shows none of its own.
    """

    frames: int
    with_face: int
    swapped: int
    dropped: int
    untouched: int
    missing: int

    @property
    def share(self) -> float | None:
        """`swapped` over `with_face`, 0 to 1; None where no face is to be swapped."""
        return self.swapped / self.with_face if self.with_face else None


class Identity(_Figures):
    """How like the wanted face the result is: cosines of a recognizer, -1 to 1, more is more alike.

    Attributes:
        recognizer: Which one. The engine "compact" was trained with SFace, and looks better to it than to others.
        same_person: From this cosine on it takes two faces for the same person.
        before: Of the original's faces, on average: how like they were anyway.
        after: Of the result's, on average.
        lowest: 95 of 100 faces of the result are at least this.
    """

    recognizer: str
    same_person: float
    before: float
    after: float
    lowest: float


class PoseChange(_Figures):
    """How differently the faces are turned, on average.

    Attributes:
        yaw: Of the nose to the side, in eye distances; 0.35 is the way from straight on to a three-quarter view.
        pitch: Of the nose up or down, in distances from eyes to mouth.
        roll: Of the eyes' line, in degrees.
    """

    yaw: float
    pitch: float
    roll: float


class Flicker(_Figures):
    """How restless the faces are, their motion taken out: ratios result / original, 1 being as calm.

    Attributes:
        median: Of all pairs of consecutive frames.
        p95: 95 of 100 pairs are at most this.
        pairs: How many were judged.
    """

    median: float
    p95: float
    pairs: int


class Background(_Figures):
    """How far the result is from the original where no face is: PSNR in dB, 99 standing for identical.

    Attributes:
        psnr: Over all frames.
        worst: Of the frame that differs most.
    """

    psnr: float
    worst: float


class QualityReport(_Figures):
    """What was measured; a part is null where there was nothing to measure it on.

    Attributes:
        sharpness: Fine detail of swapped faces over the original's, at their size on the screen: 1 is as sharp,
            below it softer; median over the faces.
        color: How far the mean color of swapped faces is from the original's, which is that of the scene's light:
            Delta E of CIE Lab (1976), median over the faces. About 2 can just be seen.
    """

    coverage: Coverage
    identity: Identity | None
    pose: PoseChange | None
    flicker: Flicker | None
    sharpness: float | None
    color: float | None
    background: Background | None

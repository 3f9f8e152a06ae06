"""What an evaluation finds. Medians are over pairs; null stands where there was nothing to measure."""

from pydantic import BaseModel, ConfigDict, Field

Quartiles = tuple[float, float]
Interval = tuple[float, float]


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True)


class Hits(_Figures):
    """Shares, 0 to 1, of results whose nearest face in the gallery is that of the person put in.

    Attributes:
        top1: Of all results.
        top1_other_photo: Of those whose person is in the gallery by a photo that no swap used: the stricter part.
        top1_same_photo: Of those whose person has one photo only, which is source and gallery at once.
    """

    top1: float | None
    top1_other_photo: float | None
    top1_same_photo: float | None


class Retrieval(_Figures):
    """Looking results up among faces of people whom no training has seen.

    Attributes:
        gallery: Faces in the gallery, one a person.
        strangers: Those of them whose person is in no pair: people of the other splits, training excepted.
        other_photo: Share of pairs whose source person is in the gallery by another photo than the source.
        sface, dlib: Looked up by cosine of SFace, and by distance of dlib.
    """

    gallery: int
    strangers: int
    other_photo: float
    sface: Hits
    dlib: Hits | None


class Outside(_Figures):
    """Distances by a recognizer outside the training: 0 is the same picture, about 0.83 are strangers.

    Attributes:
        recognizer: Which one.
        distance_source_median, distance_target_median: Of the result to the source, and to the target.
        same_person: From this distance down it takes two faces for one person's.
        source_same, target_same: Share of results that it takes for the source's person, for the target's.
    """

    recognizer: str
    distance_source_median: float
    distance_target_median: float
    same_person: float
    source_same: float
    target_same: float


class Geometry(_Figures):
    """How the result's face lies beside the target's, by five points that YuNet finds in both, mean of eight looks.

    Attributes:
        not_found: Share of results in which YuNet finds no face; they are left out of the rest.
        points_percent_median, points_percent_mean, points_percent_p95: Mean distance of the five points, in percent
            of the target's eye distance.
        floor_percent_median: The same of the target with itself, looked at in other places of the detector's grid:
            what the detector alone varies.
        yaw_median, pitch_median: Absolute differences of the proxies of `faces.pose`: eye distances to the side,
            distances from eyes to mouth up or down.
    """

    not_found: float
    points_percent_median: float | None
    points_percent_mean: float | None
    points_percent_p95: float | None
    floor_percent_median: float | None
    yaw_median: float | None
    pitch_median: float | None


class Expression(_Figures):
    """How the result's expression follows the target's.

    Attributes:
        mouth_width_median: Absolute difference of the mouth's width, in eye distances (YuNet).
        mouth_opening_median, eye_opening_median: Absolute differences of openings over widths, by dlib's 68 landmarks.
        mouth_follows_target, mouth_follows_source: Correlation, -1 to 1, of the mouth's opening in the result with
            that in the target, and in the source.
        eyes_follow_target, eyes_follow_source: The same of the eyes.
        landmarks_percent_median: Mean distance of the 68 landmarks from the target's, in percent of its eye distance:
            the face's own shape is in it.
    """

    mouth_width_median: float | None
    mouth_opening_median: float | None
    eye_opening_median: float | None
    mouth_follows_target: float | None
    mouth_follows_source: float | None
    eyes_follow_target: float | None
    eyes_follow_source: float | None
    landmarks_percent_median: float | None


class Reconstruction(_Figures):
    """A person's photo swapped with itself should stay as it is. Medians over photos, one a person.

    Attributes:
        photos: How many.
        psnr_median, psnr_mean: Of the middle 128 px as shown, the mask applied, in dB; 99 stands for identical.
        psnr_face_median: Within the face's oval.
        psnr_unmasked_median: Of what the engine draws where its mask hides nothing: a mask that shows nothing would
            have a perfect PSNR otherwise.
        ssim_median: Of the middle 128 px as shown, 1 being identical.
    """

    photos: int
    psnr_median: float
    psnr_mean: float
    psnr_face_median: float
    psnr_unmasked_median: float
    ssim_median: float


class Frechet(_Figures):
    """Frechet distances of features, as FID has them of Inception's; squared units, less is more alike.

    Sets are small, which makes every distance too large: only the ratio to the floor says something.

    Attributes:
        faces: Results, and real faces, that are compared.
        sface, dlib: Of the results of the first half of the pairs to the sources of the second half.
        sface_floor, dlib_floor: Of the sources of the first half to those of the second: what a perfect engine would
            have. People with few photos are in both halves, so that it is low.
    """

    faces: int
    sface: float
    sface_floor: float
    dlib: float | None
    dlib_floor: float | None


class Look(_Figures):
    """Medians of the result over the target.

    Attributes:
        sharpness_ratio_median: Detail within the face, result over target: 1 is as sharp, below it softer. Standard
            deviation of the Laplacian, as in the quality report.
        variance_ratio_median: The same of the variance of the plain Laplacian: finest noise is in it.
        color_median: Distance of the mean color within the face, Delta E of CIE Lab (1976); about 2 can just be seen.
    """

    sharpness_ratio_median: float | None
    variance_ratio_median: float | None
    color_median: float | None


class MaskFigures(_Figures):
    """How much of the engine's pixels is shown: means of its mask, 0 to 1, medians over pairs.

    Attributes:
        face: Within the face's oval.
        around: Elsewhere in the middle 128 px: hair, neck, background.
        border: Along the edge of the engine's square, where it shows as a seam.
        shown: Share of the middle 128 px shown by more than a half.
    """

    face: float
    around: float
    border: float
    shown: float


class Group(_Figures):
    """Medians of a part of the pairs.

    Attributes:
        of: Whose photo the value is of, "source" or "target".
        by: "set" (the data set's source), "gender" (where it is labelled), "licence", or "brightness" (thirds by mean
            L* of the face in its photo: the light it was taken in and the color of the skin at once).
        value: What pairs of the group have in common.
        pairs: How many.
        cosine_source_median, cosine_target_median, points_percent_median: As in the report.
        retrieval_top1: By dlib, else by SFace.
    """

    of: str
    by: str
    value: str
    pairs: int
    cosine_source_median: float
    cosine_target_median: float
    points_percent_median: float | None
    retrieval_top1: float


class Intervals(_Figures):
    """Where the main figures would lie with other people of the same kind, 19 times of 20.

    Two engines on the same pairs differ less by chance than these say: see `Differences`.

    Attributes:
        cosine_source_median, cosine_target_median, points_percent_median: As in the report.
        retrieval_top1: By dlib, else by SFace.
        psnr_median: Of the reconstruction, in dB.
    """

    cosine_source_median: Interval | None
    cosine_target_median: Interval | None
    points_percent_median: Interval | None
    retrieval_top1: Interval | None
    psnr_median: Interval | None


class Difference(_Figures):
    """One engine's values less another's, pair by pair.

    Attributes:
        mean: Over pairs in which both were measured.
        interval: Where the mean would lie with other people, 19 times of 20. Without 0 in it, the engines differ by
            more than whom the data set happens to show.
    """

    mean: float
    interval: Interval


class Differences(_Figures):
    """The evaluated engine less the one beside it.

    Attributes:
        cosine_source, cosine_target: By SFace.
        points_percent: Five points off the target's, in percent of its eye distance.
        found: Share of results whose source is found first in the gallery, by dlib, else by SFace.
        psnr: Of the reconstruction, in dB.
    """

    cosine_source: Difference | None
    cosine_target: Difference | None
    points_percent: Difference | None
    found: Difference | None
    psnr: Difference | None


class Baseline(_Figures):
    """What the main figures are for a result that needs no engine.

    Attributes:
        cosine_source_median, cosine_target_median: As in the report.
        retrieval_top1_sface, retrieval_top1_dlib: Share found first in the gallery, by SFace and by dlib.
        distance_source_median: To the source, by dlib.
        points_percent_median: Five points off the target's, in percent of its eye distance.
    """

    cosine_source_median: float
    cosine_target_median: float
    retrieval_top1_sface: float
    retrieval_top1_dlib: float | None
    distance_source_median: float | None
    points_percent_median: float | None


class Speed(_Figures):
    """Faces a second, on a machine that may have had other work.

    Attributes:
        device: Where the engine computes.
        batch: Faces swapped in one go.
        swapped_per_second: Aligned squares in, swapped squares out; the first batch is not counted.
        prepared_per_second: Photos made ready as sources.
    """

    device: str
    batch: int
    swapped_per_second: float
    prepared_per_second: float


class Likeness(_Figures):
    """Whom results look like, by SFace: cosines, -1 to 1.

    Attributes:
        cosine_source_median, cosine_source_quartiles: Of the result to the source.
        cosine_source_same: Share of results at or above 0.363, from where SFace takes two faces for one person's.
        cosine_target_median, cosine_target_quartiles, cosine_target_same: The same to the target.
        cosine_margin_median: Of the cosine to the source less that to the target.
    """

    cosine_source_median: float
    cosine_source_quartiles: Quartiles
    cosine_source_same: float
    cosine_target_median: float
    cosine_target_quartiles: Quartiles
    cosine_target_same: float
    cosine_margin_median: float


class Part(Likeness):
    """One engine on one set of pairs.

    Attributes:
        engine: Its name.
        pairs, people, photos: How many pairs; people and photos they were drawn from.
        retrieval_top1: Share of results whose source is found first in the gallery, by dlib; null without it.
        baselines: "no_swap" takes the target for the result, "source" the source: the scale's two ends.
    """

    engine: str
    pairs: int
    people: int
    photos: int
    retrieval_top1: float | None
    retrieval: Retrieval
    outside: Outside | None
    geometry: Geometry
    expression: Expression
    reconstruction: Reconstruction
    frechet: Frechet | None
    look: Look
    mask: MaskFigures
    intervals: Intervals
    groups: list[Group]
    baselines: dict[str, Baseline]
    speed: Speed


class Beside(Part):
    """Another engine on the same pairs.

    Attributes:
        weights: The file that was given for it; null where the service's own are meant.
        differences: The evaluated engine less this one.
    """

    weights: str | None
    differences: Differences


class Report(Part):
    """The whole evaluation.

    Attributes:
        data, split, seed, sets: What was evaluated on: folder, split, seed of the pairing, sources of the data set.
        tight: The same figures of photos cut so tight that more than 8 % of their squares is repeated edge.
        beside: The same of other engines on the same pairs, and how the evaluated one differs.
    """

    data: str
    split: str
    seed: int
    sets: list[str]
    tight: Part | None = None
    beside: list[Beside] = Field(default_factory=list)

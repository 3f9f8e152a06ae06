"""A quality report in words that need no knowledge of how it was measured."""

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.quality import Background, Coverage, Flicker, Identity, PoseChange, QualityReport
from gateway.site.formats import count, percent
from gateway.site.texts import t

# Limits chosen by looking at swaps beside their figures.
_CLEARLY_ALIKE = 0.55  # cosine; most pairs of photos of one person have more
_CALM, _RESTLESS = 1.4, 2.0  # times the original's own flicker
_SOFT, _SHARPER = 0.8, 1.25  # times the original's detail
_FITS, _STANDS_OUT = 4.0, 10.0  # Delta E
_TURNED = (0.12, 0.10, 6.0)  # yaw, pitch, roll
_INVISIBLE, _EXACT = 38.0, 99.0  # dB


@dataclass(frozen=True)
class MeasureShown:
    """One measure: what it is about, how it is, and the figure behind it. `tone` is "good", "warn" or empty."""

    title: str
    words: str
    figure: str
    tone: str


def quality_shown(report: QualityReport | None) -> list[MeasureShown]:
    """The measures of a report, the most telling first; empty where there is none."""
    return list(_measures(report)) if report else []


def _measures(report: QualityReport) -> Iterator[MeasureShown]:
    yield _coverage(report.coverage)
    if report.identity:
        yield _identity(report.identity)
    if report.flicker:
        yield _flicker(report.flicker)
    if report.sharpness is not None:
        yield _sharpness(report.sharpness)
    if report.color is not None:
        yield _color(report.color)
    if report.pose:
        yield _pose(report.pose)
    if report.background:
        yield _background(report.background)


def _coverage(coverage: Coverage) -> MeasureShown:
    title = t("Frames swapped")
    if coverage.share is None:
        return MeasureShown(title, t("No swapped face was seen"), "", "warn")
    seen = t(
        "{swapped} of {all} frames looked at", swapped=count(coverage.swapped), all=count(coverage.with_face)
    )
    words = t("In every frame") if not coverage.dropped else t("A face was missed in some frames")
    figure = seen if not coverage.dropped else f"{percent(coverage.share)} \u00b7 {seen}"
    return MeasureShown(title, words, figure, "warn" if coverage.dropped else "good")


def _identity(identity: Identity) -> MeasureShown:
    figure = t(
        "{after} by {recognizer}; {before} before, one person from {same}",
        after=f"{identity.after:.2f}",
        before=f"{identity.before:.2f}",
        same=f"{identity.same_person:.2f}",
        recognizer=identity.recognizer,
    )
    steps = [(_CLEARLY_ALIKE, "Clearly the chosen face"), (identity.same_person, "Like the chosen face")]
    words = next((words for least, words in steps if identity.after >= least), "Hardly like the chosen face")
    tone = "good" if identity.after >= identity.same_person else "warn"
    return MeasureShown(t("Likeness"), t(words), figure, tone)


def _flicker(flicker: Flicker) -> MeasureShown:
    figure = t("{ratio} times the original", ratio=f"{flicker.p95:.1f}")
    if flicker.p95 <= _CALM:
        return MeasureShown(t("Steadiness"), t("As calm as the original"), figure, "good")
    if flicker.p95 <= _RESTLESS:
        return MeasureShown(t("Steadiness"), t("Nearly as calm as the original"), figure, "")
    return MeasureShown(t("Steadiness"), t("Less calm than the original"), figure, "warn")


def _sharpness(ratio: float) -> MeasureShown:
    figure = t("{share} of the original's detail", share=percent(ratio))
    if ratio < _SOFT:
        return MeasureShown(t("Sharpness"), t("Softer than the original"), figure, "warn")
    words = "As sharp as the original" if ratio <= _SHARPER else "Sharper than the original"
    return MeasureShown(t("Sharpness"), t(words), figure, "good" if ratio <= _SHARPER else "")


def _color(difference: float) -> MeasureShown:
    figure = t("{difference} apart (Delta E)", difference=f"{difference:.1f}")
    if difference <= _FITS:
        return MeasureShown(t("Color"), t("Fits the light"), figure, "good")
    if difference <= _STANDS_OUT:
        return MeasureShown(t("Color"), t("Differs a little from the original"), figure, "")
    return MeasureShown(t("Color"), t("Differs from the original"), figure, "warn")


def _pose(pose: PoseChange) -> MeasureShown:
    figure = t("tilted by {degrees}\u00b0", degrees=f"{pose.roll:.1f}")
    kept = all(value <= most for value, most in zip((pose.yaw, pose.pitch, pose.roll), _TURNED, strict=True))
    words = (
        t("The face looks where the original did") if kept else t("The face is turned a little differently")
    )
    return MeasureShown(t("Pose"), words, figure, "good" if kept else "warn")


def _background(background: Background) -> MeasureShown:
    figure = t("{decibels} dB", decibels=f"{background.psnr:.0f}")
    if background.psnr >= _EXACT:
        return MeasureShown(t("Around the face"), t("Identical to the original"), "", "good")
    if background.psnr >= _INVISIBLE:
        return MeasureShown(t("Around the face"), t("No difference can be seen"), figure, "good")
    return MeasureShown(t("Around the face"), t("Some detail was lost"), figure, "warn")

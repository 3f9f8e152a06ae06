"""What users are told about an engine before they start a job with it."""

from dataclasses import dataclass

from contracts.engines import PASTE, TIMED, family, generator_name, needs_weights
from contracts.packaged import FOR_RESEARCH, is_packaged, packaged
from gateway.site.texts import t


@dataclass(frozen=True)
class EngineShown:
    """An engine with its note.

    A `stand_in` is no real face swap, and a `limited` one is not for everybody: both say so wherever they are shown.
    """

    name: str
    note: str
    stand_in: bool = False
    limited: bool = False


def engine_shown(name: str) -> EngineShown:
    """The engine `name` as a page shows it."""
    if name == PASTE:
        note = t(
            "A stand-in without a neural network: it fits your photo onto each face by its eyes, nose and "
            "mouth, and matches the colors. Expression and light stay those of the photo. Good for trying "
            "the whole way, not for a finished film."
        )
        return EngineShown(name, note, stand_in=True)
    if family(name) == TIMED:
        note = t(
            "It swaps nothing: it only spends a declared time on each segment, for tests and load. The result "
            "is your original."
        )
        return EngineShown(name, note, stand_in=True)
    if is_packaged(name):
        return _ours(name)
    if needs_weights(name):
        generator = generator_name(name)
        said = (
            t("The network SimSwap with the weights “{name}”.", name=generator)
            if generator
            else t("The network SimSwap.")
        )
        return EngineShown(name, said)
    return EngineShown(name, t("The network “{name}”.", name=name))


def _ours(name: str) -> EngineShown:
    said = t(
        "The small network that comes with Visage. Expression, pose and light stay those of the video. Close up, it "
        "is softer than a large network."
    )
    found = packaged(name)
    limited = found is not None and not found.for_business
    return EngineShown(name, f"{said} {t(FOR_RESEARCH)}" if limited else said, limited=limited)

"""Whether what is in a file fits a family, and which family that is."""

from collections.abc import Mapping

import numpy as np

from contracts.errors import Reason, WeightsError
from gpu_agent.networks.families import candidates
from gpu_agent.weights.layouts import COUNTER, Layout, families_known
from gpu_agent.weights.stored import Array, Tensor, UnreadableError

# The official generator, by the SHA-256 of its file: its names alone would fit two families.
_OFFICIAL = {"24caf144e9aabd5acd1127b06f13ed3528240adb9e747d77a94ac3f33e672330": "simswap-224"}

MEANING = {
    "simswap-224": "the official weights of 2021 for squares of 224 pixels, folder checkpoints/people",
    "simswap-512": "the official beta of 2021 for squares of 512 pixels, folder checkpoints/512",
    "trained-224": "made by the training script of 2022 or later, 224 pixels",
    "trained-512": "made by the training script of 2022 or later, 512 pixels",
    "arcface": "the identity network, arcface_checkpoint.tar",
}


def family_of(names: Mapping[str, Tensor], source_sha256: str) -> str:
    """The family that tensors of these names belong to.

    Raises:
        WeightsError: BAD_WEIGHTS for none; WEIGHTS_UNCLEAR for several, with `families` in the detail.
    """
    found = candidates(names)
    if not found:
        raise _bad(
            f"It holds {len(names)} tensors, the first named {_first(names)}, and is of no known family. "
            f"Known are {', '.join(families_known())}.",
            _first(names),
        )
    if len(found) > 1 and source_sha256 not in _OFFICIAL:
        meanings = "; ".join(f"{family}: {MEANING[family]}" for family in found)
        raise WeightsError(
            Reason.WEIGHTS_UNCLEAR,
            f"Its names and shapes fit {len(found)} families, which run differently. Say which it is by --family: "
            f"{meanings}.",
            families=found,
        )
    return _OFFICIAL.get(source_sha256, found[0])


def check_fit(found: Mapping[str, Tensor], layout: Layout, family: str) -> None:
    """Refuse tensors that are not exactly those of a family.

    Raises:
        WeightsError: BAD_WEIGHTS with the first `key`, in the order of the network, that is missing, of another
            shape, or too many.
    """
    for name, shape in layout.items():
        if name not in found:
            if name.endswith(COUNTER):
                continue
            raise _bad(f"{name} is missing, which {family} needs.{_hint(found, family)}", name)
        if found[name].shape != shape:
            said = f"{name} has the shape {_shown(found[name].shape)}, and {family} needs {_shown(shape)}."
            raise _bad(said + _hint(found, family), name)
    for name in found:
        if name not in layout:
            said = f"{name} is in the file, and {family} has nothing of that name."
            raise _bad(said + _hint(found, family), name)


def numbers_of(name: str, tensor: Tensor) -> Array:
    """A tensor as it is kept: counters as 64-bit integers, all else as 32-bit floats.

    Raises:
        WeightsError: BAD_WEIGHTS where it cannot be read, or holds what is no weight.
    """
    try:
        numbers = tensor.read()
    except UnreadableError as error:
        raise _bad(f"{name} cannot be read: {error}.", name) from error
    if name.endswith(COUNTER):
        return numbers.astype(np.int64)
    if numbers.dtype.kind != "f":
        raise _bad(f"{name} holds numbers of the kind {numbers.dtype}, which are no weights.", name)
    with np.errstate(over="ignore"):  # becomes infinite, and is refused
        numbers = numbers.astype(np.float32)
    if not np.isfinite(numbers).all():
        raise _bad(f"{name} holds values that are no finite numbers: the file is damaged.", name)
    if name.endswith("running_var") and (numbers < 0).any():
        raise _bad(f"{name} holds negative variances: the file is damaged.", name)
    return numbers


def _hint(found: Mapping[str, Tensor], family: str) -> str:
    known = candidates(found)
    return "" if family in known or not known else f" Its names are those of {' or '.join(known)}."


def _first(names: Mapping[str, Tensor]) -> str:
    return next(iter(names))[:80]


def _shown(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape)) or "of a single number"


def _bad(message: str, key: str) -> WeightsError:
    return WeightsError(Reason.BAD_WEIGHTS, message, key=key)

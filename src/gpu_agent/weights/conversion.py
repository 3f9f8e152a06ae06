"""What the sandbox runs for an import: a file of any kind in, a safetensors file out."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from pydantic import BaseModel

from contracts.errors import Reason, WeightsError
from contracts.weights import WeightsFile
from gpu_agent.weights import kept
from gpu_agent.weights.fitting import check_fit, family_of, numbers_of
from gpu_agent.weights.layouts import layout_of, role_of
from gpu_agent.weights.sources import Source, open_weights
from gpu_agent.weights.stored import Array


class Conversion(BaseModel):
    """A file to be converted.

    Attributes:
        source, target: Paths of the file that is read and of the one that is written.
        family: The family that the user says it is of; None asks the file.
        commercial, license: As in `contracts.weights.WeightsFile`.
    """

    source: Path
    target: Path
    family: str | None = None
    commercial: bool
    license: str


def convert(wanted: Conversion) -> WeightsFile:
    """Read, check and write a file of weights.

    Raises:
        WeightsError: BAD_WEIGHTS with the first `key` that does not fit; WEIGHTS_UNCLEAR where the family has to be
            told.
    """
    with wanted.source.open("rb") as file:
        source_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    source = open_weights(wanted.source)
    said = _said(wanted, source, source_sha256)
    metadata = said | {
        "role": role_of(said["family"]),
        "source": wanted.source.name,
        "source_sha256": source_sha256,
        "commercial": "yes" if wanted.commercial else "no",
        "license": wanted.license,
    }
    written = _write(wanted.target, source, metadata)
    return WeightsFile(
        role=metadata["role"],
        family=metadata["family"],
        sha256=written.sha256,
        size=written.size,
        source=wanted.source.name,
        source_sha256=source_sha256,
        parameters=written.parameters,
        commercial=wanted.commercial,
        license=wanted.license,
    )


def _said(wanted: Conversion, source: Source, source_sha256: str) -> dict[str, str]:
    """The family, and the shape of one that is not of the published size, as a safetensors file may say them."""
    own = {name: source.metadata[name] for name in ("family", "shape") if name in source.metadata}
    if wanted.family is not None and own.get("family") != wanted.family:
        return {"family": wanted.family}
    return own if "family" in own else {"family": family_of(source.tensors, source_sha256)}


def _write(target: Path, source: Source, metadata: Mapping[str, str]) -> kept.Written:
    try:
        layout = layout_of(metadata)
    except ValueError as error:
        raise WeightsError(
            Reason.BAD_WEIGHTS, f"The file names no network that is known here: {error}."
        ) from error
    check_fit(source.tensors, layout, metadata["family"])

    def read(name: str) -> Array:
        if name not in source.tensors:  # a counter
            return np.zeros((), np.int64)
        return numbers_of(name, source.tensors[name])

    return kept.write(target, layout, read, metadata)

"""A file of weights: what it is and where it comes from."""

from pydantic import BaseModel, ConfigDict

GENERATOR = "generator"
IDENTITY = "identity"

NON_COMMERCIAL = "Non-commercial use only, as the published weights of SimSwap are (CC BY-NC 4.0)."
"""What is noted of weights of which nobody says otherwise."""


class WeightsFile(BaseModel):
    """Weights as they are kept: one safetensors file.

    Attributes:
        role: `GENERATOR` or `IDENTITY`.
        family: Which network it fits, such as "simswap-224".
        sha256, size: Of the safetensors file: hexadecimal, and bytes.
        source: Name of the file it was taken from.
        source_sha256: Of that file.
        parameters: Numbers in it.
        commercial: Whether a business may use it.
        license: On what ground.
    """

    model_config = ConfigDict(frozen=True)

    role: str
    family: str
    sha256: str
    size: int
    source: str
    source_sha256: str
    parameters: int
    commercial: bool
    license: str

"""The people who are seen in a video or picture."""

from pydantic import BaseModel, ConfigDict


class SeenPerson(BaseModel):
    """Somebody who was found in an upload.

    Attributes:
        name: Within the upload: "person-1" is seen most.
        vectors: Unit vectors of the recognizer, (n, 128), that stand for how the person looks.
        share: Of the pictures that were looked at, how many show the person, 0 to 1.
        seconds: When the thumbnail was seen, from the start.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    vectors: list[list[float]]
    share: float
    seconds: float

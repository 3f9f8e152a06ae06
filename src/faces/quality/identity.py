"""Identity: how like the wanted face swapped faces are, judged by a recognizer outside the engines."""

from collections.abc import Sequence

import numpy as np

from contracts.quality import Identity
from faces.recognize import SAME_PERSON, Recognizer, Vector, likeness


class IdentityMeter:
    """Collects how like faces are, before and after."""

    def __init__(self, recognizer: Recognizer, wanted: Sequence[Vector]) -> None:
        """`wanted` are the faces that were put in: of several, the one a face resembles most is meant."""
        self._recognizer, self._wanted = recognizer, wanted
        self._before: list[float] = []
        self._after: list[float] = []

    def see(self, before: Vector, after: Vector) -> None:
        """Take a swapped face, as it looks in the original and in the result."""
        likenesses = [likeness(after, face) for face in self._wanted]
        if likenesses:
            meant = int(np.argmax(likenesses))
            self._before.append(likeness(before, self._wanted[meant]))
            self._after.append(likenesses[meant])

    def identity(self) -> Identity | None:
        """What was seen so far; None where no face was."""
        if not self._after:
            return None
        return Identity(
            recognizer=self._recognizer.name,
            same_person=SAME_PERSON,
            before=float(np.mean(self._before)),
            after=float(np.mean(self._after)),
            lowest=float(np.percentile(self._after, 5)),
        )

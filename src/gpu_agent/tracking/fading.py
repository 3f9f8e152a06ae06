"""How much of a swap is shown for a face that comes or goes, so that nothing pops."""

# A face that turns up while nothing was cut is shown in full after this long,
_COMES = 0.13
# one that is not seen is kept for so long in full,
HOLDS = 0.2
# and then takes this long to go.
_GOES = 0.17


class Fading:
    """The strength of one face. Times are in seconds."""

    def __init__(self, at_once: bool) -> None:
        """`at_once` where the face is there from the picture's beginning or a cut on."""
        self.strength = 1.0 if at_once else 0.0
        self._unseen = 0.0

    @property
    def gone(self) -> bool:
        """Whether the face was not seen for so long that nothing is shown of it any more."""
        return self._unseen > 0 and self.strength <= 0

    @property
    def is_missed(self) -> bool:
        """Whether the face was not seen when it was last looked for."""
        return self._unseen > 0

    def seen(self, seconds: float) -> None:
        """The face was seen, or followed without being looked for, `seconds` after the last frame."""
        self._unseen = 0.0
        self.strength = min(1.0, self.strength + seconds / _COMES)

    def missed(self, seconds: float, lost: bool = False) -> None:
        """The face was looked for and not seen; `lost` where its place does not look like it any more."""
        self._unseen += seconds
        if lost or self._unseen > HOLDS:
            self.strength = max(0.0, self.strength - seconds / _GOES)

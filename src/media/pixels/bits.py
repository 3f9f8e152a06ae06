"""Bits of a codec's header, as H.264 and HEVC write numbers into them."""

_LONGEST_CODE = 32  # bits; no number is larger


class Bits:
    """Reads bits, the highest of a byte first; raises IndexError beyond the end, and where a number is too large."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def take(self, count: int = 1) -> int:
        """The next `count` bits as a number; at most so many as a header has in one place."""
        value = 0
        for _ in range(count):
            value = value << 1 | self._data[self._place >> 3] >> (7 - self._place % 8) & 1
            self._place += 1
        return value

    def golomb(self, count: int = 1) -> int:
        """The last of `count` numbers in unsigned Exp-Golomb code (ITU-T H.264 and H.265, section 9.1 and 9.2)."""
        value = 0
        for _ in range(count):
            zeros = 0
            while not self.take():
                zeros += 1
            if zeros > _LONGEST_CODE:
                raise IndexError("no number is so large")
            value = (1 << zeros) - 1 + self.take(zeros)
        return value

    def signed(self) -> int:
        """The next number in signed Exp-Golomb code."""
        value = self.golomb()
        return (value + 1) // 2 if value % 2 else -(value // 2)

"""Figures and times as people read them. static/js/format.js says them the same way, in whole seconds."""

from collections.abc import Callable
from datetime import datetime
from fractions import Fraction

from contracts.messages import now

_THIN_SPACE = "\u202f"
_TIMES = "\u00a0\u00d7\u00a0"


def size(count: int) -> str:
    """Bytes in decimal units: "1.5 GB", "240 MB", "12 kB"."""
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            scaled = count / factor
            return f"{round(scaled, 1) if scaled < 10 else round(scaled):g} {unit}"
    return f"{count} bytes"


def duration(seconds: float) -> str:
    """Seconds in words: "12 s", "3 min 20 s", "1 h 5 min"; below ten seconds with tenths."""
    if seconds < 9.95:
        return f"{round(seconds, 1):g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    named = ((hours, "h"), (minutes, "min"), (0 if hours else rest, "s"))
    return " ".join(f"{value} {unit}" for value, unit in named if value) or "0 s"


def count(number: int) -> str:
    """A whole number in groups of three: "12 345"."""
    return f"{number:,}".replace(",", _THIN_SPACE)


def frame_rate(fps: Fraction | float | None) -> str:
    """Frames a second with at most two decimals: "29.97"; empty where unknown."""
    return f"{round(float(fps), 2):g}" if fps else ""


def percent(fraction: float) -> str:
    """A fraction in percent: "57 %"; below ten with a tenth."""
    scaled = 100 * fraction
    return f"{scaled:.1f} %" if 0 < scaled < 9.95 else f"{scaled:.0f} %"


def resolution(width: int, height: int) -> str:
    """Pixels of a picture: "1920 x 1080" with the sign of multiplication."""
    return f"{width}{_TIMES}{height}"


def ago(moment: datetime) -> str:
    """How long ago `moment` was: "just now", "5 minutes ago"; past a month the day."""
    seconds = (now() - moment).total_seconds()
    for limit, unit, name in _AGES:
        if seconds < limit:
            return _several(round(seconds / unit), name) if unit else "just now"
    return day(moment)


_AGES = (
    (45, 0, ""),
    (90 * 60, 60, "minute"),
    (36 * 3600, 3600, "hour"),
    (30 * 86400, 86400, "day"),
)


def _several(number: int, name: str) -> str:
    number = max(1, number)
    return f"{number} {name}{'s' if number > 1 else ''} ago"


def day(moment: datetime) -> str:
    """A date: "3 May 2031"."""
    return f"{moment.day} {moment:%B %Y}"


FILTERS: dict[str, Callable[..., str]] = {
    "size": size,
    "duration": duration,
    "count": count,
    "ago": ago,
    "day": day,
    "percent": percent,
}

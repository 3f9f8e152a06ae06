"""One thing that was looked at."""

from collections.abc import Callable
from enum import StrEnum

from pydantic import BaseModel


class State(StrEnum):
    """Whether it works. `ABSENT` is missing but not needed; `BROKEN` is needed."""

    WORKS = "works"
    ABSENT = "absent"
    BROKEN = "broken"


class Finding(BaseModel):
    """One thing that was looked at.

    Attributes:
        group: What it belongs to, such as "encoders".
        name: Its name.
        state: Whether it works.
        detail: Its version, or what went wrong.
        remedy: How to get it, where it does not work.
    """

    group: str
    name: str
    state: State
    detail: str = ""
    remedy: str = ""


def tried(group: str, name: str, attempt: Callable[[], str], remedy: str, *, needed: bool = True) -> Finding:
    """What became of `attempt`, which returns a detail or raises."""
    try:
        return Finding(group=group, name=name, state=State.WORKS, detail=attempt())
    except Exception as error:
        state = State.BROKEN if needed else State.ABSENT
        detail = (str(error) or repr(error)).splitlines()[0]
        return Finding(group=group, name=name, state=state, detail=detail, remedy=remedy)

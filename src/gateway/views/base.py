"""What all views share."""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


class View(BaseModel):
    """Base of all views."""

    model_config = ConfigDict(from_attributes=True)


class Page(View, Generic[T]):
    """A page of a list. `next_cursor`, given as `cursor`, asks for the page after it; null on the last."""

    items: list[T]
    next_cursor: str | None = None

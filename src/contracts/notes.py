"""What a user should know of a result: how it differs from the upload in more than the face."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class NoteKind(StrEnum):
    """What a note is about.

    Attributes:
        DEINTERLACED: The video was interlaced; its two fields were made one frame.
        CODEC_CHANGED: The result is coded by another codec, because nothing here writes the upload's.
        FORMAT_CHANGED: Pixels are stored otherwise: depth, chroma or size.
        CONTAINER_CHANGED: The result is another kind of file.
        TRACKS_DROPPED: Tracks that the result's container cannot hold are missing.
        TAGS_CHANGED: Tags, chapters or flags of tracks differ from the upload's.
        FRAMES_DAMAGED: Parts of the video could not be decoded.
        NO_FACE: No face was found, so nothing was swapped.
    """

    DEINTERLACED = "deinterlaced"
    CODEC_CHANGED = "codec-changed"
    FORMAT_CHANGED = "format-changed"
    CONTAINER_CHANGED = "container-changed"
    TRACKS_DROPPED = "tracks-dropped"
    TAGS_CHANGED = "tags-changed"
    FRAMES_DAMAGED = "frames-damaged"
    NO_FACE = "no-face"


class Note(BaseModel):
    """One thing to know.

    Attributes:
        text: Whole sentences in plain words, as the user reads them.
        detail: The same for programs, such as the names of the tracks.
    """

    model_config = ConfigDict(frozen=True)

    kind: NoteKind
    text: str
    detail: dict[str, Any] = Field(default_factory=dict)

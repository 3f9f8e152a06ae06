"""A note on a result as the job's page shows it."""

from dataclasses import dataclass

from contracts.notes import Note, NoteKind
from gateway.site.texts import t

_TITLES = {
    NoteKind.DEINTERLACED: "Your video was interlaced",
    NoteKind.CODEC_CHANGED: "Coded in another way",
    NoteKind.FORMAT_CHANGED: "Stored in another format",
    NoteKind.CONTAINER_CHANGED: "Another kind of file",
    NoteKind.TRACKS_DROPPED: "Some tracks are missing",
    NoteKind.TAGS_CHANGED: "Some tags differ",
    NoteKind.FRAMES_DAMAGED: "Your video is damaged",
    NoteKind.NO_FACE: "No face found",
}
_SERIOUS = (NoteKind.NO_FACE, NoteKind.FRAMES_DAMAGED, NoteKind.TRACKS_DROPPED)


@dataclass(frozen=True)
class NoteShown:
    """A note in words. `tone` is "warn" where it may be unwelcome, else empty."""

    title: str
    text: str
    tone: str

    @classmethod
    def of(cls, note: Note) -> "NoteShown":
        """A note with its title."""
        return cls(t(_TITLES[note.kind]), t(note.text), "warn" if note.kind in _SERIOUS else "")

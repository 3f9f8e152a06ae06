"""What customers upload: small films with a face and sound, a damaged one, a picture, long films of little weight."""

from dataclasses import dataclass
from pathlib import Path

import av

from tests.films import ffmpeg
from tests.portraits import astronaut, encoded
from visage import demo

TALK_SECONDS = 3
_DAMAGED_FROM = 2.0  # seconds: what comes before can be swapped, what comes after cannot be decoded


@dataclass(frozen=True)
class Film:
    """A file to be worked on.

    Attributes:
        segments: Pieces it is cut into where a segment aims at one second.
    """

    path: Path
    segments: int


@dataclass(frozen=True)
class Material:
    """Everything that is uploaded.

    Attributes:
        face: The photo of a face.
        talk: A film with a face and sound.
        damaged: The same, its end beyond repair; as many bytes.
        picture: A picture with a face.
        short, long: Films without a face, for engines that only spend time.
    """

    face: Path
    talk: Film
    damaged: Film
    picture: Film
    short: Film
    long: Film


def make(folder: Path) -> Material:
    """Make them in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    clip, face = demo.material(folder, TALK_SECONDS)
    talk = folder / "talk.mp4"
    # A key frame a second, and no frame that is shown before one it is made from: damage begins where it begins.
    ffmpeg(["-i", str(clip), "-vf", "scale=320:180", "-c:v", "libx264", "-crf", "20", "-g", "30", "-bf", "0",
            "-sc_threshold", "0", "-c:a", "copy", str(talk)])  # fmt: skip
    picture = folder / "picture.png"
    picture.write_bytes(encoded(astronaut()))
    return Material(
        face=face,
        talk=Film(talk, TALK_SECONDS),
        damaged=Film(_damaged(talk, folder / "damaged.mp4"), TALK_SECONDS),
        picture=Film(picture, 1),
        short=Film(_plain(folder / "short.mp4", 6), 6),
        long=Film(_plain(folder / "long.mp4", 20), 20),
    )


def _plain(path: Path, seconds: int) -> Path:
    picture, tone = f"testsrc=size=64x64:rate=5:duration={seconds}", f"sine=duration={seconds}"
    ffmpeg(["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone, "-c:v", "libx264", "-g", "5",
            "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "16k", str(path)])  # fmt: skip
    return path


def _damaged(source: Path, path: Path) -> Path:
    """`source` with its last video packets overwritten: its index is whole, and says nothing of it."""
    content = bytearray(source.read_bytes())
    with av.open(str(source)) as container:
        for packet in container.demux(video=0):
            if packet.pos is None or packet.pts is None or packet.pts * packet.time_base < _DAMAGED_FROM:
                continue
            content[packet.pos : packet.pos + packet.size] = b"\xff" * packet.size
    path.write_bytes(content)
    return path

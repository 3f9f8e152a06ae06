"""Demo material: a face and a short clip, made at first use from public-domain portraits that packages carry.

The clip shows Eileen Collins (scikit-image's `astronaut.png`, a NASA portrait) under a moving camera, with
a sound track; the face is Grace Hopper's (`matplotlib` sample data, a US Navy portrait).
"""

from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import PIL.Image

SIZE = (640, 360)  # pixels
FPS = 30
SECONDS = 12
SAMPLE_RATE = 48_000  # Hz
FACE_CENTER = (222.0, 118.0)  # of the portrait's face, pixels
CHORDS = (
    (220.0, 277.18, 329.63),
    (196.0, 246.94, 293.66),
    (174.61, 220.0, 261.63),
    (196.0, 246.94, 329.63),
)  # Hz

Image = npt.NDArray[np.uint8]


def material(folder: Path, seconds: float = SECONDS) -> tuple[Path, Path]:
    """The demo's video and face photo in `folder`, made if they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    video, face = folder / "astronaut.mp4", folder / "grace_hopper.jpg"
    if not video.exists():
        unfinished = folder / "astronaut.partial.mp4"
        write_clip(unfinished, seconds)
        unfinished.rename(video)
    if not face.exists():
        copy_face(face)
    return video, face


def copy_face(target: Path) -> None:
    """Copy the portrait of Grace Hopper out of matplotlib's sample data."""
    photo = files("matplotlib").joinpath("mpl-data", "sample_data", "grace_hopper.jpg")
    target.write_bytes(photo.read_bytes())


def write_clip(target: Path, seconds: float = SECONDS) -> None:
    """Write `seconds` of H.264 and AAC: the portrait under a camera that pans, zooms and tilts."""
    still = portrait()
    with av.open(str(target), "w", options={"movflags": "+faststart"}) as container:
        video = container.add_stream(
            "libx264", rate=FPS, options={"crf": "18", "preset": "veryfast", "g": "60"}
        )
        video.width, video.height = SIZE
        video.pix_fmt = "yuv420p"
        video.time_base = Fraction(1, FPS)
        audio = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo")
        for index in range(round(seconds * FPS)):
            picture = av.VideoFrame.from_ndarray(view(still, index / FPS, seconds), format="bgr24")
            picture.pts, picture.time_base = index, Fraction(1, FPS)
            container.mux(video.encode(picture))
        container.mux(video.encode())
        container.mux(audio.encode(sound_frame(seconds)))
        container.mux(audio.encode())


def portrait() -> Image:
    """The portrait of Eileen Collins: BGR, 512 x 512."""
    with files("skimage").joinpath("data", "astronaut.png").open("rb") as source:
        return np.ascontiguousarray(np.asarray(PIL.Image.open(source).convert("RGB"))[..., ::-1])


def view(still: Image, time: float, seconds: float) -> Image:
    """What the camera sees of `still` (H, W, 3) at `time` seconds: `SIZE` pixels of it."""
    phase = 2 * np.pi * time / seconds
    zoom = 1.8 - 0.3 * np.cos(phase)
    angle = 4.0 * np.sin(2 * phase)
    center = (FACE_CENTER[0] + 26 * np.sin(phase), FACE_CENTER[1] + 22 + 8 * np.cos(2 * phase))
    matrix = cv2.getRotationMatrix2D(center, angle, zoom)
    matrix[:, 2] += np.array(SIZE) / 2 - center
    seen = cv2.warpAffine(still, matrix, SIZE, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, dtype=np.uint8)


def sound_frame(seconds: float) -> av.AudioFrame:
    """`seconds` of soft chords in stereo, one every three seconds."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    wave = np.zeros_like(time)
    for start in range(0, int(np.ceil(seconds)), 3):
        since = np.clip(time - start, 0, None)
        envelope = np.where(time >= start, np.exp(-1.1 * since) * (1 - np.exp(-60 * since)), 0)
        chord = CHORDS[start // 3 % len(CHORDS)]
        wave += envelope * sum(np.sin(2 * np.pi * tone * since) for tone in chord) / len(chord)
    samples = np.stack([wave, np.roll(wave, SAMPLE_RATE // 100)]).astype(np.float32) * 0.4
    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="stereo")
    frame.sample_rate, frame.pts = SAMPLE_RATE, 0
    return frame

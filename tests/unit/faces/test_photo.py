"""Which photos pass, and what the others are told."""

import base64

import cv2
import numpy as np
import pytest

from contracts.errors import FaceError, MediaError, Reason
from faces.decode import decode_photo
from faces.detect import Detection, Detector, Picture
from faces.jobs import PhotoRequest, check_photo
from faces.photo import check_photo as check_pixels
from tests.portraits import astronaut, encoded, hopper, hopper_path


def scaled(picture: Picture, factor: float) -> Picture:
    return np.asarray(cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def beside(second: Picture) -> Picture:
    """Hopper and another picture to her right."""
    canvas = np.full((600, 512 + second.shape[1], 3), 127, np.uint8)
    canvas[:, :512] = hopper()
    canvas[: second.shape[0], 512:] = second
    return canvas


def refused(photo: Picture) -> FaceError:
    with pytest.raises(FaceError) as caught:
        check_pixels(photo)
    return caught.value


@pytest.mark.parametrize("photo", [astronaut, hopper])
def test_portraits_pass(photo: object) -> None:
    face = check_pixels(photo())
    assert face.score > 0.9
    assert face.sharpness > 100


def test_no_face() -> None:
    error = refused(np.full((400, 400, 3), 128, np.uint8))
    assert error.reason is Reason.NO_FACE
    assert error.detail["boxes"] == []


def test_several_faces_are_named_and_boxed() -> None:
    error = refused(beside(scaled(hopper(), 0.6)))
    assert error.reason is Reason.SEVERAL_FACES
    assert len(error.detail["boxes"]) == 2
    assert "2 faces" in error.message


def test_people_far_in_the_background_are_ignored() -> None:
    face = check_pixels(beside(scaled(hopper(), 0.2)))
    assert face.box[0] < 512


def test_too_small_says_what_would_do() -> None:
    error = refused(scaled(hopper(), 0.4))
    assert error.reason is Reason.FACE_TOO_SMALL
    assert "40" in error.message
    assert error.detail["value"] < error.detail["limit"]


def test_blurred() -> None:
    blurred = np.asarray(cv2.GaussianBlur(hopper(), (0, 0), 6), np.uint8)
    assert refused(blurred).reason is Reason.FACE_BLURRED


@pytest.mark.parametrize(
    ("nose", "way"),
    [
        ((0.55, 0.0), "side"),
        ((-0.55, 0.0), "side"),
        ((0.0, -0.6), "up"),
        ((0.0, 0.6), "down"),
        ((0.1, 0.05), ""),
    ],
)
def test_turned_faces_are_told_by_the_nose(nose: tuple[float, float], way: str) -> None:
    class Turned(Detector):
        """Sees the nose elsewhere, by so many eye distances."""

        def detect(self, picture: Picture, *, tight: bool = False) -> list[Detection]:
            (face,) = super().detect(picture, tight=tight)
            points = face.points.copy()
            points[2] += np.float32(nose) * face.eye_distance
            return [Detection(face.box, points, face.score)]

    if not way:
        assert check_pixels(hopper(), Turned()).score > 0.9
        return
    with pytest.raises(FaceError, match=way) as caught:
        check_pixels(hopper(), Turned())
    assert caught.value.reason is Reason.FACE_TURNED


def test_exif_orientation_turns_the_photo_upright() -> None:
    from PIL import Image

    stored = np.ascontiguousarray(np.rot90(hopper()))  # counterclockwise, to be shown turned by 90 degrees
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = decode_photo(encoded(stored, "JPEG", quality=95, exif=exif))
    assert upright.shape == hopper().shape
    assert np.abs(upright.astype(int) - hopper()).mean() < 4


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_formats(kind: str) -> None:
    picture = decode_photo(encoded(astronaut(), kind))
    assert np.abs(picture.astype(int) - astronaut()).mean() < 6


def test_transparency_is_laid_on_white() -> None:
    import io

    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGBA", (20, 20), (255, 0, 0, 0)).save(stream, "PNG")
    assert (decode_photo(stream.getvalue()) == 255).all()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.EMPTY_FILE),
        (b"certainly not a picture", Reason.NOT_A_PICTURE),
        (b"GIF89a" + bytes(100), Reason.NOT_A_PICTURE),
    ],
)
def test_what_is_no_photo(data: bytes, reason: Reason) -> None:
    with pytest.raises(MediaError) as caught:
        decode_photo(data)
    assert caught.value.reason is reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_truncated(kind: str) -> None:
    data = encoded(astronaut(), kind)
    with pytest.raises(MediaError) as caught:
        decode_photo(data[: len(data) // 2])
    assert caught.value.reason in (Reason.TRUNCATED, Reason.NOT_A_PICTURE)


@pytest.mark.parametrize("side", [8_100, 14_000])
def test_pixel_bombs_are_refused_unopened(side: int) -> None:
    import struct
    import zlib

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(9)))
        + chunk(b"IEND", b"")
    )
    with pytest.raises(MediaError) as caught:
        decode_photo(bomb)
    assert caught.value.reason is Reason.BAD_DIMENSIONS


def picture_of(data: str) -> Picture:
    return np.asarray(
        cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR), np.uint8
    )


def test_the_job_answers_with_a_thumbnail() -> None:
    reply = check_photo(PhotoRequest(url=str(hopper_path())))
    assert (reply.width, reply.height) == (512, 600)
    thumbnail = picture_of(reply.thumbnail)
    assert thumbnail.shape == (256, 256, 3)
    assert check_pixels(thumbnail).points[:, 0].mean() == pytest.approx(128, abs=25)


def test_the_jobs_refusal_shows_the_boxes(tmp_path: object) -> None:
    photo = tmp_path / "two.png"  # type: ignore[operator]
    photo.write_bytes(encoded(beside(scaled(hopper(), 0.9))))
    with pytest.raises(FaceError) as caught:
        check_photo(PhotoRequest(url=str(photo)))
    picture = picture_of(caught.value.detail["picture"])
    assert max(picture.shape) == 640
    x, y, width, _ = (round(value * 640 / (512 + 461)) for value in caught.value.detail["boxes"][0])
    blue, _, red = (int(value) for value in picture[y, x + width // 2])
    assert red > 150 > blue

"""Files that can be fetched: their names and media types."""

from gateway.views.base import View
from storage.models import Job


class FileView(View):
    """A file that can be fetched, with ranges."""

    url: str
    size: int | None = None
    content_type: str
    filename: str


_CONTENT_TYPES = {
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "ts": "video/mp2t",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "heic": "image/heic",
    "heif": "image/heif",
}


def content_type_of(name: str) -> str:
    """The media type that the extension of a key or file name stands for."""
    return _CONTENT_TYPES.get(name.rsplit(".", 1)[-1].lower(), "application/octet-stream")


def result_name(job: Job) -> str:
    """The name a browser saves the result of a job under; the job's `upload` is loaded."""
    stem = job.upload.filename.rsplit(".", 1)[0] or "video"
    return f"{stem}-visage.{(job.result_key or '').rsplit('.', 1)[-1]}"

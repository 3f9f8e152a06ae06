"""Names of objects in the store. Nobody writes one by hand."""

from uuid import UUID


def upload_prefix(upload: UUID) -> str:
    """Everything stored of an upload."""
    return f"uploads/{upload}/"


def upload_source(upload: UUID) -> str:
    """The bytes as the user sent them."""
    return f"uploads/{upload}/source"


def upload_tail(upload: UUID) -> str:
    """Bytes at the end of an unfinished upload that are too few for a part."""
    return f"uploads/{upload}/tail"


def upload_work(upload: UUID) -> str:
    """The video of an upload in a container that has an index, where that of the upload has none."""
    return f"uploads/{upload}/work"


def upload_persons_prefix(upload: UUID) -> str:
    """Everything stored of the people who were found in an upload."""
    return f"uploads/{upload}/persons/"


def upload_person(upload: UUID, person: str) -> str:
    """A square JPEG around the face of somebody who was found in an upload."""
    return f"uploads/{upload}/persons/{person}.jpg"


def face_prefix(face: UUID) -> str:
    """Everything stored of a face."""
    return f"faces/{face}/"


def face_photo(face: UUID) -> str:
    """The photo as the user sent it."""
    return f"faces/{face}/photo"


def face_thumbnail(face: UUID) -> str:
    """A square JPEG around the face."""
    return f"faces/{face}/thumbnail.jpg"


def face_cutting(face: UUID, photo: UUID) -> str:
    """A photo of a face beside its first, cut around the face."""
    return f"faces/{face}/photos/{photo}.jpg"


def face_cutting_thumbnail(face: UUID, photo: UUID) -> str:
    """A square JPEG around the face of such a photo."""
    return f"faces/{face}/photos/{photo}-thumbnail.jpg"


def job_prefix(job: UUID) -> str:
    """Everything stored of a job."""
    return f"jobs/{job}/"


def segments_prefix(job: UUID) -> str:
    """Every attempt's bytes of every segment of a job."""
    return f"jobs/{job}/segments/"


def segment(job: UUID, index: int, attempt: UUID, extension: str) -> str:
    """What one attempt at a segment made; `extension` without a dot."""
    return f"jobs/{job}/segments/{index}-{attempt}.{extension}"


def begun(key: str, mark: str) -> str:
    """The object of one beginning of an attempt, which a death or an outage may have begun again elsewhere."""
    stem, _, extension = key.rpartition(".")
    return f"{stem}-{mark}.{extension}"


def result(job: UUID, extension: str) -> str:
    """The finished file; `extension` without a dot."""
    return f"jobs/{job}/result.{extension}"


def preview(job: UUID, kind: str = "mp4") -> str:
    """The result as any browser plays or shows it."""
    return f"jobs/{job}/preview.{kind}"


def source_preview(job: UUID, kind: str = "mp4") -> str:
    """The original as any browser plays or shows it."""
    return f"jobs/{job}/source-preview.{kind}"


def poster(job: UUID) -> str:
    """A still of the result."""
    return f"jobs/{job}/poster.jpg"


def weights(sha256: str) -> str:
    """Weights by the SHA-256 of their file."""
    return f"weights/{sha256}.safetensors"

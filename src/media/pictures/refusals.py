"""Why a picture is not taken, in words that say what would pass."""

from contracts.errors import MediaError, Reason
from media.containers.container import damaged

TAKEN = "JPEG, PNG, WebP, AVIF and HEIC"


def no_picture(why: str = "This is not a picture that can be used.") -> MediaError:
    """The refusal of what cannot be read as a picture."""
    return MediaError(Reason.NOT_A_PICTURE, f"{why} {TAKEN} pictures can.")


def undecodable() -> MediaError:
    """The refusal of a picture whose pixels cannot be decoded, though the file is whole."""
    return damaged("its picture cannot be decoded")


def moving() -> MediaError:
    """The refusal of pictures that move."""
    return MediaError(
        Reason.NOT_A_PICTURE,
        "This picture is an animation. Please save it as a video (MP4 or WebM) or as a single picture.",
    )


def too_many_bytes(limit: int, size: int) -> MediaError:
    """The refusal of a picture whose file is out of proportion."""
    return MediaError(
        Reason.PROBE_LIMIT,
        f"The picture's file has {size / 1e6:.0f} MB. Pictures of up to {limit / 1e6:.0f} MB are taken.",
        limit=limit,
        value=size,
    )

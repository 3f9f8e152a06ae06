# ruff: noqa: E501
"""Films of everything that people upload, with a face that crosses the picture: what the matrix is made of.

Each is `scene` in another container, codec or oddity. See `tests.films` for those that tests use most.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from faces.detect import Picture
from tests import films
from tests.films import FILMS, Film
from tests.portraits import astronaut

FRAMES = 90
FACE_FRAMES = range(30, 60)  # those that show the face
SIZE = (320, 240)


def _at(rate: str, times: int = 1) -> list[str]:
    """The scene's frames at another rate, and so many times over."""
    again = f"loop={times - 1}:size={FRAMES}," if times > 1 else ""
    return ["-vf", f"{again}setpts=N/({rate})/TB", "-r", rate]


# fmt: off
_X264 = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-pix_fmt", "yuv420p"]
_X265 = ["-c:v", "libx265", "-preset", "ultrafast", "-crf", "18", "-tag:v", "hvc1"]
_VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "0", "-crf", "20", "-g", "30"]
_VP8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "2M", "-g", "30"]
_AV1 = ["-c:v", "libsvtav1", "-preset", "12", "-crf", "22", "-g", "30", "-pix_fmt", "yuv420p"]
_MPEG2 = ["-c:v", "mpeg2video", "-q:v", "2", "-g", "15", "-bf", "2", "-pix_fmt", "yuv420p"]
_MPEG4 = ["-c:v", "mpeg4", "-q:v", "2", "-g", "30", "-bf", "2", "-pix_fmt", "yuv420p"]
_MJPEG = ["-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj422p"]
_AAC = ["-c:a", "aac"]
_PQ = ["-vf", "format=yuv420p10le,setparams=range=tv:color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"]
_HLG = ["-vf", "format=yuv420p10le,setparams=range=tv:color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc"]
_BT601 = ["-vf", "format=yuv420p,setparams=range=tv:color_primaries=smpte170m:color_trc=smpte170m:colorspace=smpte170m"]
_X265_PLAIN = ["-x265-params", "log-level=none:keyint=30"]
_MASTERING = (
    "log-level=none:keyint=30:hdr10=1:repeat-headers=1:max-cll=1000,400:"
    "master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50)"
)
_COPY = ("-map", "0", "-c", "copy")


ODDITIES = {
    # Containers and codecs
    "h264_mkv": Film(".mkv", [*_X264, "-g", "30", "-bf", "3", "-c:a", "libvorbis"]),
    "h264_avi": Film(".avi", [*_X264, "-g", "30", "-bf", "0", "-c:a", "pcm_s16le"]),
    "hevc_mov": Film(".mov", [*_X265, *_X265_PLAIN, "-pix_fmt", "yuv420p", *_AAC]),
    "hevc_mkv_open_gop": Film(".mkv", [*_X265, "-x265-params", "log-level=none:keyint=30:open-gop=1:bframes=4", "-pix_fmt", "yuv420p", "-c:a", "ac3"]),
    "hevc_ts": Film(".ts", [*_X265, *_X265_PLAIN, "-pix_fmt", "yuv420p", *_AAC]),
    "hevc_fragmented": Film(".mp4", [*_X265, *_X265_PLAIN, "-pix_fmt", "yuv420p", *_AAC, "-movflags", "+frag_keyframe+empty_moov+default_base_moof"]),
    "vp8_mkv": Film(".mkv", [*_VP8, "-c:a", "libopus"]),
    "vp9_mkv": Film(".mkv", [*_VP9, "-c:a", "flac"]),
    "vp9_mp4": Film(".mp4", [*_VP9, "-c:a", "libopus"]),
    "av1_mkv": Film(".mkv", [*_AV1, "-c:a", "libopus"]),
    "av1_webm": Film(".webm", [*_AV1, "-c:a", "libopus"]),
    "av1_fragmented": Film(".mp4", [*_AV1, *_AAC, "-movflags", "+frag_keyframe+empty_moov"]),
    "prores_4444": Film(".mov", ["-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuv444p10le", "-c:a", "pcm_s24le"], seconds=2),
    "prores_mkv": Film(".mkv", ["-c:v", "prores_ks", "-profile:v", "lt", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s16le"], seconds=2),
    "mpeg4_mp4": Film(".mp4", [*_MPEG4, *_AAC]),
    "mpeg4_mkv": Film(".mkv", [*_MPEG4, "-c:a", "libmp3lame"]),
    "mpeg2_ts": Film(".ts", [*_MPEG2, "-c:a", "mp2"]),
    "mpeg2_mkv": Film(".mkv", [*_MPEG2, "-c:a", "ac3"]),
    "mjpeg_mov": Film(".mov", [*_MJPEG, "-c:a", "pcm_s16le"]),
    "mjpeg_avi": Film(".avi", [*_MJPEG, "-c:a", "pcm_u8"]),
    # Groups of pictures
    "single_gop": Film(".mp4", [*_X264, "-g", "9999", "-keyint_min", "9999", "-sc_threshold", "0", *_AAC]),
    "b_pyramid": Film(".mkv", [*_X264, "-preset", "medium", "-x264-params", "bframes=8:b-adapt=0:b-pyramid=normal:keyint=45:scenecut=0", *_AAC]),
    "many_b_frames_mp4": Film(".mp4", [*_X264, "-x264-params", "bframes=15:b-adapt=0:b-pyramid=strict:keyint=48:scenecut=0", *_AAC]),
    # Times
    "no_edit_list": Film(".mp4", [*_X264, "-g", "30", "-bf", "3", *_AAC, "-use_editlist", "0"]),
    "negative_cts": Film(".mp4", [*_X264, "-g", "30", "-bf", "3", *_AAC, "-movflags", "+negative_cts_offsets"]),
    "starts_late_ts": Film(".ts", [*_X264, "-g", "30", *_AAC, "-output_ts_offset", "95000"]),
    "vfr_mkv": Film(".mkv", [*_X264, "-g", "25", "-vf", r"select=not(eq(mod(n\,7)\,3))*not(between(n\,62\,74))", "-fps_mode", "vfr", *_AAC]),
    "fps_5994": Film(".mp4", [*_X264, "-g", "60", *_at("60000/1001", 2), *_AAC]),
    "fps_23976": Film(".mkv", [*_X264, "-g", "24", *_at("24000/1001"), *_AAC]),
    "fps_240": Film(".mov", [*_X264, "-g", "120", *_at("240", 5), *_AAC]),
    "no_duration_mkv": Film(".mkv", [*_X264, "-g", "30", *_AAC, "-f", "matroska", "-live", "1"]),
    "no_cues_webm": Film(".webm", [*_VP9, "-c:a", "libopus", "-f", "webm", "-live", "1"]),
    "sound_longer": Film(".mp4", [*_X264, "-g", "30", "-vf", "trim=end=2", *_AAC], seconds=3),
    "picture_longer": Film(".mkv", [*_X264, "-g", "30", "-af", "atrim=end=1", "-c:a", "libmp3lame"]),
    "one_frame": Film(".mp4", [*_X264, "-vf", r"select=eq(n\,45)", "-frames:v", "1", "-an"]),
    "no_sound": Film(".mp4", [*_X264, "-g", "30", "-an"]),
    # Pictures
    "h264_10_bit": Film(".mp4", [*_X264, "-g", "30", "-pix_fmt", "yuv420p10le", *_AAC]),
    "h264_422": Film(".mkv", [*_X264, "-g", "30", "-pix_fmt", "yuv422p", *_AAC]),
    "h264_422_10_bit": Film(".mov", [*_X264, "-g", "30", "-pix_fmt", "yuv422p10le", "-c:a", "pcm_s16le"]),
    "h264_gray": Film(".mkv", [*_X264, "-g", "30", "-pix_fmt", "gray", *_AAC]),
    "h264_full_range": Film(".mp4", [*_X264, "-g", "30", "-vf", "scale=out_range=full", "-color_range", "pc", *_AAC]),
    "hevc_422_10_bit": Film(".mp4", [*_X265, *_X265_PLAIN, "-pix_fmt", "yuv422p10le", *_AAC]),
    "hevc_444": Film(".mkv", [*_X265, *_X265_PLAIN, "-pix_fmt", "yuv444p", *_AAC]),
    "hdr10_mp4": Film(".mp4", [*_X265, "-x265-params", _MASTERING, "-pix_fmt", "yuv420p10le", *_PQ, *_AAC]),
    "hdr10_mkv": Film(".mkv", [*_X265, "-x265-params", _MASTERING, "-pix_fmt", "yuv420p10le", *_PQ, *_AAC]),
    "hlg_mov": Film(".mov", [*_X265, *_X265_PLAIN, "-pix_fmt", "yuv420p10le", *_HLG, *_AAC]),
    "hlg_h264_ts": Film(".ts", [*_X264, "-g", "30", "-pix_fmt", "yuv420p10le", *_HLG, *_AAC]),
    "vp9_10_bit": Film(".webm", [*_VP9, "-pix_fmt", "yuv420p10le", "-c:a", "libopus"]),
    "av1_10_bit_pq": Film(".mp4", [*_AV1, "-pix_fmt", "yuv420p10le", *_PQ, *_AAC]),
    "bt601_tagged": Film(".mp4", [*_X264, "-g", "30", *_BT601, *_AAC]),
    "interlaced": Film(".mp4", [*_X264, "-g", "30", "-vf", "tinterlace=interleave_top,fieldorder=tff", "-flags", "+ilme+ildct", "-x264-params", "tff=1", *_AAC]),
    "interlaced_mpeg2_ts": Film(".ts", [*_MPEG2, "-vf", "tinterlace=interleave_bottom,fieldorder=bff", "-flags", "+ilme+ildct", "-c:a", "mp2"]),
    "odd_vp9": Film(".webm", [*_VP9, "-vf", "crop=319:239", "-c:a", "libopus"]),
    "odd_444": Film(".mp4", [*_X264, "-g", "30", "-vf", "format=yuv444p,crop=319:239", "-pix_fmt", "yuv444p", *_AAC]),
    "odd_mjpeg": Film(".mov", [*_MJPEG, "-vf", "crop=319:239", "-pix_fmt", "yuvj420p", *_AAC]),
    "upside_down": Film(".mov", [*_X264, "-g", "30", "-vf", "hflip,vflip", *_AAC], before=("-display_rotation", "180"), again=_COPY),
    "phone": Film(
        ".mov", [*_X265, *_X265_PLAIN, "-vf", "transpose=clock", "-pix_fmt", "yuv420p", *_AAC], before=("-display_rotation", "90"),
        again=(*_COPY, "-movflags", "+use_metadata_tags", "-metadata", "com.apple.quicktime.location.ISO6709=+52.5200+013.4050/",
               "-metadata", "com.apple.quicktime.make=Apple", "-metadata", "creation_time=2024-05-06T07:08:09Z"),
    ),
    "rotated_mkv": Film(".mkv", [*_X264, "-g", "30", "-vf", "transpose=cclock", *_AAC], before=("-display_rotation", "-90"), again=_COPY),
    "anamorphic_mkv": Film(".mkv", [*_X264, "-g", "30", "-vf", "setsar=64/45", *_AAC]),
    # Damage
    "damaged_packet": Film(".mp4", [*_X264, "-g", "30", *_AAC], again=(*_COPY, "-bsf:v", r"noise=amount=eq(n\,40)*20")),
    "missing_packet": Film(".mkv", [*_X264, "-g", "30", "-bf", "0", *_AAC], again=(*_COPY, "-bsf:v", r"noise=drop=eq(n\,70)")),
}
# fmt: on

TRACKS = {f"tracks{suffix.replace('.', '_')}": suffix for suffix in (".mp4", ".mov", ".mkv")}
GROWING = "size_changes_ts"
COVER = "cover_mp4"

OWN = Path(__file__).parents[2] / "shared" / "media"  # clips of our own, where there are any
_LONGEST = 6  # seconds of them


def names() -> list[str]:
    """Every film that can be made here."""
    clips = sorted(path.name for path in OWN.glob("*") if path.suffix in (".mp4", ".mov", ".mkv", ".webm"))
    return [*FILMS, *ODDITIES, *TRACKS, GROWING, COVER, *clips]


def make(name: str, folder: Path) -> Path:
    """The film `name` of `names`, in `folder`."""
    if (OWN / name).exists():
        return _beginning(OWN / name, folder)
    scene = scene_file(folder)
    if name in TRACKS:
        return films.make_tracks(folder, TRACKS[name], scene)
    if name == GROWING:
        return _growing(folder, scene)
    if name == COVER:
        return _covered(folder, scene)
    return films.made(name, FILMS[name] if name in FILMS else ODDITIES[name], folder, scene)


def scene() -> Iterator[Picture]:
    """`FRAMES` frames of `SIZE`, BGR: a drifting texture, before which a face goes by in `FACE_FRAMES`."""
    noise = np.random.default_rng(1).normal(0, 12, (SIZE[1] + 100, SIZE[0] + 100, 3))
    wall = cv2.GaussianBlur(noise, (0, 0), 1.5) * 3
    wall += np.sin(np.arange(wall.shape[1]) / 9)[None, :, None] * 40 + np.array([110, 130, 100])
    wall = np.clip(wall, 0, 255).astype(np.uint8)
    for index in range(FRAMES):
        left, top = index // 2, 20 + round(10 * np.sin(index / 12))
        picture = wall[top : top + SIZE[1], left : left + SIZE[0]].copy()
        if index in FACE_FRAMES:
            _stand(picture, (index - FACE_FRAMES.start) / len(FACE_FRAMES))
        yield picture


def _stand(picture: Picture, share: float) -> None:
    """Draw the portrait, from left to right as `share` goes from 0 to 1."""
    face = np.asarray(cv2.resize(astronaut()[20:260, 110:340], None, fx=0.75, fy=0.75), np.uint8)
    height, width = face.shape[:2]
    left = round(4 + share * (SIZE[0] - width - 8))
    picture[SIZE[1] - height :, left : left + width] = face


def scene_file(folder: Path) -> Path:
    """`scene`, losslessly."""
    path = folder / "scene.mkv"
    if path.exists():
        return path
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=30)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for index, picture in enumerate(scene()):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = index, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _beginning(clip: Path, folder: Path) -> Path:
    """A clip of our own, no longer than need be; no packet is changed."""
    with av.open(str(clip)) as container:
        if (container.duration or 0) <= _LONGEST * 1_000_000:
            return clip
    short = folder / clip.name
    films.ffmpeg(["-i", str(clip), "-t", str(_LONGEST), "-map", "0", "-c", "copy", str(short)])
    return short


def _growing(folder: Path, scene: Path) -> Path:
    """A transport stream whose picture becomes larger halfway."""
    parts = [folder / "small.ts", folder / "large.ts"]
    for number, (part, size) in enumerate(zip(parts, ("320:240", "480:360"), strict=True)):
        cut = ["-ss", str(number * 1.5), "-t", "1.5", "-i", str(scene)]
        moved = ["-output_ts_offset", str(number * 1.5), "-muxdelay", "0"]
        films.ffmpeg([*cut, *_X264, "-vf", f"scale={size}", "-g", "30", "-bf", "0", *moved, str(part)])
    film = folder / f"{GROWING}.ts"
    film.write_bytes(b"".join(part.read_bytes() for part in parts))
    return film


def _covered(folder: Path, scene: Path) -> Path:
    """A film with a cover picture beside its video."""
    plain = films.made("plain", ODDITIES["no_sound"], folder, scene)
    cover, film = folder / "cover.png", folder / f"{COVER}.mp4"
    films.ffmpeg(["-i", str(scene), "-frames:v", "1", str(cover)])
    kinds = ["-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1", "attached_pic"]
    films.ffmpeg(["-i", str(plain), "-i", str(cover), *kinds, str(film)])
    return film

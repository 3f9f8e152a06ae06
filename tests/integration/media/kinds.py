# ruff: noqa: E501
"""Small films in every codec, pixel format and field order that has to come back as it was."""

from pathlib import Path

from tests import films

_MASTERING = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1)"
_IN_DECIMALS = "G(0.265,0.69)B(0.15,0.06)R(0.68,0.32)WP(0.3127,0.329)L(1000,0.0001)"
_HDR = "format=yuv420p10le,setparams=color_primaries=bt2020:color_trc={}:colorspace=bt2020nc:range=tv"
_X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-crf", "12"]
_X265 = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params"]
_VP9 = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-crf", "10", "-b:v", "0"]
_AV1 = ["-c:v", "libsvtav1", "-preset", "12", "-crf", "12"]
_ODD = "format=yuv444p,scale=97:65,setsar=1"
_MOVING = "smptebars=size=96x64:rate=50,scroll=horizontal=0.05"
_FIELDS = ["-vf", "tinterlace=interleave_top,setfield=tff", "-flags", "+ildct+ilme", "-g", "5"]

# fmt: off
KINDS = {
    "hevc_hdr10.mp4": ["-vf", _HDR.format("smpte2084"), *_X265, f"log-level=none:master-display={_MASTERING}:max-cll=1000,400"],
    "hevc_hlg.mov": ["-vf", _HDR.format("arib-std-b67"), *_X265, "log-level=none"],
    "av1_hdr10.mkv": ["-vf", _HDR.format("smpte2084"), *_AV1, "-svtav1-params", f"mastering-display={_IN_DECIMALS}:content-light=1000,400"],
    "h264_hdr10.mkv": ["-vf", _HDR.format("smpte2084"), *_X264, "-x264-params", f"mastering-display={_MASTERING}:cll=1000,400"],
    "hevc_12_bit.mkv": ["-pix_fmt", "yuv422p12le", *_X265, "log-level=none"],
    "hevc_rgb.mkv": ["-pix_fmt", "gbrp", *_X265, "log-level=none"],
    "h264_10_bit.mov": ["-pix_fmt", "yuv422p10le", *_X264],
    "h264_centered.ts": ["-pix_fmt", "yuv420p", *_X264, "-x264-params", "chromaloc=1:cqm=jvt"],
    "hevc_top_left.mp4": ["-pix_fmt", "yuv420p10le", *_X265, "log-level=none:chromaloc=2:scaling-list=default:bframes=4"],
    "h264_gray.mp4": ["-pix_fmt", "gray", *_X264],
    "h264_full_range.mp4": ["-vf", "scale=out_range=full", "-pix_fmt", "yuvj420p", *_X264],
    "h264_odd_444.mp4": ["-vf", _ODD, "-pix_fmt", "yuv444p", *_X264],
    "vp9_odd.webm": ["-vf", _ODD, "-pix_fmt", "yuv420p", *_VP9],
    "av1_odd.mkv": ["-vf", _ODD, "-pix_fmt", "yuv420p", *_AV1],
    "vp9_444.webm": ["-pix_fmt", "yuv444p", *_VP9],
    "vp9_alpha.webm": ["-pix_fmt", "yuva420p", *_VP9],
    "mjpeg_odd.avi": ["-vf", _ODD, "-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-q:v", "2"],
    "png_rgb.mov": ["-pix_fmt", "rgb24", "-c:v", "png"],
    "animation_alpha.mov": ["-vf", "format=argb,colorchannelmixer=aa=0.5", "-c:v", "qtrle"],
    "raw_packed.mov": ["-pix_fmt", "uyvy422", "-c:v", "rawvideo"],
    "prores_lt.mov": ["-pix_fmt", "yuv422p10le", "-c:v", "prores_ks", "-profile:v", "lt"],
    "prores_alpha.mov": ["-vf", "format=yuva444p10le,colorchannelmixer=aa=0.5", "-c:v", "prores_ks", "-profile:v", "4444"],
    "fields_h264.mp4": [*_FIELDS, *_X264, "-x264-params", "tff=1", "-pix_fmt", "yuv420p"],
    "fields_mpeg2.ts": [*_FIELDS, "-c:v", "mpeg2video", "-q:v", "2"],
    "fields_prores.mov": [*_FIELDS, "-c:v", "prores_ks"],
}
# fmt: on

_ROWS = {
    "tiny_h264.mp4": ("16x16", 25, 6, ["-pix_fmt", "yuv420p", *_X264]),
    "tiny_vp9.webm": ("16x16", 25, 6, ["-pix_fmt", "yuv420p", *_VP9]),
    "one_frame.mp4": ("96x64", 25, 1, ["-pix_fmt", "yuv420p", *_X264]),
    "quick.mp4": ("96x64", 240, 40, ["-pix_fmt", "yuv420p", *_X264]),
}


def make(name: str, folder: Path) -> Path:
    """One of `KINDS` (14 frames of 96 x 64 pixels, or as many pairs of fields), or a size of its own."""
    size, rate, count, encode = _ROWS[name] if name in _ROWS else ("96x64", 25, 14, KINDS[name])
    picture = _MOVING if name.startswith("fields") else f"testsrc2=size={size}:rate={rate}"
    out = folder / name
    films.ffmpeg(["-f", "lavfi", "-i", picture, "-frames:v", str(count), *encode, str(out)])
    return out


def make_moving(folder: Path) -> Path:
    """What the films of fields show, as whole pictures at the times of their first fields."""
    out = folder / "moving.mkv"
    every_other = ["-vf", r"select=not(mod(n\,2))", "-fps_mode", "vfr", "-pix_fmt", "yuv420p", "-c:v", "ffv1"]
    films.ffmpeg(["-f", "lavfi", "-i", _MOVING, "-frames:v", "14", *every_other, str(out)])
    return out


def make_growing(name: str, folder: Path) -> Path:
    """Three shots of ten frames each, the second of another size, in one stream."""
    sizes = ("96x64", "128x80", "96x64")
    shots = [folder / f"{index}{Path(name).suffix}" for index in range(len(sizes))]
    for index, (size, shot) in enumerate(zip(sizes, shots, strict=True)):
        coded = (
            [*_X264, "-output_ts_offset", str(0.4 * index), "-muxdelay", "0"]
            if shot.suffix == ".ts"
            else _VP9
        )
        picture = [
            "-f",
            "lavfi",
            "-i",
            f"testsrc2=size={size}:rate=25",
            "-frames:v",
            "10",
            "-pix_fmt",
            "yuv420p",
        ]
        films.ffmpeg([*picture, *coded, str(shot)])
    out = folder / name
    if out.suffix == ".ts":
        out.write_bytes(b"".join(shot.read_bytes() for shot in shots))
    else:
        (folder / "shots").write_text("".join(f"file {shot.name}\n" for shot in shots))
        films.ffmpeg(["-f", "concat", "-i", str(folder / "shots"), "-c", "copy", str(out)])
    return out

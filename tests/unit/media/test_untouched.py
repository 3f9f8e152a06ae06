"""What may be copied: parameter sets that can live together, and packets that decoding can begin at."""

from fractions import Fraction
from pathlib import Path

import av
import pytest

from contracts.media import EncodeSpec, MediaInfo, MediaKind, VideoStream
from media.containers.container import main_video, open_container
from media.sources.source import open_source
from media.spec import encode_spec
from media.untouched import h264
from media.untouched.groups import reordering
from media.untouched.rules import Look, rules_of
from tests import films
from tests.integration.media.passage import probed

_SIZE = (64, 48)


def header(options: str = "", pix_fmt: str = "yuv420p") -> bytes:
    """What x264 writes before the first picture."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = *_SIZE, pix_fmt
    context.time_base = Fraction(1, 30)
    context.flags |= 1 << 22  # AV_CODEC_FLAG_GLOBAL_HEADER
    context.options = {"x264-params": options} if options else {}
    context.open()
    assert context.extradata is not None
    return context.extradata


def video(**changes: object) -> MediaInfo:
    """A source that may be copied."""
    stream = VideoStream(
        index=0, codec="h264", width=64, height=48, pix_fmt="yuv420p", time_base=Fraction(1, 30), fps=Fraction(30),
        header=header().hex(),
    )  # fmt: skip
    changed = stream.model_copy(update=changes)
    return MediaInfo(kind=MediaKind.VIDEO, container="mp4", duration_seconds=1, size=1, video=changed)


def test_a_source_is_copied_only_where_nothing_else_changes() -> None:
    assert encode_spec(video()).copies
    assert not encode_spec(video(), size=(32, 24)).copies
    assert not encode_spec(video(), fps_limit=Fraction(15)).copies
    assert not encode_spec(video(interlaced=True)).copies
    assert encode_spec(video(width=4096, height=2304)).copies
    assert not encode_spec(video(width=7680, height=4320)).copies
    assert not encode_spec(video(header="")).copies
    assert not encode_spec(video(header="00ff")).copies
    assert not encode_spec(video(codec="hevc")).copies
    assert not encode_spec(video(codec="mpeg4")).copies
    assert not encode_spec(video(codec="av1")).copies


def test_the_encoder_gets_a_number_that_the_source_does_not_use() -> None:
    for taken in (0, 31):
        source = header(f"sps-id={taken}")
        spec = encode_spec(video(header=source.hex()))
        own = header(spec.options["x264-params"])
        record = rules_of(spec).header(own)
        both = h264.parameter_sets(record)
        assert both is not None and len(both.sps) == len(both.pps) == 2
        assert both.sps == (*sets(source).sps, *sets(own).sps)
        assert len(both.numbers) == 2


def sets(stored: bytes) -> h264.ParameterSets:
    found = h264.parameter_sets(stored)
    assert found is not None
    return found


def test_a_result_waits_for_the_later_of_both_reorderings() -> None:
    assert encode_spec(video(reorder_frames=4)).reorder_frames == 4
    assert encode_spec(video(reorder_frames=0)).reorder_frames == 2
    assert reordering([0, 4, 2, 1, 3]) == 2
    assert reordering([0, 1, 2]) == 0


def test_headers_with_the_same_numbers_do_not_live_together() -> None:
    spec = encode_spec(video())
    with pytest.raises(ValueError, match="share"):
        rules_of(spec).header(header())


@pytest.mark.parametrize(("pix_fmt", "profile"), [("yuv420p", 100), ("yuv422p10le", 122), ("yuv444p", 244)])
def test_a_record_says_what_its_sets_say(pix_fmt: str, profile: int) -> None:
    one, other = sets(header("", pix_fmt)), sets(header("sps-id=31", pix_fmt))
    both = h264.united(one, other)
    assert both is not None
    record = h264.record(both)
    assert record[1] == profile
    assert h264.parameter_sets(record) == both
    # FFmpeg's own reading of it: the decoder opens and knows size and format.
    decoder = av.CodecContext.create("h264", "r")
    decoder.extradata = record
    decoder.open()


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_record_that_is_cut_short_is_none(cut: int) -> None:
    whole = h264.record(sets(header()))
    assert h264.parameter_sets(whole[:-cut]) in (None, sets(header()))


def test_units_with_start_codes_and_with_lengths_are_the_same() -> None:
    first, second = b"\x65\x88\x80\x01", b"\x41\x9a\x02"
    coded = b"\0\0\0\1" + first + b"\0\0\1" + second + b"\0"
    stored = h264.with_lengths(coded)
    assert stored == b"\0\0\0\4" + first + b"\0\0\0\3" + second
    assert (
        list(h264.units(stored, prefixed=True)) == list(h264.units(coded, prefixed=False)) == [first, second]
    )
    with pytest.raises(ValueError, match="cut short"):
        list(h264.units(stored[:-1], prefixed=True))


def looks(film: Path) -> tuple[EncodeSpec, list[tuple[bool, Look]]]:
    """Of every packet of a film: whether the container calls it a key frame, and what it is to a joint."""
    spec = encode_spec(probed(film))
    rules = rules_of(spec)
    with open_source(film) as source, open_container(source) as container:
        stream = main_video(container)
        rules.begin(stream.codec_context.extradata or b"")
        packets = [packet for packet in container.demux(stream) if packet.size]
        return spec, [(packet.is_keyframe, rules.look(bytes(packet))) for packet in packets]


@pytest.mark.parametrize("name", ["b_frames", "transport_stream", "vp9_opus", "prores_pcm"])
def test_key_frames_are_joints(name: str, tmp_path: Path) -> None:
    _, found = looks(films.make(name, tmp_path))
    assert {look for key, look in found if key} == {Look.JOINT}
    assert {look for key, look in found if not key} <= {Look.PLAIN}


def test_a_key_frame_of_an_open_group_is_no_joint(tmp_path: Path) -> None:
    _, found = looks(films.make("open_gop", tmp_path))
    keys = [look for key, look in found if key]
    assert keys[0] is Look.JOINT
    assert len(keys) > 1 and set(keys[1:]) == {Look.PLAIN}


def test_sets_that_the_header_does_not_have_are_foreign() -> None:
    rules = rules_of(encode_spec(video()))
    assert rules.begin(h264.record(sets(header())))
    own, other = sets(header()), sets(header("ref=5:cabac=0"))
    picture = b"\x65\x88\x80\x01"

    def packet(*units: bytes) -> bytes:
        return b"".join(len(unit).to_bytes(4) + unit for unit in units)

    assert rules.look(packet(own.sps[0], own.pps[0], picture)) is Look.JOINT
    assert rules.look(packet(other.pps[0], picture)) is Look.FOREIGN
    assert rules.look(packet(b"\x74\x01", picture)) is Look.FOREIGN  # a layer of a scalable stream
    assert rules.look(packet(picture)[:-1]) is Look.FOREIGN
    assert not rules.begin(h264.record(other))

"""Headers of H.264 and HEVC are read to their end or not at all, whatever they hold."""

import random

import pytest

from media.pixels.chroma import chroma_location

# avcC and hvcC of films that x264 and x265 made with chromaloc=2.
HEADERS = {
    "h264": (
        "0164000affe100196764000aacd94626c04b7000000300100000030320f122596001000768ebe3cb3002c0fdf8f800"
    ),
    "hevc": (
        "0101600000009000000000001ef000fcfdf8f800000f03200001001840010c01ffff0160000003009000000300000300"
        "1e959809210001002a42010101600000030090000003000003001ea030810596566924caf01696c20000030002000003"
        "00321022000100074401c172b42240"
    ),
}


@pytest.mark.parametrize("codec", HEADERS)
def test_what_is_stated_is_read(codec: str) -> None:
    header = bytes.fromhex(HEADERS[codec])
    assert chroma_location(codec, header) == 2
    assert chroma_location("vp9", header) is None


@pytest.mark.parametrize("codec", HEADERS)
def test_any_header_is_answered(codec: str) -> None:
    header = bytes.fromhex(HEADERS[codec])
    dice = random.Random(1)
    for cut in range(len(header)):
        assert chroma_location(codec, header[:cut]) in (None, 2)
    for _ in range(2000):
        spoiled = bytearray(header)
        for _ in range(dice.randint(1, 6)):
            spoiled[dice.randrange(len(spoiled))] = dice.randrange(256)
        assert chroma_location(codec, bytes(spoiled)) in (None, *range(6))


def test_numbers_without_end_are_no_work() -> None:
    endless = b"\1\x64\0\x1f\xff\xe1\xff\xff" + b"\x67\x64\0\x1f" + bytes(60_000)
    assert chroma_location("h264", endless) is None


def test_jpeg_says_it_by_being_jpeg() -> None:
    assert chroma_location("mjpeg", b"") == 1

"""Whatever a server of ranges says, reading ends, in the file's own bytes or a typed error."""

from collections.abc import Callable

import pytest

from contracts.errors import Reason, UnavailableError, VisageError, WorkError
from media.sources.source import open_source
from tests.integration.media.liars import Answer, served

_DATA = bytes(range(256)) * 2000


def _honest(first: int, last: int) -> Answer:
    last = min(last, len(_DATA) - 1)
    return 206, f"bytes {first}-{last}/{len(_DATA)}", _DATA[first : last + 1]


def _then(later: Callable[[int, int], Answer]) -> Callable[[int, int], Answer]:
    """Honest about the beginning of the file alone."""
    return lambda first, last: later(first, last) if first else _honest(first, last)


def _shrunk(first: int, last: int) -> Answer:
    if first >= 100_000:
        return 416, "bytes */100000", b""
    last = min(last, 99_999)
    return 206, f"bytes {first}-{last}/100000", _DATA[first : last + 1]


def _of_size(said: str) -> Callable[[int, int], Answer]:
    def answer(first: int, last: int) -> Answer:
        status, content_range, body = _honest(first, last)
        return status, content_range.rpartition("/")[0] + "/" + said, body

    return answer


def _read(answer: Callable[[int, int], Answer]) -> bytes:
    with served(answer) as url, open_source(url) as source:
        return b"".join(iter(lambda: source.read(200_000), b""))


def test_more_than_was_asked_for_is_not_taken() -> None:
    def more(first: int, last: int) -> Answer:
        status, content_range, body = _honest(first, last)
        return status, content_range, body + bytes(100_000)

    assert _read(more) == _DATA


@pytest.mark.parametrize("later", [_shrunk, _of_size("9999999")])
def test_a_file_that_changes_while_it_is_read_is_no_longer_that_file(
    later: Callable[[int, int], Answer],
) -> None:
    with pytest.raises(WorkError, match="changed") as caught:
        _read(_then(later))
    assert (caught.value.reason, caught.value.retryable) == (Reason.OBJECT_MISSING, False)


@pytest.mark.parametrize(
    "answer",
    [
        _then(lambda first, last: (206, _honest(first, last)[1], b"few")),
        _then(lambda first, last: (416, f"bytes */{len(_DATA)}", bytes(20_000_000))),
        _of_size(str(2**63)),
        lambda first, last: (206, "bytes", _DATA[first : last + 1]),
    ],
)
def test_answers_that_make_no_sense_are_no_answers(answer: Callable[[int, int], Answer]) -> None:
    with pytest.raises(UnavailableError):
        _read(answer)


def test_a_server_without_ranges_is_refused() -> None:
    with pytest.raises(VisageError) as caught:
        _read(lambda first, last: (200, "", _DATA))
    assert caught.value.reason is Reason.OBJECT_MISSING
